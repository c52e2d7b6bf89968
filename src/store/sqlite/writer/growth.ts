import type { MarkTable } from '../file/marks';

/** How long a topic goes on growing between two marks (milliseconds). What is kept by age is kept so much longer. */
const MARK_EVERY = 60_000;

/** How far a topic has grown, and when. */
export interface Size {
  readonly nextOffset: number;
  /** Bytes of all texts that were ever stored in it. */
  readonly textBytes: number;
  /** When it was stored into last; milliseconds since the Unix epoch. */
  readonly storedAt: number;
  /** When the mark to come began. */
  readonly markedAt: number;
}

/** Follows how a topic grows and leaves marks on the way, by which retention goes. */
export class Growth {
  /** Bytes of all texts that were ever stored. */
  textBytes: number;
  #saved: Size;
  readonly #marks: MarkTable;
  readonly #topic: number;

  constructor(marks: MarkTable, topic: number, size: Size) {
    this.#marks = marks;
    this.#topic = topic;
    this.#saved = size;
    this.textBytes = size.textBytes;
  }

  /** As it was saved last. */
  get saved(): Size {
    return this.#saved;
  }

  /** Called when the topic is saved; says whether it has grown since the last time. */
  save(nextOffset: number, now: number): boolean {
    const { nextOffset: before, textBytes: bytes, storedAt, markedAt } = this.#saved;
    if (nextOffset === before) return false;
    const isDue = now - markedAt >= MARK_EVERY;
    if (isDue && before > 1) this.#marks.put(this.#topic, { offset: before - 1, storedAt, bytes });
    this.#saved = { nextOffset, textBytes: this.textBytes, storedAt: now, markedAt: isDue ? now : markedAt };
    return true;
  }
}
