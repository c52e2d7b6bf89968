import type { Position } from '../store/contract/position';
import type { FeedRecord } from './feed-record';
import type { FeedPage } from './feed-source';
import { Wakes } from './wakes';

/** Records that are read from the store at once. */
const PAGE = 1000;
/**
 * Records that one reader is given at once: others have their turn in between. A batch ends where their number is a
 * multiple of this, so that readers which are behind come to the same places, and share batches again.
 */
const MOST_AT_ONCE = 500;

/** Batches that are given to several readers, by where they begin: most are at the end. */
const BATCHES_KEPT = 8;

/**
 * How many ends are known behind which nothing came: a feed of one kind of records reads past those of others, and a
 * reader whose position is forgotten looks at the store once more.
 */
const MOST_EMPTY_ENDS = 1000;

/** What is kept once there was too much: letting go of a few each time would move all the others each time. */
const KEPT_SHARE = 7 / 8;

/** Some records of a topic in order, and where they lead. */
export interface TailBatch<R extends FeedRecord> {
  readonly records: readonly R[];
  /** Behind the last of them. */
  readonly position: Position;
  /** Where the reader goes on. */
  readonly next: number;
}

export interface TailParts<R extends FeedRecord> {
  /** Reads what is stored in the topic behind a position. */
  read(after: Position, limit: number): Promise<FeedPage<R>>;
  /** Bytes of records that are kept for readers that are not quite at the end. */
  maxBytes(): number;
  /** Told each time that a reader is given events, how long ago the first of them was acknowledged (milliseconds). */
  onDelivered(delay: number): void;
}

/**
 * The last records of a topic or a data source, which are read from the store once for all readers that have come to
 * its end. Readers have cursors: one whose cursor has fallen off the front reads from the store until it is at the end
 * again.
 */
export class TopicTail<R extends FeedRecord> {
  #records: R[] = [];
  #bytes = 0;
  /** The number of the first record that is kept; each that came before had one too. */
  #first = 0;
  /** The number of the record behind each position that is known. */
  readonly #numbers = new Map<Position, number>();
  /** Those of the positions that are not of a record. */
  readonly #emptyEnds = new Set<Position>();
  #end: Position;
  #readers = 0;
  readonly #wakes = new Wakes();
  /** What readers at the same cursor are given: the very same batch, as long as nothing is added to it. */
  readonly #batches = new Map<number, TailBatch<R>>();
  #reading: Promise<void> | undefined;
  #advanced = false;
  /** When it was told first of what is not read yet. */
  #toldAt: number | undefined;
  #broken = false;
  readonly #parts: TailParts<R>;

  /** Begins at a position up to which its first reader has come. */
  constructor(parts: TailParts<R>, position: Position) {
    this.#parts = parts;
    this.#end = position;
    this.#numbers.set(position, 0);
    this.advance();
  }

  /** Bytes of records that are kept. */
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
    return cursor >= this.#first + this.#records.length;
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
    this.#wakes.wake();
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
  async next(cursor: number, signal: AbortSignal): Promise<TailBatch<R> | undefined> {
    while (!signal.aborted && !this.#broken && cursor >= this.#first) {
      const from = cursor - this.#first;
      if (from < this.#records.length) {
        const batch = this.#batches.get(cursor) ?? this.#batch(cursor);
        this.#parts.onDelivered(performance.now() - batch.records[0]!.toldAt);
        return batch;
      }
      await this.#wakes.wait(signal);
    }
    return undefined;
  }

  #batch(cursor: number): TailBatch<R> {
    const from = cursor - this.#first;
    const records = this.#records.slice(from, from + MOST_AT_ONCE - (cursor % MOST_AT_ONCE));
    const batch = { records, position: records.at(-1)!.position, next: cursor + records.length };
    // The first of them was made first.
    if (this.#batches.size === BATCHES_KEPT) this.#batches.delete(this.#batches.keys().next().value!);
    this.#batches.set(cursor, batch);
    return batch;
  }

  async #read(): Promise<void> {
    try {
      while (this.#advanced && !this.#broken) {
        this.#advanced = false;
        const toldAt = this.#toldAt ?? performance.now();
        this.#toldAt = undefined;
        const page = await this.#parts.read(this.#end, PAGE);
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

  #append({ records, position }: FeedPage<R>, toldAt: number): void {
    for (const [cursor, { next }] of this.#batches) if (next % MOST_AT_ONCE > 0) this.#batches.delete(cursor);
    for (const record of records) {
      record.enter(toldAt, this.#grow);
      this.#records.push(record);
      this.#bytes += record.bytes;
      this.#numbers.set(record.position, this.#first + this.#records.length);
    }
    this.#setEnd(position);
    this.#trim();
    if (records.length > 0) this.#wakes.wake();
  }

  #setEnd(position: Position): void {
    this.#end = position;
    if (this.#numbers.has(position)) return;
    this.#numbers.set(position, this.#first + this.#records.length);
    this.#emptyEnds.add(position);
    if (this.#emptyEnds.size <= MOST_EMPTY_ENDS) return;
    const [oldest] = this.#emptyEnds;
    this.#emptyEnds.delete(oldest!);
    this.#numbers.delete(oldest!);
  }

  /** A reader has made something of a record. */
  readonly #grow = (bytes: number): void => {
    this.#bytes += bytes;
    this.#trim();
  };

  /** Lets the first records go that are more than is kept. */
  #trim(): void {
    const most = this.#parts.maxBytes();
    if (this.#bytes <= most) return;
    let count = 0;
    while (this.#bytes > most * KEPT_SHARE && count < this.#records.length) {
      const record = this.#records[count++]!;
      this.#bytes -= record.bytes;
      record.leave();
    }
    this.#records.splice(0, count);
    this.#first += count;
    for (const cursor of this.#batches.keys()) if (cursor < this.#first) this.#batches.delete(cursor);
    // Positions are in the order in which they came.
    for (const [position, number] of this.#numbers) {
      if (number >= this.#first) break;
      this.#numbers.delete(position);
      this.#emptyEnds.delete(position);
    }
  }
}
