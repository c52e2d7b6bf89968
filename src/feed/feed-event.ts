import { renderEvent } from '../events/event-json';
import type { StoredEvent } from '../store/contract/event-log';
import type { Position } from '../store/contract/position';
import { FeedRecord } from './feed-record';

/** Bytes that an event takes besides its texts, about. */
const EVENT_BYTES = 200;

/** A stored event that is read by many; its text has `streamId` as well. */
export class FeedEvent extends FeedRecord {
  readonly event: StoredEvent;
  readonly topic: string;
  #tags: ReadonlyMap<string, string> | undefined;

  constructor(event: StoredEvent, topic: string) {
    const { streamId, id, value, tags } = event;
    super(EVENT_BYTES + 2 * (streamId.length + id.length + (value?.length ?? 0) + (tags?.length ?? 0)));
    this.event = event;
    this.topic = topic;
  }

  get position(): Position {
    return this.event.position;
  }

  get tags(): ReadonlyMap<string, string> {
    const { tags } = this.event;
    this.#tags ??= new Map(tags === null ? [] : Object.entries(JSON.parse(tags) as Record<string, string>));
    return this.#tags;
  }

  protected render(): string {
    return renderEvent(this.event, true);
  }
}
