import type { EventLog } from '../store/contract/event-log';
import type { Position, StartPoint } from '../store/contract/position';
import type { Store } from '../store/contract/store';
import type { FeedRecord } from './feed-record';
import type { FeedPage, FeedPageQuery, FeedQuery, FeedSource, FeedWatcher } from './feed-source';

/** What a feed of topics needs of a store, whatever it reads of them. */
export interface TopicSourceStore extends Pick<Store, 'observe'> {
  readonly log: Pick<EventLog, 'resolve'>;
}

/**
 * What feeds read of topics of events: positions of events and packages are in one order, and the ends of both are told
 * together.
 */
export abstract class TopicSource<
  TopicQuery extends FeedQuery & { readonly topic: string },
  R extends FeedRecord,
  TopicStore extends TopicSourceStore,
> implements FeedSource<TopicQuery, R> {
  protected readonly store: TopicStore;

  constructor(store: TopicStore) {
    this.store = store;
  }

  abstract readAll(query: TopicQuery, page: FeedPageQuery): Promise<FeedPage<R>>;
  abstract placeOf(query: TopicQuery): string;
  abstract read(query: TopicQuery, page: FeedPageQuery): Promise<FeedPage<R>>;
  abstract select(records: readonly R[], query: TopicQuery): readonly R[];

  keyOf({ topic }: TopicQuery): string {
    return topic;
  }

  resolve({ topic }: TopicQuery, start: StartPoint): Promise<Position> {
    return this.store.log.resolve(topic, start);
  }

  observe({ onAdvance, onRemove }: FeedWatcher): () => void {
    return this.store.observe({
      onAdvance: (ends) => {
        onAdvance(ends.keys());
      },
      onRemove,
    });
  }
}
