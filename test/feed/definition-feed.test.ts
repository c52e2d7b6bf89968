import { WriterHubError } from '../../src/errors';
import { DefinitionFeed, type DefinitionFeedStore, type DefinitionQuery } from '../../src/feed/definition-feed';
import type { StreamInfo } from '../../src/store/contract/catalogue';
import { type Definitions, NO_DEFINITIONS } from '../../src/store/contract/definitions';
import type { CatalogueChange, StoreObserver } from '../../src/store/contract/store';

/** A store that holds definitions alone. */
class DefinitionStore implements DefinitionFeedStore {
  readonly streams = new Map<string, Definitions>();
  readonly observers = new Set<StoreObserver>();
  reads = 0;
  kind: 'events' | 'rows' | undefined = 'events';

  readonly catalogue: DefinitionFeedStore['catalogue'] = {
    streams: (_topic, { after = '', limit }) =>
      this.#read(() =>
        [...this.streams]
          .filter(([streamId]) => streamId > after)
          .slice(0, limit)
          .map(([streamId, each]) => ({ streamId, hasDefinitions: each !== NO_DEFINITIONS }) as StreamInfo),
      ),
    definitions: (_topic, streamIds) => {
      this.reads += 1;
      return this.#read(() => new Map([...this.streams].filter(([streamId]) => streamIds.includes(streamId))));
    },
  };

  observe(observer: StoreObserver): () => void {
    this.observers.add(observer);
    return () => this.observers.delete(observer);
  }

  put(streamId: string, definitions: Partial<Definitions>): void {
    this.streams.set(streamId, { ...(this.streams.get(streamId) ?? NO_DEFINITIONS), ...definitions });
    this.tell({ topic: 't', streamId, kind: 'changed' });
  }

  tell(change: CatalogueChange): void {
    for (const observer of this.observers) observer.onChange?.({ writes: [], changes: [change] });
  }

  #read<T>(read: () => T): Promise<T> {
    if (this.kind === 'events') return Promise.resolve(read());
    const code = this.kind === 'rows' ? 'wrong_topic_kind' : 'unknown_topic';
    return Promise.reject(new WriterHubError(code, 'no'));
  }
}

const speed = (unit: string) => ({ parameters: [{ id: 'Speed', unit }] });

describe('DefinitionFeed', () => {
  let store: DefinitionStore;
  let feed: DefinitionFeed;
  let remembered: number;
  let ending: AbortController;

  const follow = (query: Partial<DefinitionQuery> = {}) =>
    feed.follow(
      { topic: 't', kind: 'parameters', ...query },
      { signal: ending.signal, holder: 'reader', remember: (streams) => void (remembered += streams) },
    );

  /** What a reader is told next, a line for each stream. */
  const told = async (reader: ReturnType<typeof follow>): Promise<string[]> => {
    const { value } = await reader.next();
    return (value ?? []).map(({ streamId, definitions }) => `${streamId} ${JSON.stringify(definitions)}`);
  };

  beforeEach(() => {
    store = new DefinitionStore();
    feed = new DefinitionFeed(store, { inTurn: (_holder, read) => read() });
    remembered = 0;
    ending = new AbortController();
    store.put('a', speed('km/h'));
    store.put('b', { events: [{ id: 'Alert', level: 'Warning' }] });
  });

  it('tells first what there is of a stream, then each change', async () => {
    const reader = follow({ streamId: 'a' });
    expect(await told(reader)).toEqual(['a [{"id":"Speed","unit":"km/h"}]']);
    store.put('a', speed('mph'));
    expect(await told(reader)).toEqual(['a [{"id":"Speed","unit":"mph"}]']);
    store.put('a', { parameters: [] });
    expect(await told(reader)).toEqual(['a []']);
  });

  it('tells nothing that was told before, and nothing of another kind or stream', async () => {
    const reader = follow({ streamId: 'a' });
    await told(reader);
    store.put('a', speed('km/h'));
    store.put('a', { events: [{ id: 'Alert', level: 'Error' }] });
    store.put('c', speed('x'));
    const next = told(reader);
    store.put('a', speed('m/s'));
    expect(await next).toEqual(['a [{"id":"Speed","unit":"m/s"}]']);
    expect(remembered).toBe(1);
  });

  it('tells of all streams, many of them, and of those that come', async () => {
    for (let index = 0; index < 600; index++) store.put(`s${String(index).padStart(3, '0')}`, speed('x'));
    store.streams.set('plain', NO_DEFINITIONS);
    const reader = follow();
    const all: string[] = [];
    while (all.length < 601) all.push(...(await told(reader)));
    expect(new Set(all).size).toBe(601);
    expect(remembered).toBe(601);
    store.put('new', speed('y'));
    expect(await told(reader)).toEqual(['new [{"id":"Speed","unit":"y"}]']);
  });

  it('says that a stream which was removed has none', async () => {
    const reader = follow();
    await told(reader);
    store.streams.delete('a');
    store.tell({ topic: 't', streamId: 'a', kind: 'removed' });
    expect(await told(reader)).toEqual(['a []']);
    store.put('a', speed('km/h'));
    expect(await told(reader)).toEqual(['a [{"id":"Speed","unit":"km/h"}]']);
  });

  it('waits for a topic that there is not, and begins anew with another one of its name', async () => {
    store.kind = undefined;
    const reader = follow({ streamId: 'a' });
    expect(await told(reader)).toEqual([]);
    store.kind = 'events';
    store.put('a', speed('km/h'));
    expect(await told(reader)).toHaveLength(1);
    store.tell({ topic: 't', kind: 'removed' });
    expect(remembered).toBe(0);
    store.put('a', speed('km/h'));
    expect(await told(reader)).toHaveLength(1);
  });

  it('refuses a data source', async () => {
    store.kind = 'rows';
    await expect(told(follow())).rejects.toMatchObject({ code: 'wrong_topic_kind' });
    expect(feed.readers).toBe(0);
    expect(store.observers.size).toBe(0);
  });

  it('reads a change once for all who are told of it', async () => {
    const readers = Array.from({ length: 50 }, () => follow({ streamId: 'a' }));
    await Promise.all(readers.map(told));
    const { reads } = store;
    const next = Promise.all(readers.map(told));
    store.put('a', speed('mph'));
    expect(new Set((await next).flat()).size).toBe(1);
    expect(store.reads).toBe(reads + 1);
  });

  it('looks through all again when more has changed than is remembered, and still tells each change once', async () => {
    const reader = follow();
    await told(reader);
    for (let index = 0; index < 10_050; index++) {
      if (index % 1000 === 0) store.put(`s${index}`, speed('x'));
      else store.tell({ topic: 't', streamId: `none${index}`, kind: 'changed' });
    }
    const all: string[] = [];
    while (all.length < 11) all.push(...(await told(reader)));
    expect(new Set(all).size).toBe(11);
  });

  it('ends with the signal and with the feed, and holds nothing then', async () => {
    const [one, other] = [follow(), follow({ streamId: 'a' })];
    await Promise.all([told(one), told(other)]);
    const waiting = told(other);
    ending.abort();
    expect(await waiting).toEqual([]);
    expect((await other.next()).done).toBe(true);
    feed.stop();
    await one.next();
    expect(feed.readers).toBe(0);
    expect(remembered).toBe(0);
    expect(store.observers.size).toBe(0);
  });
});
