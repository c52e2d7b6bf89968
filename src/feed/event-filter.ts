import type { FeedEvent } from './feed-event';

/** Which events of a topic a reader wants: all conditions hold together, and what is absent holds always. */
export interface EventFilter {
  readonly streamId?: string | undefined;
  /** Ids of events, one of which it has. */
  readonly ids?: ReadonlySet<string> | undefined;
  /** Tags, all of which it has. */
  readonly tags?: ReadonlyMap<string, string> | undefined;
  /** The least timestamp, in nanoseconds. */
  readonly from?: bigint | undefined;
}

/** Those of some events that a reader wants; the same array when it wants all. */
export function select(events: readonly FeedEvent[], filter: EventFilter): readonly FeedEvent[] {
  const { streamId, ids, tags, from } = filter;
  if ((streamId ?? ids ?? tags ?? from) === undefined) return events;
  return events.filter((event) => matches(event, filter));
}

function matches(feedEvent: FeedEvent, { streamId, ids, tags, from }: EventFilter): boolean {
  const { event } = feedEvent;
  if (streamId !== undefined && event.streamId !== streamId) return false;
  if (from !== undefined && event.timestamp < from) return false;
  if (ids !== undefined && !ids.has(event.id)) return false;
  return tags === undefined || [...tags].every(([key, value]) => feedEvent.tags.get(key) === value);
}
