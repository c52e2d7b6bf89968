import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { EventFeed, type EventFeedStore } from '../../src/feed/event-feed';
import type { Feed, FeedItem, FollowQuery } from '../../src/feed/feed';
import { FeedBudget } from '../../src/feed/feed-budget';
import type { FeedEvent } from '../../src/feed/feed-event';
import type { Store } from '../../src/store/contract/store';
import { batchAt, batchOf, readAll, send } from '../store/support/batches';
import { openLastingStore } from '../store/sqlite/support/open-store';
import { LogFileStore } from '../support/log-file-store';
import { roomsIn } from '../store/support/store-room';
import { temporaryDirectory } from '../support/temporary-directory';

const ENGINES: [string, () => Promise<Store>][] = [
  ['the embedded store', () => openLastingStore()],
  ['a store whose positions are no numbers', () => Promise.resolve(new LogFileStore(temporaryDirectory()))],
];

/** Takes what a feed gives, one item after another. */
class Reader {
  readonly items: FeedItem[] = [];
  readonly ending = new AbortController();
  readonly #source: AsyncGenerator<FeedItem, void, void>;

  constructor(feed: Feed, query: Partial<FollowQuery> = {}) {
    const following = { signal: this.ending.signal, holder: 'reader' };
    this.#source = feed.follow({ topic: 't', start: 'earliest', ...query }, following);
  }

  get ids(): string[] {
    return this.items.flatMap((item) => (item.kind === 'events' ? item.events.map(({ event }) => event.id) : []));
  }

  get kinds(): string[] {
    return this.items.map(({ kind }) => kind);
  }

  get position(): string {
    return this.items.at(-1)!.position;
  }

  /** Takes the next item; `undefined` at the end. */
  async take(): Promise<FeedItem | undefined> {
    const { value } = await this.#source.next();
    if (value !== undefined) this.items.push(value);
    return value ?? undefined;
  }

  async until(holds: () => boolean): Promise<this> {
    while (!holds()) if ((await this.take()) === undefined) break;
    return this;
  }

  untilIds(count: number): Promise<this> {
    return this.until(() => this.ids.length >= count);
  }

  untilLive(times = 1): Promise<this> {
    return this.until(() => this.kinds.filter((kind) => kind === 'caught_up').length >= times);
  }

  async end(): Promise<void> {
    this.ending.abort();
    while ((await this.take()) !== undefined);
  }
}

describe.each(ENGINES)('Feed on %s', (_, open) => {
  const nextRoom = roomsIn(open);
  let store: Store;
  let feed: Feed;
  /** How often the store was read. */
  let reads: number;

  beforeEach(async () => {
    store = await nextRoom();
    reads = 0;
    const { log } = store;
    const counted: EventFeedStore['log'] = {
      read: (query) => {
        reads += 1;
        return log.read(query);
      },
      resolve: (topic, start) => log.resolve(topic, start),
    };
    feed = new EventFeed(
      { log: counted, observe: (observer) => store.observe(observer) },
      { budget: new FeedBudget(100_000), inTurn: (_holder, read) => read() },
    );
    await send(store, 'a', batchAt(1, 2));
    await send(store, 'b', batchAt(3));
  });

  afterEach(() => {
    feed.stop();
  });

  it('says where it begins, gives what is stored, says that it has all, and gives what comes', async () => {
    const reader = await new Reader(feed).untilLive();
    expect(reader.kinds).toEqual(['start', 'events', 'caught_up']);
    expect(reader.ids).toEqual(['1', '2', '3']);
    await send(store, 'a', batchAt(4));
    await send(store, 'b', batchAt(5));
    await reader.untilIds(5);
    expect(reader.ids).toEqual(['1', '2', '3', '4', '5']);
    expect(reader.kinds.filter((kind) => kind === 'caught_up')).toHaveLength(1);
    await reader.end();
    expect(feed.readers).toBe(0);
  });

  it('makes each form of an event once for all readers, and lets go of events for it', async () => {
    const made: string[] = [];
    const form = {
      make: ({ event, topic }: FeedEvent) => {
        made.push(`${topic} ${event.id}`);
        return event.id;
      },
      bytes: () => 40_000,
    };
    const readers = [new Reader(feed, { start: 'latest' }), new Reader(feed, { start: 'latest' })];
    for (const reader of readers) await reader.untilLive();
    await send(store, 'a', batchAt(4, 5, 6, 7));
    for (const reader of readers) await reader.untilIds(4);
    const given = readers.map((reader) => reader.items.flatMap((item) => (item.kind === 'events' ? item.events : [])));
    for (const events of given) expect(events.map((event) => event.framed(form))).toEqual(['4', '5', '6', '7']);
    expect(made).toEqual(['t 4', 't 5', 't 6', 't 7']);
    // There is room for 100,000 bytes.
    expect(feed.bytes).toBeGreaterThan(80_000);
    expect(feed.bytes).toBeLessThan(100_000);
    for (const reader of readers) await reader.end();
  });

  it('gives readers at one place the same events', async () => {
    const readers = [new Reader(feed, { start: 'latest' }), new Reader(feed, { start: 'latest' })];
    for (const reader of readers) await reader.untilLive();
    await send(store, 'a', batchAt(4, 5));
    const [one, other] = await Promise.all(readers.map((reader) => reader.take()));
    expect(one).toMatchObject({ kind: 'events' });
    expect(one).toEqual(other);
    expect((one as { events: unknown }).events).toBe((other as { events: unknown }).events);
    for (const reader of readers) await reader.end();
  });

  it('begins at the end, and says where that is before anything comes', async () => {
    const reader = await new Reader(feed, { start: 'latest' }).untilLive();
    expect(reader.kinds).toEqual(['start', 'caught_up']);
    expect(reader.position).toBe(await store.log.resolve('t', 'latest'));
    await send(store, 'a', batchAt(4));
    expect((await reader.untilIds(1)).ids).toEqual(['4']);
    await reader.end();
  });

  it('is live at once on a topic without events', async () => {
    await store.log.putStream({ topic: 'empty', streamId: 's', properties: {}, createTopic: true });
    const reader = await new Reader(feed, { topic: 'empty' }).untilLive();
    expect(reader.kinds).toEqual(['start', 'caught_up']);
    await send(store, 's', batchAt(7), 'empty');
    expect((await reader.untilIds(1)).ids).toEqual(['7']);
    await reader.end();
  });

  it('goes on from every position that it gave, without a gap or a repeat', async () => {
    const all = ['1', '2', '3', '4', '5', '6'];
    const reader = await new Reader(feed).untilLive();
    await send(store, 'a', batchAt(4));
    await reader.untilIds(4);
    await send(store, 'b', batchAt(5, 6));
    await reader.untilIds(6);
    for (const [index, { position }] of reader.items.entries()) {
      const seen = reader.items
        .slice(0, index + 1)
        .flatMap((item) => (item.kind === 'events' ? item.events.map(({ event }) => event.id) : []));
      const next = await new Reader(feed, { start: { position } }).untilLive();
      expect([...seen, ...next.ids]).toEqual(all);
      await next.end();
    }
    for (const { position, id } of await readAll(store)) {
      const next = await new Reader(feed, { start: { position } }).untilLive();
      expect(next.ids).toEqual(all.slice(all.indexOf(id) + 1));
      await next.end();
    }
    await reader.end();
  });

  it('gives the events of a stream, of some ids, with some tags', async () => {
    const tags = { car: '1', 'a"b': 'é' };
    await send(store, 'a', batchOf([{ id: 'x', timestamp: 1n, tags }]));
    await send(store, 'b', batchOf([{ id: 'x', timestamp: 2n, tags: { ...tags, car: '2' } }]));
    await send(store, 'b', batchOf([{ id: 'y', timestamp: 3n, tags }]));
    const filters: [Partial<FollowQuery>, string[]][] = [
      [{ streamId: 'a' }, ['1', '2', 'x']],
      [{ ids: new Set(['x', '3']) }, ['3', 'x', 'x']],
      [{ tags: new Map([['car', '1']]) }, ['x', 'y']],
      [{ tags: new Map(Object.entries(tags)), ids: new Set(['y']) }, ['y']],
      [{ tags: new Map([['car', '3']]) }, []],
      [{ streamId: 'b', ids: new Set(['none']) }, []],
    ];
    for (const [filter, stored] of filters) {
      const late = await new Reader(feed, { ...filter, start: 'latest' }).untilLive();
      const reader = await new Reader(feed, filter).untilLive();
      expect(reader.ids).toEqual(stored);
      await send(store, 'a', batchOf([{ id: 'x', timestamp: 1n, tags }]));
      await send(store, 'b', batchOf([{ id: 'y', timestamp: 1n, tags }]));
      // Also a reader that wants none of it is told how far it has come.
      const end = await store.log.resolve('t', 'latest');
      for (const one of [late, reader]) await one.until(() => one.position === end);
      expect(reader.ids).toEqual([...stored, ...late.ids]);
      await Promise.all([late.end(), reader.end()]);
      await store.log.removeTopic('t');
      await send(store, 'a', batchAt(1, 2));
      await send(store, 'b', batchAt(3));
      await send(store, 'a', batchOf([{ id: 'x', timestamp: 1n, tags }]));
      await send(store, 'b', batchOf([{ id: 'x', timestamp: 2n, tags: { ...tags, car: '2' } }]));
      await send(store, 'b', batchOf([{ id: 'y', timestamp: 3n, tags }]));
    }
  });

  it('reads once and makes each text once for all readers that are at the end', async () => {
    const readers = await Promise.all(Array.from({ length: 20 }, () => new Reader(feed).untilLive()));
    reads = 0;
    await send(store, 'a', batchAt(4));
    await Promise.all(readers.map((reader) => reader.untilIds(4)));
    expect(reads).toBe(1);
    const texts = readers.map(({ items }) => {
      const last = items.at(-1)!;
      return last.kind === 'events' ? last.events[0]!.text : undefined;
    });
    expect(new Set(texts).size).toBe(1);
    expect(JSON.parse(texts[0]!.toString())).toMatchObject({ streamId: 'a', id: '4', timestamp: 4 });
    await Promise.all(readers.map((reader) => reader.end()));
    expect(feed.bytes).toBe(0);
  });

  it('gives all readers at the end the very same batch, so that what is made of it is made once', async () => {
    const readers = await Promise.all(Array.from({ length: 20 }, () => new Reader(feed).untilLive()));
    await send(store, 'a', batchAt(4, 5));
    await Promise.all(readers.map((reader) => reader.untilIds(5)));
    const batches = readers.map(({ items }) => {
      const last = items.at(-1)!;
      return last.kind === 'events' ? last.events : undefined;
    });
    expect(new Set(batches).size).toBe(1);
    // What comes then is another batch.
    await send(store, 'a', batchAt(6));
    await Promise.all(readers.map((reader) => reader.untilIds(6)));
    expect(readers.map(({ ids }) => ids.at(-1))).toEqual(readers.map(() => '6'));
    await Promise.all(readers.map((reader) => reader.end()));
  });

  it('wakes many readers in several turns, so that others have theirs in between', async () => {
    const readers = await Promise.all(Array.from({ length: 600 }, () => new Reader(feed).untilLive()));
    let awake = 0;
    const waiting = readers.map(async (reader) => {
      await reader.untilIds(4);
      awake++;
    });
    await send(store, 'a', batchAt(4));
    const seen: number[] = [];
    while (awake < readers.length) {
      await setImmediate();
      if (awake > 0) seen.push(awake);
    }
    await Promise.all(waiting);
    expect(seen.length).toBeGreaterThan(1);
    expect(readers.every(({ ids }) => ids.join() === '1,2,3,4')).toBe(true);
    await Promise.all(readers.map((reader) => reader.end()));
  });

  it('does not notice a reader that stops: others have everything, little is kept, and it catches up', async () => {
    const stopped = await new Reader(feed).untilLive();
    const others = await Promise.all(Array.from({ length: 5 }, () => new Reader(feed).untilLive()));
    const value = 'v'.repeat(1_000);
    for (let n = 4; n < 2_004; n += 100) {
      const events = Array.from({ length: 100 }, (_empty, i) => ({ id: String(n + i), timestamp: 1n, value }));
      await send(store, 'a', batchOf(events));
      await Promise.all(others.map((reader) => reader.untilIds(n + 99)));
      expect(feed.bytes).toBeLessThanOrEqual(100_000);
    }
    reads = 0;
    await stopped.untilIds(2_003);
    expect(stopped.ids).toEqual(others[0]!.ids);
    expect(reads).toBeGreaterThan(0);
    await stopped.untilLive(2);
    // It is one of them again.
    reads = 0;
    await send(store, 'a', batchAt(5_000));
    await Promise.all([stopped, ...others].map((reader) => reader.untilIds(2_004)));
    expect(reads).toBe(1);
    await Promise.all([stopped, ...others].map((reader) => reader.end()));
  });

  it('lets others have their turn between the batches of a reader that catches up with what is kept', async () => {
    const roomy = new EventFeed(
      { log: store.log, observe: (observer) => store.observe(observer) },
      { budget: new FeedBudget(10_000_000), inTurn: (_holder, read) => read() },
    );
    const behind = await new Reader(roomy).untilLive();
    const other = await new Reader(roomy).untilLive();
    const events = Array.from({ length: 3_000 }, (_empty, n) => ({ id: String(n + 4), timestamp: 1n, value: '' }));
    await send(store, 'a', batchOf(events));
    await other.untilIds(3_003);
    let turns = 0;
    const done = new AbortController();
    const counting = (async (): Promise<void> => {
      for (; !done.signal.aborted; turns++) await setImmediate();
    })();
    const seen: number[] = [];
    while (behind.ids.length < 3_003) {
      await behind.take();
      seen.push(turns);
    }
    done.abort();
    await counting;
    expect(seen.length).toBeGreaterThanOrEqual(6);
    expect(new Set(seen).size).toBeGreaterThanOrEqual(seen.length - 1);
    roomy.stop();
    await Promise.all([behind.end(), other.end()]);
  });

  it('keeps no more than its bytes for a slow reader, which reads from the store what it has missed', async () => {
    const slow = await new Reader(feed).untilLive();
    const fast = await new Reader(feed).untilLive();
    const value = 'v'.repeat(5_000);
    for (let n = 4; n < 100; n++) {
      await send(store, 'a', batchOf([{ id: String(n), timestamp: 1n, value }]));
      await fast.untilIds(n);
      expect(feed.bytes).toBeLessThanOrEqual(100_000);
    }
    await slow.untilLive(2);
    expect(slow.ids).toEqual(fast.ids);
    await Promise.all([slow.end(), fast.end()]);
  });

  it('ends with unknown_topic when its topic is removed, and with unknown_stream when its stream is', async () => {
    const ofTopic = await new Reader(feed).untilLive();
    const ofStream = await new Reader(feed, { streamId: 'a' }).untilLive();
    const ofOther = await new Reader(feed, { streamId: 'b' }).untilLive();
    const waiting = [ofTopic, ofStream, ofOther].map((reader) => reader.take());
    await store.log.removeStream('t', 'a');
    await expect(waiting[1]).rejects.toMatchObject({ code: 'unknown_stream' });
    await send(store, 'b', batchAt(4));
    await Promise.all([waiting[0], waiting[2]]);
    await ofTopic.untilIds(4);
    await ofOther.untilIds(2);
    const rest = [ofTopic, ofOther].map((reader) => reader.until(() => false));
    await store.log.removeTopic('t');
    for (const reading of rest) await expect(reading).rejects.toMatchObject({ code: 'unknown_topic' });
    expect(feed.readers).toBe(0);
    expect(feed.bytes).toBe(0);
  });

  it('refuses a position of a topic that was there before, before it gives anything', async () => {
    const { position } = (await readAll(store))[1]!;
    await store.log.removeTopic('t');
    await send(store, 'a', batchAt(1, 2, 3, 4));
    const reader = new Reader(feed, { start: { position } });
    const earliest = await store.log.resolve('t', 'earliest');
    await expect(reader.take()).rejects.toMatchObject({ code: 'position_gone', earliest });
    expect(reader.items).toEqual([]);
  });

  it.each<[string, Partial<FollowQuery>, string]>([
    ['no topic', { topic: 'none' }, 'unknown_topic'],
    ['no stream', { streamId: 'none' }, 'unknown_stream'],
    ['no position', { start: { position: '?' } }, 'invalid_query'],
  ])('rejects where there is %s', async (_case, query, code) => {
    await expect(new Reader(feed, query).untilLive()).rejects.toMatchObject({ code });
    expect(feed.readers).toBe(0);
  });

  it('ends every reader when it is stopped, whatever it waits for', async () => {
    const readers = await Promise.all(Array.from({ length: 5 }, () => new Reader(feed).untilLive()));
    const waiting = readers.map((reader) => reader.take());
    feed.stop();
    expect(await Promise.all(waiting)).toEqual(readers.map(() => undefined));
    expect(await new Reader(feed).until(() => false)).toMatchObject({ kinds: ['start'] });
    expect(feed.readers).toBe(0);
  });

  it('gives every event once and in the order of its stream, however readers and writers take turns', async () => {
    const streams = ['a', 'b', 'c'];
    let topics = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            stream: fc.constantFrom(...streams),
            count: fc.integer({ min: 1, max: 4 }),
            takes: fc.array(fc.nat(4), { maxLength: 4 }),
            turns: fc.nat(3),
          }),
          { minLength: 1, maxLength: 25 },
        ),
        async (steps) => {
          const topic = `steps-${(topics += 1)}`;
          for (const streamId of streams) {
            await store.log.putStream({ topic, streamId, properties: {}, createTopic: true });
          }
          const queries = [{}, {}, { streamId: 'a' }, { streamId: 'b' }, { ids: new Set(['1', '4', '9']) }];
          const readers = queries.map((query) => new Reader(feed, { topic, ...query }));
          const taking: (Promise<unknown> | undefined)[] = [];
          const sent: Promise<unknown>[] = [];
          let number = 0;
          for (const { stream, count, takes, turns } of steps) {
            sent.push(send(store, stream, batchAt(...Array.from({ length: count }, () => number++)), topic));
            for (const at of takes) {
              taking[at] ??= readers[at]!.take().finally(() => {
                taking[at] = undefined;
              });
            }
            for (let turn = 0; turn < turns; turn++) await setImmediate();
          }
          await Promise.all(sent);
          const end = await store.log.resolve(topic, 'latest');
          const all = await readAll(store, { topic });
          for (const [at, reader] of readers.entries()) {
            await taking[at];
            await reader.until(() => reader.items.length > 0 && reader.position === end);
            const { streamId, ids } = queries[at] as Partial<FollowQuery>;
            const wanted = all.filter(
              (event) => (streamId ?? event.streamId) === event.streamId && (ids?.has(event.id) ?? true),
            );
            expect(reader.ids).toEqual(wanted.map(({ id }) => id));
            await reader.end();
          }
        },
      ),
      { numRuns: 30 },
    );
  });
});
