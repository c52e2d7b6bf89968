import { renderEvent } from '../events/event-json';
import type { StoredEvent } from '../store/contract/event-log';

/** Bytes that an event takes besides its texts, about. */
const EVENT_BYTES = 200;

/** Makes what is sent of an event. */
export type Framing = (event: FeedEvent) => Buffer;

/** A stored event that is read by many: what is made of it is made once. */
export class FeedEvent {
  readonly event: StoredEvent;
  /** When its commit was told (milliseconds of `performance.now`), of an event that came live. */
  readonly toldAt: number;
  #text: Buffer | undefined;
  #frames: Map<Framing, Buffer> | undefined;
  #tags: ReadonlyMap<string, string> | undefined;

  constructor(event: StoredEvent, toldAt = NaN) {
    this.event = event;
    this.toldAt = toldAt;
  }

  /** JSON text on one line, with `offset`, its position, and `streamId`. */
  get text(): Buffer {
    this.#text ??= Buffer.from(renderEvent(this.event, true));
    return this.#text;
  }

  /** What a reader makes of the text, such as a frame around it, made once for all readers that make the same. */
  framed(form: Framing): Buffer {
    let frame = this.#frames?.get(form);
    if (frame !== undefined) return frame;
    frame = form(this);
    this.#frames ??= new Map();
    this.#frames.set(form, frame);
    return frame;
  }

  get tags(): ReadonlyMap<string, string> {
    const { tags } = this.event;
    this.#tags ??= new Map(tags === null ? [] : Object.entries(JSON.parse(tags) as Record<string, string>));
    return this.#tags;
  }

  /** Bytes of memory, about, with its text. */
  get bytes(): number {
    const { streamId, id, value, tags } = this.event;
    return EVENT_BYTES + 2 * (streamId.length + id.length + (value?.length ?? 0) + (tags?.length ?? 0));
  }
}
