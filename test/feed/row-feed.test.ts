import { FeedBudget } from '../../src/feed/feed-budget';
import type { FeedItem } from '../../src/feed/feed';
import type { FeedRow } from '../../src/feed/feed-row';
import { RowFeed, type RowFeedStore, type RowFollowQuery } from '../../src/feed/row-feed';
import type { RowsPart } from '../../src/store/contract/row-store';
import type { SqlColumn } from '../../src/store/contract/sql-engine';
import type { Store } from '../../src/store/contract/store';
import { openLastingStore } from '../store/sqlite/support/open-store';
import { failedRow, quarantineOf, values } from '../store/support/rows';
import { roomsIn } from '../store/support/store-room';
import { createSource, type TestSource } from '../store/support/test-source';
import { LogFileStore } from '../support/log-file-store';
import { temporaryDirectory } from '../support/temporary-directory';

const ENGINES: [string, () => Promise<Store>][] = [
  ['the embedded store', () => openLastingStore()],
  ['a store whose positions are no numbers', () => Promise.resolve(new LogFileStore(temporaryDirectory()))],
];

const PARTS: readonly RowsPart[] = ['rows', 'quarantine'];

const CASES = ENGINES.flatMap(([name, open]) => PARTS.map((part) => ({ name, open, part })));

const COLUMN: SqlColumn = { name: 'c', type: 'String', nullable: true, form: 'plain' };

/** Takes what a feed gives, one item after another. */
class Reader {
  readonly items: FeedItem<FeedRow>[] = [];
  readonly ending = new AbortController();
  readonly #source: AsyncGenerator<FeedItem<FeedRow>, void, void>;

  constructor(feed: RowFeed, query: Omit<RowFollowQuery, 'name'>) {
    this.#source = feed.follow({ name: 'd', ...query }, { signal: this.ending.signal, holder: 'reader' });
  }

  /** What was sent of each row. */
  get labels(): unknown[] {
    return this.items.flatMap((item) => (item.kind === 'events' ? item.events : [])).map(labelOf);
  }

  get kinds(): string[] {
    return this.items.map(({ kind }) => kind);
  }

  async take(): Promise<FeedItem<FeedRow> | undefined> {
    const { value } = await this.#source.next();
    if (value !== undefined) this.items.push(value);
    return value ?? undefined;
  }

  async until(holds: () => boolean): Promise<this> {
    while (!holds()) if ((await this.take()) === undefined) break;
    return this;
  }

  untilCount(count: number): Promise<this> {
    return this.until(() => this.labels.length >= count);
  }

  untilLive(times = 1): Promise<this> {
    return this.until(() => this.kinds.filter((kind) => kind === 'caught_up').length >= times);
  }

  async end(): Promise<void> {
    this.ending.abort();
    while ((await this.take()) !== undefined);
  }
}

function labelOf(row: FeedRow): unknown {
  const { c, c__row: raw } = (JSON.parse(row.text.toString()) as { row: Record<string, unknown> }).row;
  return raw ?? c;
}

describe.each(CASES)('RowFeed of $part on $name', ({ open, part }) => {
  const nextRoom = roomsIn(open);
  let store: Store;
  let feed: RowFeed;
  let source: TestSource;
  let reads: number;

  const append = (...labels: string[]) =>
    source.send(
      part === 'rows'
        ? { rows: values(...labels) }
        : { quarantine: quarantineOf(...labels.map((label) => failedRow(label))) },
    );

  const read = (query: Partial<RowFollowQuery> = {}) => new Reader(feed, { part, start: 'earliest', ...query });

  beforeEach(async () => {
    store = await nextRoom();
    reads = 0;
    const { rows } = store;
    const counted: RowFeedStore['rows'] = {
      readRows: (query) => ((reads += 1), rows.readRows(query)),
      readQuarantine: (query) => ((reads += 1), rows.readQuarantine(query)),
      resolveRows: (...given) => rows.resolveRows(...given),
    };
    feed = new RowFeed({ rows: counted, observe: (observer) => store.observe(observer) }, () => [COLUMN], {
      budget: new FeedBudget(100_000),
      inTurn: (_, task) => task(),
    });
    source = await createSource(store);
    await append('1', '2', '3');
  });

  afterEach(() => {
    feed.stop();
  });

  it('gives what is stored, says that it has all, and gives what comes', async () => {
    const reader = await read().untilLive();
    expect(reader.kinds).toEqual(['start', 'events', 'caught_up']);
    await append('4');
    await append('5');
    expect((await reader.untilCount(5)).labels).toEqual(['1', '2', '3', '4', '5']);
    expect(reader.kinds.filter((kind) => kind === 'caught_up')).toHaveLength(1);
    await reader.end();
    expect([feed.readers, feed.bytes]).toEqual([0, 0]);
  });

  it('goes on from every position that it gave, without a gap or a repeat', async () => {
    const reader = await read().untilLive();
    await append('4', '5');
    await reader.untilCount(5);
    for (const [index, { position }] of reader.items.entries()) {
      const seen = reader.items
        .slice(0, index + 1)
        .flatMap((item) => (item.kind === 'events' ? item.events : []))
        .map(labelOf);
      const next = await read({ start: { position } }).untilLive();
      expect([...seen, ...next.labels]).toEqual(['1', '2', '3', '4', '5']);
      await next.end();
    }
    await reader.end();
  });

  it.each([
    [1, ['3']],
    [2, ['2', '3']],
    [3, ['1', '2', '3']],
    [9, ['1', '2', '3']],
  ])('begins with the last %i', async (last, labels) => {
    const reader = await read({ start: { last } }).untilLive();
    expect(reader.labels).toEqual(labels);
    await append('4');
    expect((await reader.untilCount(labels.length + 1)).labels).toEqual([...labels, '4']);
    await reader.end();
  });

  it('reads once and makes each text once for all readers that are at the end', async () => {
    const readers = await Promise.all(Array.from({ length: 20 }, () => read().untilLive()));
    reads = 0;
    await append('4');
    await Promise.all(readers.map((reader) => reader.untilCount(4)));
    expect(reads).toBe(1);
    const texts = readers.map(({ items }) => {
      const last = items.at(-1)!;
      return last.kind === 'events' ? last.events[0]!.text : undefined;
    });
    expect(new Set(texts).size).toBe(1);
    await Promise.all(readers.map((reader) => reader.end()));
  });

  it('keeps no more than its bytes for a slow reader, which reads from the store what it has missed', async () => {
    const slow = await read().untilLive();
    const fast = await read().untilLive();
    for (let n = 4; n < 60; n++) {
      await append(`${n} ${'v'.repeat(5_000)}`);
      await fast.untilCount(n);
      expect(feed.bytes).toBeLessThanOrEqual(100_000);
    }
    await slow.untilLive(2);
    expect(slow.labels).toEqual(fast.labels);
    await Promise.all([slow.end(), fast.end()]);
  });

  it('goes on behind what was removed, and ends when the data source is', async () => {
    const reader = await read().untilLive();
    await store.rows.truncateDataSource('d', part);
    await append('4');
    expect((await reader.untilCount(4)).labels).toEqual(['1', '2', '3', '4']);
    const rest = reader.until(() => false);
    await store.rows.dropDataSource('d');
    await expect(rest).rejects.toMatchObject({ code: 'unknown_data_source' });
    expect([feed.readers, feed.bytes]).toEqual([0, 0]);
  });

  it('says what is gone to a reader that was behind, before anything else', async () => {
    const first = read();
    await first.take();
    const [{ position }] = first.items as [FeedItem<FeedRow>];
    await first.end();
    await store.rows.truncateDataSource('d', part);
    const late = read({ start: { position } });
    const earliest = await store.rows.resolveRows('d', part, 'earliest');
    await expect(late.take()).rejects.toMatchObject({ code: 'position_gone', earliest });
    expect(late.items).toEqual([]);
  });
});
