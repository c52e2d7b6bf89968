import type { EventLog, EventPage } from '../store/contract/event-log';
import { select } from './event-filter';
import { Feed, type FeedOptions } from './feed';
import { FeedEvent } from './feed-event';
import type { FeedPage, FeedPageQuery } from './feed-source';
import type { FollowQuery } from './follow-query';
import { TopicSource, type TopicSourceStore } from './topic-source';

/** What a feed of events needs of a store. */
export interface EventFeedStore extends TopicSourceStore {
  readonly log: Pick<EventLog, 'read' | 'resolve'>;
}

/** Follows topics of events. Rejects as `EventLog.resolve` and `EventLog.read`. */
export class EventFeed extends Feed {
  constructor(store: EventFeedStore, options: FeedOptions) {
    super(new EventSource(store), options);
  }
}

class EventSource extends TopicSource<FollowQuery, FeedEvent, EventFeedStore> {
  placeOf({ topic, streamId, from }: FollowQuery): string {
    return JSON.stringify([topic, streamId, from?.toString()]);
  }

  async readAll({ topic }: FollowQuery, { after, ...page }: FeedPageQuery): Promise<FeedPage<FeedEvent>> {
    return toFeedPage(topic, await this.store.log.read({ topic, ...page, ...(after !== undefined && { after }) }));
  }

  async read(query: FollowQuery, { after, ...page }: FeedPageQuery): Promise<FeedPage<FeedEvent>> {
    const { topic, streamId, from } = query;
    const asked = {
      ...{ topic, ...page },
      ...(after !== undefined && { after }),
      ...(streamId !== undefined && { streamId }),
      ...(from !== undefined && { from }),
    };
    return toFeedPage(topic, await this.store.log.read(asked));
  }

  select(records: readonly FeedEvent[], query: FollowQuery): readonly FeedEvent[] {
    return select(records, query);
  }
}

function toFeedPage(topic: string, { events, position, more }: EventPage): FeedPage<FeedEvent> {
  return { records: events.map((event) => new FeedEvent(event, topic)), position, more };
}
