import { budgetsOf, spaceOf } from '../../../../src/console/pages/server/budgets';
import { samplesOf, Scrape } from '../../../../src/console/pages/server/prometheus';
import { reasonsOf } from '../../../../src/console/pages/server/reasons';
import { askedRoutes } from '../../../../src/console/pages/server/route-table';
import { formatSeconds, tilesOf } from '../../../../src/console/pages/server/tiles';

const scrape = (at: number, ...lines: readonly string[]): Scrape => new Scrape(samplesOf(lines.join('\n')), at);

describe('tilesOf', () => {
  const textOf = (before: Scrape, now: Scrape, title: string) =>
    tilesOf(before, now).find((tile) => tile.title === title)!;

  it('has rates between two scrapes, and gauges as they are', () => {
    const before = scrape(0, 'writer_hub_events_total 100', 'writer_hub_rows_total 0');
    const now = scrape(2000, 'writer_hub_events_total 5100', 'writer_hub_rows_total 3', 'writer_hub_hub_connections 7');
    expect(textOf(before, now, 'Events stored')).toMatchObject({ text: '2.5K/s', detail: '1.5 rows/s' });
    expect(textOf(before, now, 'Hub connections')).toMatchObject({ text: '7', value: 7 });
  });

  it('says nothing of what the server does not have, or cannot say', () => {
    const now = scrape(2000, 'writer_hub_followers NaN');
    expect(textOf(scrape(0), now, 'Events stored')).toMatchObject({ text: '–', value: undefined });
    expect(textOf(scrape(0), now, 'Live readers')).toMatchObject({ text: '–', value: undefined });
  });

  it.each(['writer_hub_acknowledgement_seconds', 'writer_hub_commit_seconds'])(
    'knows acknowledgements by %s',
    (name) => {
      const counts = (a: number, b: number): string[] => [
        `${name}_bucket{le="0.001"} ${a}`,
        `${name}_bucket{le="+Inf"} ${b}`,
      ];
      const tile = textOf(scrape(0, ...counts(0, 0)), scrape(1000, ...counts(10, 10)), 'Acknowledgement');
      expect(tile).toMatchObject({ text: '0.5 ms', detail: 'median; 99 of 100 in 1 ms' });
    },
  );
});

describe('budgetsOf', () => {
  it('has the fullest first, and those without a limit last', () => {
    const now = scrape(
      0,
      'writer_hub_budget_used{budget="held_bytes"} 1000000',
      'writer_hub_budget_limit{budget="held_bytes"} 4000000',
      'writer_hub_budget_used{budget="topics"} 9',
      'writer_hub_budget_limit{budget="topics"} 10',
      'writer_hub_budget_used{budget="database_bytes"} 5',
      'writer_hub_budget_limit{budget="database_bytes"} +Inf',
      'writer_hub_budget_used{budget="broken"} NaN',
    );
    expect(budgetsOf(now).map(({ name, share, text }) => [name, share, text])).toEqual([
      ['topics', 0.9, '9 of 10'],
      ['held', 0.25, '1 MB of 4 MB'],
      ['database', undefined, '5 B'],
    ]);
  });
});

describe('spaceOf', () => {
  it('measures files by the disk, where its size is known', () => {
    const files = ['writer_hub_database_bytes 250', 'writer_hub_log_bytes 0'];
    const disk = ['writer_hub_disk_size_bytes 1000', 'writer_hub_disk_free_bytes 400'];
    const shares = (now: Scrape): unknown[] => spaceOf(now).map(({ name, share }) => [name, share]);
    expect(shares(scrape(0, ...files, ...disk))).toEqual([
      ['disk', 0.6],
      ['database file', 0.25],
      ['write-ahead log', 0],
    ]);
    expect(shares(scrape(0, ...files))).toEqual([
      ['database file', undefined],
      ['write-ahead log', undefined],
    ]);
    expect(spaceOf(scrape(0, ...disk))[0]!.text).toBe('600 B of 1 KB used');
  });
});

describe('reasonsOf', () => {
  it('has those that happened, the most frequent of late first', () => {
    const first = scrape(0, 'e_total{code="old"} 50', 'e_total{code="never"} 0');
    const now = scrape(1, 'e_total{code="old"} 50', 'e_total{code="new"} 2', 'e_total{code="never"} 0');
    expect(reasonsOf(first, now, { name: 'e_total', label: 'code' })).toEqual([
      { reason: 'new', total: 2, recent: 2 },
      { reason: 'old', total: 50, recent: 0 },
    ]);
  });
});

describe('askedRoutes', () => {
  it('has routes and methods, with how long they took', () => {
    const name = 'writer_hub_http_request_seconds';
    const route = 'route="/v0/sql",method="GET"';
    const now = scrape(
      2000,
      `${name}_bucket{le="0.01",${route},status="2xx"} 4`,
      `${name}_bucket{le="+Inf",${route},status="2xx"} 4`,
      `${name}_count{${route},status="2xx"} 4`,
      `${name}_count{route="/metrics",method="GET",status="2xx"} 0`,
    );
    expect(askedRoutes(scrape(0), now)).toEqual([{ name: 'GET /v0/sql', rate: 2, median: 0.005, p99: 0.0099 }]);
  });
});

describe('formatSeconds', () => {
  it.each([
    [0.00042, '0.4 ms'],
    [0.012, '12 ms'],
    [1.52, '1.5 s'],
  ])('writes %d as %s', (seconds, text) => {
    expect(formatSeconds(seconds)).toBe(text);
  });
});
