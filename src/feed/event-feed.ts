import type { EventLog, EventPage } from '../store/contract/event-log';
import type { Position, StartPoint } from '../store/contract/position';
import type { Store } from '../store/contract/store';
import { select } from './event-filter';
import { Feed, type FeedOptions } from './feed';
import { FeedEvent } from './feed-event';
import type { FeedPage, FeedPageQuery, FeedSource, FeedWatcher } from './feed-source';
import type { FollowQuery } from './follow-query';

/** What a feed of events needs of a store. */
export interface EventFeedStore extends Pick<Store, 'observe'> {
  readonly log: Pick<EventLog, 'read' | 'resolve'>;
}

/** Follows topics of events. Rejects as `EventLog.resolve` and `EventLog.read`. */
export class EventFeed extends Feed {
  constructor(store: EventFeedStore, options: FeedOptions) {
    super(new EventSource(store), options);
  }
}

class EventSource implements FeedSource<FollowQuery, FeedEvent> {
  readonly #store: EventFeedStore;

  constructor(store: EventFeedStore) {
    this.#store = store;
  }

  keyOf({ topic }: FollowQuery): string {
    return topic;
  }

  placeOf({ topic, streamId, from }: FollowQuery): string {
    return JSON.stringify([topic, streamId, from?.toString()]);
  }

  async readAll({ topic }: FollowQuery, { after, ...page }: FeedPageQuery): Promise<FeedPage<FeedEvent>> {
    return toFeedPage(topic, await this.#store.log.read({ topic, ...page, ...(after !== undefined && { after }) }));
  }

  async read(query: FollowQuery, { after, ...page }: FeedPageQuery): Promise<FeedPage<FeedEvent>> {
    const { topic, streamId, from } = query;
    const asked = {
      ...{ topic, ...page },
      ...(after !== undefined && { after }),
      ...(streamId !== undefined && { streamId }),
      ...(from !== undefined && { from }),
    };
    return toFeedPage(topic, await this.#store.log.read(asked));
  }

  select(records: readonly FeedEvent[], query: FollowQuery): readonly FeedEvent[] {
    return select(records, query);
  }

  resolve({ topic }: FollowQuery, start: StartPoint): Promise<Position> {
    return this.#store.log.resolve(topic, start);
  }

  observe({ onAdvance, onRemove }: FeedWatcher): () => void {
    return this.#store.observe({
      onAdvance: (ends) => {
        onAdvance(ends.keys());
      },
      onRemove,
    });
  }
}

function toFeedPage(topic: string, { events, position, more }: EventPage): FeedPage<FeedEvent> {
  return { records: events.map((event) => new FeedEvent(event, topic)), position, more };
}
