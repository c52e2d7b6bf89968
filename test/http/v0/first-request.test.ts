import { SharedHub } from '../../support/shared-hub';
import { RowsHub, errorOf } from './support/rows';

const shared = new SharedHub();
const emptied = async (): Promise<RowsHub> => RowsHub.of(await shared.emptied());

/** A payload with as many fields as GitHub's `issues` events have. */
const WIDE = JSON.stringify({
  action: 'opened',
  issue: Object.fromEntries(Array.from({ length: 611 }, (_, n) => [`f${n}`, n])),
});

describe('the first request to a data source', () => {
  it.each([
    ["a probe of Cloudflare's Logpush", '{"content":"tests"}', '{"ClientIP":"192.0.2.1","RayID":"7d1"}'],
    [
      "a ping of GitHub's webhooks",
      '{"zen":"Keep it logically awesome.","hook_id":1,"hook":{"type":"App","id":9007199254740993}}',
      '{"ref":"refs/heads/main","after":"1b2c"}',
    ],
    [
      "one of Segment's kinds of events",
      '{"type":"identify","userId":"u1","traits":{"plan":"pro"}}',
      '{"type":"track","anonymousId":"a1","event":"Bought","properties":{"price":12.5}}',
    ],
    [
      'three of them',
      '{"type":"identify","userId":"u1"}\n{"type":"identify","userId":"u2"}\n{"type":"identify","userId":"u3"}',
      '{"type":"page","anonymousId":"a1","name":"Home"}',
    ],
    ['an array', '{"labels":["a"],"tests":[true]}', '{"labels":[],"name":"x"}'],
  ])('does not require the fields of %s of all that comes later', async (_, probe, later) => {
    const rows = await emptied();
    await rows.stored('logs', probe);
    expect(await rows.stored('logs', later)).toMatchObject({ successful_rows: 1, quarantined_rows: 0 });
    const row = (await rows.query('SELECT * FROM logs')).at(-1);
    // Nothing of the later row is lost: its fields are in its columns, or in _rest.
    const { _rest: rest, ...columns } = row as { _rest: unknown };
    const kept = JSON.stringify({ ...columns, ...(rest as object) });
    for (const [, text] of later.matchAll(/:"([^"]+)"/g)) expect(kept).toContain(text);
  });

  it('has fields required that ten rows have', async () => {
    const rows = await emptied();
    await rows.stored('logs', '{"city":"Köln"}\n'.repeat(10));
    const { errors, ...counts } = await rows.stored('logs', '{"town":"Bonn"}');
    expect(counts).toMatchObject({ successful_rows: 0, quarantined_rows: 1 });
    expect(errors?.[0]).toMatchObject({ row: 1, column: 'city' });
  });

  it('names the option and the way out when it has more fields than there may be columns', async () => {
    const rows = await emptied();
    const refused = await rows.events('name=issues&wait=true', WIDE);
    expect(refused.status).toBe(400);
    const error = await errorOf(refused);
    expect(error).toBe(
      'the rows have 612 fields; a data source has at most 500 columns: raise WRITER_HUB_MAX_COLUMNS, ' +
        'or make it first, with one column for the whole row: event JSON `json:$`',
    );
    expect(error.length).toBeLessThanOrEqual(300);
    const [way] = /event JSON `json:\$`/.exec(error)!;
    await rows.schema('issues', way);
    expect(await rows.stored('issues', WIDE)).toEqual({ successful_rows: 1, quarantined_rows: 0 });
    expect(await rows.query('SELECT event FROM issues')).toEqual([{ event: JSON.parse(WIDE) as unknown }]);
  });

  it('is taken when the option allows as many columns', async () => {
    const rows = await RowsHub.start({ maxColumns: 700 });
    expect(await rows.stored('issues', WIDE)).toEqual({ successful_rows: 1, quarantined_rows: 0 });
    expect(await rows.query('SELECT action, issue_f0, issue_f610 FROM issues')).toEqual([
      { action: 'opened', issue_f0: 0, issue_f610: 610 },
    ]);
  });

  it.each([
    [
      'more fields than four times the columns',
      JSON.stringify(Object.fromEntries(Array.from({ length: 41 }, (_, n) => [`f${n}`, n]))),
    ],
    [
      'a field more than there may be columns',
      JSON.stringify(Object.fromEntries(Array.from({ length: 11 }, (_, n) => [`f${n}`, n]))),
    ],
  ])('says the same of %s', async (_, row) => {
    const rows = await RowsHub.start({ maxColumns: 10 });
    const error = await errorOf(await rows.events('name=a', row));
    expect(error).toContain('WRITER_HUB_MAX_COLUMNS');
    expect(error).toContain('event JSON `json:$`');
  });
});
