import { renderEvent } from '../events/event-json';
import type { StoredEvent } from '../store/contract/event-log';

/** Bytes that an event takes besides its texts, about. */
const EVENT_BYTES = 200;

/** Makes what is sent of an event: bytes, or another form of `bytes` bytes of memory. */
export interface Framing<T> {
  make(event: FeedEvent): T;
  bytes(frame: T): number;
}

/** A stored event that is read by many: what is made of it is made once. */
export class FeedEvent {
  readonly event: StoredEvent;
  readonly topic: string;
  #text: Buffer | undefined;
  #frames: Map<Framing<unknown>, unknown> | undefined;
  #tags: ReadonlyMap<string, string> | undefined;
  #bytes: number;
  #onGrown: ((bytes: number) => void) | undefined;

  /** `onGrown` is told how many bytes of memory have come to it. */
  constructor(event: StoredEvent, topic: string, onGrown?: (bytes: number) => void) {
    const { streamId, id, value, tags } = event;
    this.event = event;
    this.topic = topic;
    this.#onGrown = onGrown;
    this.#bytes = EVENT_BYTES + 2 * (streamId.length + id.length + (value?.length ?? 0) + (tags?.length ?? 0));
  }

  /** JSON text on one line, with `offset`, its position, and `streamId`. */
  get text(): Buffer {
    this.#text ??= Buffer.from(renderEvent(this.event, true));
    return this.#text;
  }

  /** What a reader makes of the event, such as a frame around its text, made once for all who make the same. */
  framed<T>(form: Framing<T>): T {
    // What is kept for a form was made by it.
    const known = this.#frames?.get(form) as T | undefined;
    if (known !== undefined) return known;
    const frame = form.make(this);
    this.#frames ??= new Map();
    this.#frames.set(form, frame);
    const bytes = form.bytes(frame);
    this.#bytes += bytes;
    this.#onGrown?.(bytes);
    return frame;
  }

  /** Nobody counts its bytes any more. */
  leave(): void {
    this.#onGrown = undefined;
  }

  get tags(): ReadonlyMap<string, string> {
    const { tags } = this.event;
    this.#tags ??= new Map(tags === null ? [] : Object.entries(JSON.parse(tags) as Record<string, string>));
    return this.#tags;
  }

  /** Bytes of memory, about, with what was made of it. */
  get bytes(): number {
    return this.#bytes;
  }
}
