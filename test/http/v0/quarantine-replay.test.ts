import { Command } from '../../support/command';
import { SharedHub } from '../../support/shared-hub';
import { SECRET, temporaryDirectory, token } from '../../support/test-hub';
import { RowsHub } from './support/rows';

const shared = new SharedHub();
const emptied = async (): Promise<RowsHub> => RowsHub.of(await shared.emptied());

const NARROW = [
  '`n` Int32',
  '`city` String',
  '`small` Int8 DEFAULT 0',
  "`day` Date DEFAULT '2020-01-01'",
  '`price` Nullable(Float64)',
];
const MENDED = [
  '`n` Int32',
  "`city` String DEFAULT 'unknown'",
  '`small` Int16 DEFAULT 0',
  "`day` String DEFAULT '2020-01-01'",
  '`price` Nullable(Float64)',
];

/** Each kind of bad row, where it goes wrong, and whether the mended schema takes it. */
const bad: readonly [make: (n: number) => string | Buffer, column: string, fits: boolean][] = [
  [(n) => `{"n":${n},"city":`, '', false],
  [(n) => `[${n}]`, '', false],
  [(n) => `${n}`, '', false],
  [(n) => `{"n":"${n}","city":"a"}`, 'n', false],
  [(n) => `{"n":${n},"city":"a","small":300}`, 'small', true],
  [(n) => `{"n":${n},"city":"a","day":"no day"}`, 'day', true],
  [(n) => `{"n":${n},"city":null}`, 'city', true],
  [(n) => `{"n":${n}}`, 'city', true],
  [(n) => `{"n":${n},"city":"\\ud800"}`, 'city', false],
  [(n) => `{"n":${n},"city":"a","price":NaN}`, 'price', false],
];

/** 10,000 good rows and 500 bad ones among them, 50 of each kind. */
function mixedFile(): Buffer {
  const lines = Array.from({ length: 10_500 }, (_, n) => {
    if (n % 21 !== 20) return `{"n":${n},"city":"Köln","small":${n % 100},"day":"2024-02-29","price":${n}.5}`;
    const [make] = bad[Math.floor(n / 21) % bad.length]!;
    return make(n);
  });
  return Buffer.from(`${lines.join('\n')}\n`);
}

const replay = async (rows: RowsHub, name = 'a'): Promise<unknown> =>
  (await rows.hub.fetch(`/v0/datasources/${name}/quarantine/replay`, { method: 'POST' })).json();

describe('quarantine', () => {
  it('takes each bad row of a mixed file with its reason; once the schema is mended, a replay lands the mendable ones', async () => {
    const rows = await emptied();
    await rows.schema('a', ...NARROW);
    const response = await rows.events('name=a&wait=true', mixedFile());
    const answer = (await response.json()) as { errors: { row: number; column: string }[] };
    expect(answer).toMatchObject({ successful_rows: 10_000, quarantined_rows: 500 });
    expect(answer.errors.map(({ row, column }) => [row, column])).toEqual(
      Array.from({ length: 20 }, (_, index) => [21 * (index + 1), bad[index % bad.length]![1]]),
    );
    expect(await rows.counts('a')).toEqual([10_000, 500]);
    const reasons = await rows.query('SELECT c__error_column, c__error FROM a_quarantine');
    expect(reasons).toHaveLength(500);
    for (const { c__error: texts } of reasons) expect(texts).toEqual([expect.stringMatching(/./)]);

    await rows.schema('a', ...MENDED);
    const fitting = bad.filter(([, , fits]) => fits).length * 50;
    expect(await replay(rows)).toMatchObject({ successful_rows: fitting, quarantined_rows: 500 - fitting });
    expect(await rows.counts('a')).toEqual([10_000 + fitting, 500 - fitting]);
    expect(await rows.query('SELECT count(DISTINCT n) AS n FROM a')).toEqual([{ n: 10_000 + fitting }]);
    expect(await replay(rows)).toMatchObject({ successful_rows: 0, quarantined_rows: 500 - fitting });
  });

  describe('of which one row is mended', () => {
    const path = (offset: string): string => `/v0/datasources/a/quarantine/replay?offset=${offset}`;
    const offsets = async (rows: RowsHub): Promise<string[]> => {
      const page = JSON.parse(await rows.hub.read('/v0/datasources/a/quarantine')) as { rows: { offset: string }[] };
      return page.rows.map(({ offset }) => offset);
    };
    const mend = async (rows: RowsHub, offset: string, row: string): Promise<unknown> =>
      (await rows.hub.post(path(offset), row)).json();

    it('stores the mended row in the place of the quarantined one, and leaves the others', async () => {
      const rows = await emptied();
      await rows.schema('a', '`n` Int32', '`city` String');
      await rows.stored('a', '{"n":"one","city":"Köln"}\n{"n":2}');
      const [first, second] = await offsets(rows);
      expect(await mend(rows, first!, '{"n":1,"city":"Köln"}')).toEqual({ successful_rows: 1, quarantined_rows: 0 });
      expect(await rows.query('SELECT n, city FROM a')).toEqual([{ n: 1, city: 'Köln' }]);
      expect(await offsets(rows)).toEqual([second]);
    });

    it('leaves all as it was when the mended row does not fit, and says why', async () => {
      const rows = await emptied();
      await rows.schema('a', '`n` Int32');
      await rows.stored('a', '{"n":"one"}');
      const [offset] = await offsets(rows);
      for (const row of ['{"n":1.5}', '[{"n":1}]', '{"n":1}{"n":2}', 'n']) {
        expect(await mend(rows, offset!, row)).toMatchObject({
          successful_rows: 0,
          quarantined_rows: 1,
          errors: [{ row: 1, error: expect.stringMatching(/./) as string }],
        });
      }
      expect(await offsets(rows)).toEqual([offset]);
      expect(await rows.counts('a')).toEqual([0, 1]);
    });

    it('sends the row through as it was sent when there is no body', async () => {
      const rows = await emptied();
      await rows.schema('a', '`n` Int8');
      await rows.stored('a', '{"n":300}\n{"n":301}');
      await rows.schema('a', '`n` Int16');
      const [, second] = await offsets(rows);
      expect(await mend(rows, second!, '')).toEqual({ successful_rows: 1, quarantined_rows: 0 });
      expect(await rows.query('SELECT n FROM a')).toEqual([{ n: 301 }]);
    });

    it('stores it once, however many mend it at once', async () => {
      const rows = await emptied();
      await rows.schema('a', '`n` Int32');
      await rows.stored('a', '{"n":"one"}');
      const [offset] = await offsets(rows);
      const answers = await Promise.all([1, 2, 3].map((n) => rows.hub.post(path(offset!), `{"n":${n}}`)));
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 404, 404]);
      expect(await rows.counts('a')).toEqual([1, 0]);
    });

    it.each([
      ['a row without an offset', '/v0/datasources/a/quarantine/replay', 400],
      ['an offset of rows', path('1'), 400],
      ['no position', path('x'), 400],
      ['an unknown data source', '/v0/datasources/b/quarantine/replay?offset=q1', 404],
    ])('refuses %s', async (_, target, status) => {
      const rows = await emptied();
      await rows.schema('a', '`n` Int32');
      await rows.stored('a', '{"n":"one"}');
      expect((await rows.hub.post(target, '{"n":1}')).status).toBe(status);
      expect(await rows.counts('a')).toEqual([0, 1]);
    });

    it('takes only who may append', async () => {
      const rows = await emptied();
      await rows.schema('a', '`n` Int32');
      const headers = { authorization: `Bearer ${token('read:*')}` };
      expect((await rows.hub.post(path('q1'), '{"n":1}', headers)).status).toBe(403);
    });
  });

  it('is replayed once, however many ask for it at once', async () => {
    const rows = await emptied();
    await rows.schema('a', '`n` Int8');
    await rows.stored('a', Array.from({ length: 3000 }, (_, n) => `{"n":${n + 200}}`).join('\n'));
    await rows.schema('a', '`n` Int32');
    const reports = (await Promise.all([replay(rows), replay(rows), replay(rows)])) as { successful_rows: number }[];
    expect(reports.map((report) => report.successful_rows).sort()).toEqual([0, 0, 3000]);
    expect(await rows.query('SELECT count(*) AS rows, count(DISTINCT n) AS n FROM a')).toEqual([
      { rows: 3000, n: 3000 },
    ]);
  });

  it('keeps what is no single object, although its parts would fit', async () => {
    const rows = await emptied();
    await rows.schema('a', '`n` Int8');
    await rows.stored('a', '[{"n":1},{"n":2}]\n{"n":3}{"n":4}\n{"n":5}');
    const report = (await replay(rows)) as { errors: { row: number; error: string }[] };
    expect(report).toMatchObject({ successful_rows: 0, quarantined_rows: 2 });
    expect(report.errors.map(({ row }) => row)).toEqual([1, 2]);
    expect(await rows.counts('a')).toEqual([1, 2]);
  });

  it('says of each row that is still there why it does not fit now', async () => {
    const rows = await emptied();
    await rows.schema('a', '`n` Int8');
    const body = [...Array.from({ length: 1500 }, (_, n) => `{"n":${n + 40_000}}`), '{"n":300}', '{"n":'].join('\n');
    await rows.stored('a', body);
    await rows.schema('a', '`n` Int16');
    expect(await replay(rows)).toMatchObject({ successful_rows: 1, quarantined_rows: 1501 });
    expect(await rows.counts('a')).toEqual([1, 1501]);
    const left = await rows.query('SELECT n, c__error_column, c__error, c__row FROM a_quarantine');
    expect(left).toHaveLength(1501);
    for (const [n, row] of left.slice(0, 1500).entries()) {
      const c__error = [expect.stringMatching(/ on column 'n' is not Int16/)];
      expect(row).toEqual({ n: `${n + 40_000}`, c__error_column: ['n'], c__error, c__row: `{"n":${n + 40_000}}` });
    }
    expect(left[1500]).toMatchObject({ n: null, c__error_column: [''], c__row: '{"n":' });
    await rows.schema('a', '`n` Int32');
    expect(await replay(rows)).toMatchObject({ successful_rows: 1500, quarantined_rows: 1 });
  });

  it('replays a row that spans lines', async () => {
    const rows = await emptied();
    await rows.schema('a', '`n` Int8');
    await rows.events('name=a&wait=true&format=json', '{\n  "n":\n 300\n}');
    await rows.schema('a', '`n` Int16');
    expect(await replay(rows)).toEqual({ successful_rows: 1, quarantined_rows: 0 });
    expect(await rows.query('SELECT n FROM a')).toEqual([{ n: 300 }]);
  });

  it('loses no row and doubles none when the server is killed in the middle of a replay', async () => {
    const dataDir = temporaryDirectory();
    const total = 20_000;
    const server = new Command(['serve', '--port', '0', '--data-dir', dataDir], { WRITER_HUB_JWT_SECRET: SECRET });
    const [url] = await server.printed(/http:\/\/\S+:\d+/);
    const ask = (path: string, body: string) =>
      fetch(`${url}/v0${path}`, { method: 'POST', body, headers: { authorization: `Bearer ${token('admin')}` } });
    await ask('/datasources?name=a', 'SCHEMA >\n    `n` Int8\n');
    const lines = Array.from({ length: total }, (_, n) => `{"n":${n + 200}}`);
    expect((await ask('/events?name=a&wait=true', lines.join('\n'))).status).toBe(200);
    await ask('/datasources?name=a', 'SCHEMA >\n    `n` Int32\n');
    const interrupted = ask('/datasources/a/quarantine/replay', '').catch(() => undefined);
    await untilReplaying(url, total);
    server.kill('SIGKILL');
    await interrupted;
    await server.outcome();

    const rows = await RowsHub.start({ dataDir });
    const [stored, left] = await rows.counts('a');
    expect(stored + left).toBe(total);
    expect(stored).toBeGreaterThan(0);
    expect(await replay(rows)).toEqual({ successful_rows: left, quarantined_rows: 0 });
    expect(await rows.query('SELECT count(*) AS rows, count(DISTINCT n) AS n FROM a')).toEqual([
      { rows: total, n: total },
    ]);
  });
});

/** Resolves once some rows have left the quarantine. */
async function untilReplaying(url: string, total: number): Promise<void> {
  for (;;) {
    const response = await fetch(`${url}/v0/datasources/a`, { headers: { authorization: `Bearer ${token('admin')}` } });
    const { quarantine_rows: left } = (await response.json()) as { quarantine_rows: number };
    if (left < total) return;
  }
}
