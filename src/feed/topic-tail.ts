import type { EventLog, EventPage } from '../store/contract/event-log';
import type { Position } from '../store/contract/position';
import { FeedEvent } from './feed-event';

/** Events that are read from the store at once. */
const PAGE = 1000;
/** Events that one reader is given at once: others have their turn in between. */
const MOST_AT_ONCE = 500;

/** Readers that are woken in one turn: what each of them does with the events takes time. */
const WOKEN_TOGETHER = 256;
/** Batches that are given to several readers, by where they begin: most are at the end. */
const BATCHES_KEPT = 4;

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
  readonly #waiting = new Set<() => void>();
  /** Those of them whose turn is still to come. */
  #due: (() => void)[] = [];
  #isWaking = false;
  /** What readers at the same cursor are given: the very same batch, as long as nothing is added to it. */
  readonly #batches = new Map<number, TailBatch>();
  #reading: Promise<void> | undefined;
  #advanced = false;
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

  /** Called when the topic may have advanced. */
  advance(): void {
    this.#advanced = true;
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
      if (from < this.#events.length) return this.#batches.get(cursor) ?? this.#batch(cursor);
      await this.#untilAwake(signal);
    }
    return undefined;
  }

  #batch(cursor: number): TailBatch {
    const from = cursor - this.#first;
    const events = this.#events.slice(from, from + MOST_AT_ONCE);
    const batch = { events, position: events.at(-1)!.event.position, next: cursor + events.length };
    if (this.#batches.size === BATCHES_KEPT) this.#batches.clear();
    this.#batches.set(cursor, batch);
    return batch;
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
    this.#due.push(...this.#waiting);
    this.#waiting.clear();
    if (!this.#isWaking) this.#wakeDue();
  }

  readonly #wakeDue = (): void => {
    const due = this.#due.splice(0, WOKEN_TOGETHER);
    this.#isWaking = this.#due.length > 0;
    if (this.#isWaking) setImmediate(this.#wakeDue);
    for (const wake of due) wake();
  };

  async #read(): Promise<void> {
    try {
      while (this.#advanced && !this.#broken) {
        this.#advanced = false;
        const page = await this.#parts.log.read({ topic: this.#parts.topic, after: this.#end, limit: PAGE });
        this.#append(page);
        if (page.more) this.#advanced = true;
      }
    } catch {
      // Each reader asks the store itself, and is told what is wrong.
      this.break();
    } finally {
      this.#reading = undefined;
    }
  }

  #append({ events, position }: EventPage): void {
    this.#batches.clear();
    for (const event of events) {
      const added = new FeedEvent(event);
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
