import type { EventLog, EventPage } from '../store/contract/event-log';
import type { Position } from '../store/contract/position';
import { FeedEvent } from './feed-event';

/** Events that are read from the store at once. */
const PAGE = 1000;
/** Events that one reader is given at once: others have their turn in between. */
const MOST_AT_ONCE = 500;

/** Some events of a topic in order, and where they lead. */
export interface TailBatch {
  readonly events: readonly FeedEvent[];
  /** Behind the last of them. */
  readonly position: Position;
  /** Where the reader goes on. */
  readonly next: number;
}

export interface TailParts {
  readonly log: Pick<EventLog, 'read'>;
  readonly topic: string;
  /** Bytes of events that are kept for readers that are not quite at the end. */
  maxBytes(): number;
  /** Told each time that a reader is given events, how long ago the first of them was acknowledged (milliseconds). */
  onDelivered(delay: number): void;
}

/**
 * The last events of a topic, which are read from the store once for all readers that have come to its end. Readers
 * have cursors: one whose cursor has fallen off the front reads from the store until it is at the end again.
 */
export class TopicTail {
  #events: FeedEvent[] = [];
  #bytes = 0;
  /** The number of the first event that is kept; each that came before had one too. */
  #first = 0;
  /** The number of the event behind each position that is known. */
  readonly #numbers = new Map<Position, number>();
  #end: Position;
  #readers = 0;
  #waiting = new Set<() => void>();
  #reading: Promise<void> | undefined;
  #advanced = false;
  /** When it was told first of what is not read yet. */
  #toldAt: number | undefined;
  #broken = false;
  readonly #parts: TailParts;

  /** Begins at a position up to which its first reader has come. */
  constructor(parts: TailParts, position: Position) {
    this.#parts = parts;
    this.#end = position;
    this.#numbers.set(position, 0);
    this.advance();
  }

  /** Bytes of events that are kept. */
  get bytes(): number {
    return this.#bytes;
  }

  get readers(): number {
    return this.#readers;
  }

  /** Whether it is of no use any more: a reader begins another. */
  get isBroken(): boolean {
    return this.#broken;
  }

  /** Whether a reader that has come to a cursor has all that is known. */
  isAtEnd(cursor: number): boolean {
    return cursor >= this.#first + this.#events.length;
  }

  /** Called when the topic may have advanced. */
  advance(): void {
    this.#advanced = true;
    this.#toldAt ??= performance.now();
    this.#reading ??= this.#read();
  }

  /** Called when something was removed: every reader looks at the store for what is left. */
  break(): void {
    this.#broken = true;
    this.#wake();
  }

  /**
   * The cursor of a position, once what is stored by now has been read; `undefined` when it is not known. Whoever calls
   * this is a reader until it calls `leave`.
   */
  async join(position: Position): Promise<number | undefined> {
    this.#readers += 1;
    if (!this.#numbers.has(position)) await this.#reading;
    return this.#broken ? undefined : this.#numbers.get(position);
  }

  leave(): void {
    this.#readers -= 1;
  }

  /**
   * What follows a cursor, as soon as there is something; `undefined` when the cursor has fallen behind, or the signal
   * is aborted.
   */
  async next(cursor: number, signal: AbortSignal): Promise<TailBatch | undefined> {
    while (!signal.aborted && !this.#broken && cursor >= this.#first) {
      const from = cursor - this.#first;
      if (from < this.#events.length) {
        const events = this.#events.slice(from, from + MOST_AT_ONCE);
        this.#parts.onDelivered(performance.now() - events[0]!.toldAt);
        return { events, position: events.at(-1)!.event.position, next: cursor + events.length };
      }
      await this.#untilAwake(signal);
    }
    return undefined;
  }

  #untilAwake(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#waiting.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      this.#waiting.add(wake);
      signal.addEventListener('abort', wake);
    });
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
  }

  async #read(): Promise<void> {
    try {
      while (this.#advanced && !this.#broken) {
        this.#advanced = false;
        const toldAt = this.#toldAt ?? performance.now();
        this.#toldAt = undefined;
        const page = await this.#parts.log.read({ topic: this.#parts.topic, after: this.#end, limit: PAGE });
        this.#append(page, toldAt);
        if (!page.more) continue;
        this.#advanced = true;
        this.#toldAt = toldAt;
      }
    } catch {
      // Each reader asks the store itself, and is told what is wrong.
      this.break();
    } finally {
      this.#reading = undefined;
    }
  }

  #append({ events, position }: EventPage, toldAt: number): void {
    for (const event of events) {
      const added = new FeedEvent(event, toldAt);
      this.#events.push(added);
      this.#bytes += added.bytes;
      this.#numbers.set(event.position, this.#first + this.#events.length);
    }
    this.#end = position;
    this.#numbers.set(position, this.#first + this.#events.length);
    this.#trim();
    if (events.length > 0) this.#wake();
  }

  /** Lets the first events go that are more than is kept. */
  #trim(): void {
    const most = this.#parts.maxBytes();
    let count = 0;
    while (this.#bytes > most && count < this.#events.length) this.#bytes -= this.#events[count++]!.bytes;
    if (count === 0) return;
    this.#events.splice(0, count);
    this.#first += count;
    // Positions are in the order in which they came.
    for (const [position, number] of this.#numbers) {
      if (number >= this.#first) break;
      this.#numbers.delete(position);
    }
  }
}
