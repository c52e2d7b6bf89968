import type { ActivityStore } from '../../../src/feed/activity';
import type { RecentQuery, RecentStreams, StreamInfo, TopicInfo } from '../../../src/store/contract/catalogue';
import type { SeenParameter } from '../../../src/store/contract/parameter-store';
import type { CatalogueChange, StoreObserver, StreamWrite } from '../../../src/store/contract/store';

/** A store of which a test says what was written, and when. */
export class ToldStore implements ActivityStore {
  /** Streams by topic and id. */
  readonly streams = new Map<string, Map<string, StreamInfo>>();
  /** How many streams were asked for by name. */
  lookedUp = 0;
  #observers = new Set<StoreObserver>();

  readonly catalogue: ActivityStore['catalogue'] = {
    namedStreams: (topic, streamIds) => {
      this.lookedUp += streamIds.length;
      const streams = this.streams.get(topic);
      return Promise.resolve(streamIds.map((id) => streams?.get(id)).filter((stream) => stream !== undefined));
    },
    recentStreams: (topic, query) => Promise.resolve(this.#recent(topic, query)),
    definitions: () => Promise.resolve(new Map()),
    topics: ({ after = '' }) =>
      Promise.resolve(
        [...this.streams.keys()].filter((name) => name > after).map((name) => ({ name, kind: 'events' }) as TopicInfo),
      ),
  };

  /** What was seen in each stream, whatever the topic. */
  readonly seen = new Map<string, readonly SeenParameter[]>();

  readonly parameters: ActivityStore['parameters'] = { seenParameters: () => Promise.resolve(this.seen) };

  observe(observer: StoreObserver): () => void {
    this.#observers.add(observer);
    return () => this.#observers.delete(observer);
  }

  /** Has a stream there, last written at a time, as if it had been before. */
  put(topic: string, streamId: string, updatedAt: number, status: 'open' | 'closed' = 'open'): void {
    const streams = this.streams.get(topic) ?? new Map<string, StreamInfo>();
    this.streams.set(topic, streams);
    const before = streams.get(streamId) ?? { createdAt: updatedAt, eventCount: 0, hasDefinitions: false };
    const stream = { ...before, streamId, status, properties: {}, updatedAt, eventCount: before.eventCount + 1 };
    streams.set(streamId, { ...stream, firstTimestamp: 1n, lastTimestamp: 1n });
  }

  tell(told: { readonly writes?: readonly StreamWrite[]; readonly changes?: readonly CatalogueChange[] }): void {
    for (const observer of this.#observers) observer.onChange?.({ writes: [], changes: [], ...told });
  }

  #recent(topic: string, { since, after }: RecentQuery): RecentStreams {
    const ids = [...(this.streams.get(topic)?.keys() ?? [])].toSorted().filter((id) => id > (after ?? ''));
    const [first] = ids;
    if (first === undefined) return { streams: [] };
    const { status, updatedAt } = this.streams.get(topic)!.get(first)!;
    const isRecent = status === 'open' && updatedAt >= since;
    return { streams: isRecent ? [{ streamId: first, updatedAt }] : [], after: first };
  }
}
