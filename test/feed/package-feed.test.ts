import { setImmediate } from 'node:timers/promises';
import type { FeedItem } from '../../src/feed/feed';
import { FeedBudget } from '../../src/feed/feed-budget';
import type { FeedPackage } from '../../src/feed/feed-package';
import { PackageFeed, type PackageFollowQuery } from '../../src/feed/package-feed';
import { MemoryPackages } from './support/memory-packages';

/** Takes what a feed gives, one item after another. */
class Reader {
  readonly items: FeedItem<FeedPackage>[] = [];
  readonly ending = new AbortController();
  readonly #source: AsyncGenerator<FeedItem<FeedPackage>, void, void>;

  constructor(feed: PackageFeed, query: Partial<PackageFollowQuery> = {}) {
    const following = { signal: this.ending.signal, holder: 'reader' };
    this.#source = feed.follow({ topic: 't', start: 'earliest', ...query }, following);
  }

  get packages(): FeedPackage[] {
    return this.items.flatMap((item) => (item.kind === 'events' ? item.events : []));
  }

  get positions(): string[] {
    return this.packages.map(({ position }) => position);
  }

  async until(holds: () => boolean): Promise<this> {
    while (!holds()) {
      const { value } = await this.#source.next();
      if (value === undefined) break;
      this.items.push(value);
    }
    return this;
  }

  untilCount(count: number): Promise<this> {
    return this.until(() => this.packages.length >= count);
  }

  untilLive(): Promise<this> {
    return this.until(() => this.items.some(({ kind }) => kind === 'caught_up'));
  }
}

const speed = (value: number): object => ({ timestamps: [value], numericValues: { Speed: [value] } });

const both = {
  timestamps: [1],
  numericValues: { Speed: [1], Gear: [2] },
  stringValues: { Speed: ['1'] },
  tagValues: { a: ['b'] },
};

describe('PackageFeed', () => {
  let store: MemoryPackages;
  let feed: PackageFeed;
  let budget: FeedBudget;

  const read = (query?: Partial<PackageFollowQuery>): Reader => new Reader(feed, query);

  beforeEach(() => {
    store = new MemoryPackages();
    budget = new FeedBudget(200_000);
    feed = new PackageFeed(store, { budget, inTurn: (_holder, act) => act() });
    store.send('t', 'a', speed(1), speed(2));
  });

  afterEach(() => {
    feed.stop();
  });

  it('gives what is stored and what comes, once and in order, with events in between', async () => {
    store.sendEvents('t', 'a', 2);
    const reader = await read().untilLive();
    expect(reader.items.map(({ kind }) => kind)).toEqual(['start', 'events', 'caught_up']);
    store.sendEvents('t', 'a', 1);
    store.send('t', 'b', speed(3));
    store.sendEvents('t', 'a', 1);
    store.send('t', 'a', speed(4));
    await reader.untilCount(4);
    expect(reader.positions).toEqual(['1', '2', '6', '8']);
    expect(reader.packages[2]!.text.toString()).toBe(
      '{"offset":"6","streamId":"b","epoch":0,"timestamps":[3],"numericValues":{"Speed":[3]},"stringValues":{},' +
        '"binaryValues":{},"tagValues":{}}',
    );
  });

  it.each<[Partial<PackageFollowQuery>, string[]]>([
    [{ start: 'latest' }, ['5', '6']],
    [{ start: { position: '1' } }, ['2', '3', '5', '6']],
    [{ start: { last: 1 } }, ['3', '5', '6']],
    [{ streamId: 'b' }, ['3', '5']],
    [{ streamId: 'b', start: { last: 1 } }, ['3', '5']],
    [{ parameters: new Set(['Gear', 'x']) }, ['3', '6']],
    [{ parameters: new Set(['Gear']), streamId: 'b', start: 'earliest' }, ['3']],
  ])('gives what %j asks for', async (query, positions) => {
    store.send('t', 'b', both);
    store.sendEvents('t', 'b', 1);
    const reader = await read(query).untilLive();
    store.send('t', 'b', speed(5));
    store.send('t', 'a', both);
    await reader.untilCount(positions.length);
    expect(reader.positions).toEqual(positions);
  });

  it('filters values to the parameters that are asked for, of every kind, but not tags and timestamps', async () => {
    store.send('t', 'a', both);
    const reader = await read({ parameters: new Set(['Speed']), start: { position: '2' } }).untilCount(1);
    expect(JSON.parse(reader.packages[0]!.text.toString())).toEqual({
      ...{ offset: '3', streamId: 'a', epoch: 0, timestamps: [1], binaryValues: {}, tagValues: { a: ['b'] } },
      ...{ numericValues: { Speed: [1] }, stringValues: { Speed: ['1'] } },
    });
  });

  it('makes a part of a package once for all who want the same, and the whole for who wants all of it', async () => {
    const queries = [['Gear'], ['Gear', 'x'], ['Speed'], ['Speed', 'Gear']];
    const readers = queries.map((names) => read({ start: 'latest', parameters: new Set(names) }));
    for (const reader of readers) await reader.untilLive();
    store.send('t', 'a', both);
    const [gear, gearToo, other, all] = await Promise.all(
      readers.map(async (reader) => (await reader.untilCount(1)).packages[0]!),
    );
    expect(gear).toBe(gearToo);
    expect(gear).not.toBe(other);
    expect(all!.content.columns).toHaveLength(3);
    expect(all).not.toBe(gear);
  });

  it('counts what is made of packages and their parts, and lets go of them for it', async () => {
    const reader = await read({ start: 'latest', parameters: new Set(['Gear']) }).untilLive();
    store.send('t', 'a', both, both);
    await reader.untilCount(2);
    const form = { make: () => 'made', bytes: () => 60_000 };
    const before = feed.bytes;
    reader.packages[0]!.framed(form);
    expect(feed.bytes).toBe(before + 60_000);
    reader.packages[1]!.framed({ make: () => 'made', bytes: () => 150_000 });
    expect(feed.bytes).toBeLessThan(before + 150_000);
  });

  it('goes on when events alone have come, a commit each, more than it keeps ends of', async () => {
    const reader = await read({ start: 'latest' }).untilLive();
    for (let round = 0; round < 1200; round++) {
      store.sendEvents('t', 'a', 1);
      await setImmediate();
    }
    const late = await read({ start: { position: '3' } }).untilLive();
    store.send('t', 'a', speed(9));
    for (const each of [reader, late]) expect((await each.untilCount(1)).positions).toEqual(['1203']);
  });

  it('rejects when the topic is removed, and when there is none', async () => {
    const reader = await read().untilLive();
    store.remove('t');
    await expect(reader.untilCount(99)).rejects.toMatchObject({ code: 'unknown_topic' });
    await expect(read().untilLive()).rejects.toMatchObject({ code: 'unknown_topic' });
    expect(feed.readers).toBe(0);
  });
});
