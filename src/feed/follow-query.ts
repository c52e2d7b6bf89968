import type { EventFilter } from './event-filter';
import type { FeedQuery } from './feed-source';

/** Which events a reader follows, and from where. */
export interface FollowQuery extends EventFilter, FeedQuery {
  readonly topic: string;
}
