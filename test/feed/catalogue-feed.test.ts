import { CatalogueFeed } from '../../src/feed/catalogue-feed';
import type { ListingItem } from '../../src/feed/listing';
import type { Store } from '../../src/store/contract/store';
import { batchAt, send } from '../store/support/batches';
import { createSource } from '../store/support/test-source';
import { openStore } from '../store/sqlite/support/open-store';
import { LogFileStore } from '../support/log-file-store';
import { temporaryDirectory } from '../support/temporary-directory';

const ENGINES: [string, () => Promise<Store>][] = [
  ['the embedded store', () => openStore()],
  ['another store', () => Promise.resolve(new LogFileStore(temporaryDirectory()))],
];

const MOST_KEPT = 60;

/** Takes what a listing gives, one item after another. */
class Reader {
  /** States as they came: a name with its text, or without one when it is gone. */
  readonly states: [name: string, text: string | undefined][] = [];
  readonly kinds: string[] = [];
  readonly ending = new AbortController();
  readonly #source: AsyncGenerator<ListingItem, void, void>;

  constructor(open: (following: { signal: AbortSignal; holder: string }) => AsyncGenerator<ListingItem, void, void>) {
    this.#source = open({ signal: this.ending.signal, holder: 'reader' });
  }

  /** The latest state of each name. */
  get latest(): Map<string, string | undefined> {
    return new Map(this.states);
  }

  countOf(name: string): unknown {
    return (JSON.parse(this.latest.get(name) ?? '{}') as { eventCount?: unknown }).eventCount;
  }

  async take(): Promise<ListingItem | undefined> {
    const { value } = await this.#source.next();
    if (value === undefined) return undefined;
    this.kinds.push(value.kind);
    if (value.kind === 'states') for (const { name, value: text } of value.states) this.states.push([name, text]);
    return value;
  }

  async until(holds: () => boolean): Promise<this> {
    while (!holds()) if ((await this.take()) === undefined) throw new Error('it has ended');
    return this;
  }

  untilLive(times = 1): Promise<this> {
    return this.until(() => this.kinds.filter((kind) => kind === 'caught_up').length >= times);
  }

  async end(): Promise<void> {
    this.ending.abort();
    while ((await this.take()) !== undefined);
  }
}

describe.each(ENGINES)('CatalogueFeed on %s', (_, open) => {
  let store: Store;
  let feed: CatalogueFeed;
  /** How many names the store was asked for. */
  let lookedUp: number;

  beforeEach(async () => {
    store = await open();
    lookedUp = 0;
    const { catalogue } = store;
    feed = new CatalogueFeed(
      {
        observe: (observer) => store.observe(observer),
        catalogue: {
          topic: (name) => catalogue.topic(name),
          topics: (page) => catalogue.topics(page),
          namedTopics: (names) => catalogue.namedTopics(names),
          stream: (topic, streamId) => catalogue.stream(topic, streamId),
          streams: (topic, page) => catalogue.streams(topic, page),
          namedStreams: (topic, names) => {
            lookedUp += names.length;
            return catalogue.namedStreams(topic, names);
          },
          definitions: (topic, names) => catalogue.definitions(topic, names),
          recentStreams: (topic, query) => catalogue.recentStreams(topic, query),
        },
      },
      { inTurn: (_holder, read) => read(), mostKept: MOST_KEPT },
    );
    await send(store, 'a', batchAt(1));
    await send(store, 'b', batchAt(1));
  });

  afterEach(async () => {
    feed.stop();
    await store.close();
  });

  const streams = (topic = 't'): Reader => new Reader((following) => feed.streams(topic, following));
  const topics = (mayRead: (topic: string) => boolean = () => true): Reader =>
    new Reader((following) => feed.topics(mayRead, following));

  it('gives what there is, says that it has, and gives what changes', async () => {
    const reader = await streams().untilLive();
    expect(reader.kinds).toEqual(['start', 'states', 'caught_up']);
    expect(reader.states.map(([name]) => name)).toEqual(['a', 'b']);
    await send(store, 'c', batchAt(1));
    await reader.until(() => reader.countOf('c') === 1);
    await store.log.removeStream('t', 'a');
    await reader.until(() => reader.latest.get('a') === undefined);
    await reader.end();
    expect(feed.readers).toBe(0);
  });

  it('says of an empty topic that it is live', async () => {
    await store.log.removeStream('t', 'a');
    await store.log.removeStream('t', 'b');
    const reader = await streams().untilLive();
    expect(reader.kinds).toEqual(['start', 'caught_up']);
    await reader.end();
  });

  it('loses and repeats nothing where what there is meets what comes, however it is timed', async () => {
    const readers: Reader[] = [];
    const opened: Promise<unknown>[] = [];
    for (let round = 2; round <= 40; round++) {
      const writing = Promise.all(['a', 'b', `new-${round}`].map((name) => send(store, name, batchAt(round))));
      if (round % 4 === 0) {
        const reader = streams();
        readers.push(reader);
        opened.push(reader.untilLive());
      }
      await writing;
    }
    await Promise.all(opened);
    for (const reader of readers) {
      await reader.until(
        () => reader.countOf('a') === 40 && reader.countOf('b') === 40 && reader.countOf('new-40') === 1,
      );
      for (let round = 2; round <= 40; round++) expect(reader.countOf(`new-${round}`)).toBe(1);
      const texts = reader.states.map(([name, text]) => `${name} ${text ?? ''}`);
      expect(new Set(texts).size).toBe(texts.length);
      const counts = reader.states
        .filter(([name]) => name === 'a')
        .map(([, text]) => Number(/"eventCount":(\d+)/.exec(text!)![1]));
      expect(counts).toEqual(counts.toSorted((one, other) => one - other));
    }
    await Promise.all(readers.map((reader) => reader.end()));
  });

  it('gives a reader that is slow the latest state of each, once', async () => {
    const [slow, other] = [await streams().untilLive(), await streams().untilLive()];
    for (let round = 2; round <= 100; round++) await send(store, 'a', batchAt(round));
    await store.log.closeStream('t', 'b');
    await other.until(() => other.countOf('a') === 100 && other.latest.get('b')!.includes('"closed"'));
    const before = slow.states.length;
    await slow.until(() => slow.countOf('a') === 100 && slow.latest.get('b')!.includes('"closed"'));
    expect(slow.states.length - before).toBe(2);
    await Promise.all([slow.end(), other.end()]);
  });

  it('looks up what has changed once for all readers, and nothing for an event', async () => {
    const readers = await Promise.all([1, 2, 3, 4].map(() => streams().untilLive()));
    lookedUp = 0;
    await Promise.all(Array.from({ length: 500 }, (_, index) => send(store, 'a', batchAt(index + 2))));
    for (const reader of readers) await reader.until(() => reader.countOf('a') === 501);
    expect(lookedUp).toBeLessThan(100);
    await Promise.all(readers.map((reader) => reader.end()));
  });

  it('looks nothing up while nobody reads', async () => {
    await (await streams().untilLive()).end();
    lookedUp = 0;
    await send(store, 'a', batchAt(2));
    const reader = await streams().untilLive();
    expect([reader.countOf('a'), lookedUp]).toEqual([2, 0]);
    await reader.end();
  });

  it('begins again when a reader is so slow that changes are kept no longer', async () => {
    const slow = await streams().untilLive();
    const witness = await streams().untilLive();
    const names = Array.from({ length: MOST_KEPT + 10 }, (_, index) => `n${index}`);
    for (const name of names) {
      await send(store, name, batchAt(1));
      if (name === `n${MOST_KEPT - 5}`) await witness.until(() => witness.latest.has(name));
    }
    await send(store, 'last', batchAt(1));
    await witness.until(() => witness.latest.has('last'));
    expect(witness.kinds.filter((kind) => kind === 'start')).toHaveLength(1);
    await slow.untilLive(2);
    expect(slow.kinds.filter((kind) => kind === 'start')).toHaveLength(2);
    expect([...slow.latest.keys()].toSorted()).toEqual(['a', 'b', 'last', ...names].toSorted());
    await Promise.all([slow.end(), witness.end()]);
  });

  it('ends with unknown_topic when the topic is removed, also when it is made again at once', async () => {
    const reader = await streams().untilLive();
    await Promise.all([store.log.removeTopic('t'), send(store, 'other', batchAt(1))]);
    await expect(reader.until(() => false)).rejects.toMatchObject({ code: 'unknown_topic' });
    const again = await streams().untilLive();
    expect(again.states.map(([name]) => name)).toEqual(['other']);
    await again.end();
  });

  it.each([
    ['unknown_topic', 'none'],
    ['wrong_topic_kind', 'd'],
  ])('rejects with %s before it gives anything', async (code, topic) => {
    await createSource(store);
    const reader = streams(topic);
    await expect(reader.take()).rejects.toMatchObject({ code });
    expect([reader.kinds, feed.readers]).toEqual([[], 0]);
  });

  it('gives topics and data sources that a reader may read, and what becomes of them', async () => {
    await createSource(store);
    await send(store, 's', batchAt(1), 'secret');
    const reader = await topics((topic) => topic !== 'secret').untilLive();
    expect(reader.states.map(([name]) => name)).toEqual(['d', 't']);
    await store.log.removeTopic('secret');
    await send(store, 's', batchAt(1), 'new');
    await store.log.setRetention({ topic: 't', age: 1e9, confirmed: false });
    await store.rows.dropDataSource('d');
    await reader.until(
      () =>
        reader.latest.has('new') && reader.latest.get('d') === undefined && reader.latest.get('t')!.includes('"age":"'),
    );
    expect(reader.latest.has('secret')).toBe(false);
    await reader.end();
  });

  it('ends all readers when it is stopped', async () => {
    const readers = [await streams().untilLive(), await topics().untilLive()];
    feed.stop();
    for (const reader of readers) while ((await reader.take()) !== undefined);
    expect(feed.readers).toBe(0);
    expect(await streams().take()).toBeUndefined();
  });
});
