import { setImmediate as turn } from 'node:timers/promises';
import type { Position, StartPoint } from '../store/contract/position';
import type { FeedBudget } from './feed-budget';
import type { FeedEvent } from './feed-event';
import type { FeedRecord } from './feed-record';
import type { FeedPage, FeedPageQuery, FeedQuery, FeedSource } from './feed-source';
import type { FollowQuery } from './follow-query';
import { SharedReads } from './shared-reads';
import { TopicTail } from './topic-tail';

export type { FollowQuery };

/** Records of a page from the store. */
const PAGE = 1000;

/** How many pages are looked through from the end on for the last records that a reader wants. */
const MOST_PAGES_BACK = 100;

/** What a reader is given, in order. */
export type FeedItem<R extends FeedRecord = FeedEvent> =
  /** First of all: where it begins. */
  | { readonly kind: 'start'; readonly position: Position }
  /**
   * What it wants, perhaps nothing; it has everything up to the position, so to go on from there gives nothing again
   * and leaves nothing out.
   */
  | { readonly kind: 'events'; readonly events: readonly R[]; readonly position: Position }
  /** Once each time that it has read all that was stored, and what follows is new. */
  | { readonly kind: 'caught_up'; readonly position: Position };

/** How a reader reads. */
export interface Following {
  /** Ends it, whatever it waits for. */
  readonly signal: AbortSignal;
  /** Whose turn at the store its reads take, while it is not at the end. */
  readonly holder: string;
}

export interface FeedOptions {
  /** Bytes of the last records of all that is followed, which are kept for readers that are not quite there. */
  readonly budget: FeedBudget;
  /** Has a holder wait for its turn to read. */
  inTurn<T>(holder: string, read: () => Promise<T>): Promise<T>;
  /** As `TailParts.onDelivered`. */
  onDelivered?(delay: number): void;
}

/** How far readers are behind: not at all, no further than what is kept for them, or what they read from the store. */
export const LAGS = ['live', 'kept', 'stored'] as const;

export type Lag = (typeof LAGS)[number];

/** How many readers of some feeds are how far behind. */
export function lagsOf(...feeds: readonly { lags(): Record<Lag, number> }[]): Record<Lag, number> {
  const all = { live: 0, kept: 0, stored: 0 };
  for (const lags of feeds.map((feed) => feed.lags())) for (const lag of LAGS) all[lag] += lags[lag];
  return all;
}

/** A reader, and where in a tail it is if it is in one. */
interface Reader<R extends FeedRecord> {
  readonly ending: AbortController;
  tail: TopicTail<R> | undefined;
  cursor: number;
}

/**
 * Follows topics: what is stored first, then what comes, without a gap or a repeat between them, in the order of the
 * store. A reader takes one item after another. Nothing is kept for one that is slow: it reads from the store what it
 * has missed, and it holds no transaction or statement while it waits.
 */
export class Feed<Query extends FeedQuery = FollowQuery, R extends FeedRecord = FeedEvent> {
  readonly #tails = new Map<string, TopicTail<R>>();
  /** Readers that begin or fall behind together are at one place, or come to it one after another. */
  readonly #pages: SharedReads<FeedPage<R>>;
  readonly #starts = new SharedReads<Position>();
  readonly #readers = new Set<Reader<R>>();
  #isStopped = false;
  readonly #source: FeedSource<Query, R>;
  readonly #options: FeedOptions;
  readonly #unobserve: () => void;

  constructor(source: FeedSource<Query, R>, options: FeedOptions) {
    this.#source = source;
    this.#options = options;

    const { budget } = options;
    this.#pages = new SharedReads({
      maxBytes: () => budget.pages,
      // What is at the end goes on; what is made of records for the readers takes about as much as they.
      bytesOf: ({ records, more }) => (more ? records.reduce((sum, { bytes }) => sum + 2 * bytes, 0) : undefined),
    });
    budget.join(this.#pages);
    this.#unobserve = source.observe({
      onAdvance: (keys) => {
        if (this.#tails.size === 0) return;
        for (const key of keys) this.#tails.get(key)?.advance();
      },
      onRemove: (key) => {
        this.#pages.clear();
        this.#tails.get(key)?.break();
      },
    });
  }

  /** How many readers there are. */
  get readers(): number {
    return this.#readers.size;
  }

  /** How many readers are how far behind. */
  lags(): Record<Lag, number> {
    const lags = { live: 0, kept: 0, stored: 0 };
    for (const { tail, cursor } of this.#readers) {
      if (tail === undefined) lags.stored += 1;
      else lags[tail.isAtEnd(cursor) ? 'live' : 'kept'] += 1;
    }
    return lags;
  }

  /** Bytes of records that are kept for them. */
  get bytes(): number {
    let { bytes } = this.#pages;
    for (const tail of this.#tails.values()) bytes += tail.bytes;
    return bytes;
  }

  /**
   * Follows what a query says until the signal is aborted or the feed is stopped. Rejects, at first or later, as reads
   * do: with `unknown_topic` also when it is removed while it is read, and with `position_gone` when a reader was so
   * slow that retention has overtaken it.
   */
  async *follow(query: Query, { signal, holder }: Following): AsyncGenerator<FeedItem<R>, void, void> {
    const ending = new AbortController();
    const end = (): void => {
      ending.abort();
    };
    if (signal.aborted || this.#isStopped) end();
    signal.addEventListener('abort', end);
    const reader: Reader<R> = { ending, tail: undefined, cursor: 0 };
    this.#readers.add(reader);
    try {
      yield* this.#items(query, { signal: ending.signal, holder }, reader);
    } finally {
      this.#readers.delete(reader);
      if (this.#readers.size === 0) this.#pages.clear();
      signal.removeEventListener('abort', end);
    }
  }

  async *#items(query: Query, following: Following, reader: Reader<R>): AsyncGenerator<FeedItem<R>, void, void> {
    const { signal } = following;
    let position = await this.#begin(query, following);
    let stored = this.#stored(query, position, following);
    // What cannot be read is refused before anything is given.
    const first = await stored.next();
    yield { kind: 'start', position };
    if (first.done !== true) {
      position = first.value.position;
      yield first.value;
    }
    while (!signal.aborted) {
      for await (const item of stored) {
        position = item.position;
        yield item;
      }
      const tail = this.#tailOf(query, position);
      try {
        const cursor = await tail.join(position);
        if (cursor !== undefined) {
          yield { kind: 'caught_up', position };
          reader.tail = tail;
          reader.cursor = cursor;
          for await (const item of this.#live(reader, tail, query, signal)) {
            position = item.position;
            yield item;
          }
        }
      } finally {
        reader.tail = undefined;
        this.#leave(this.#source.keyOf(query), tail);
      }
      stored = this.#stored(query, position, following);
    }
  }

  /** Ends all readers. */
  stop(): void {
    this.#isStopped = true;
    this.#unobserve();
    for (const { ending } of this.#readers) ending.abort();
  }

  #begin(query: Query, following: Following): Promise<Position> {
    const { start } = query;
    const isLast = typeof start === 'object' && 'last' in start;
    return isLast ? this.#beforeLast(query, start.last, following) : this.#resolve(query, start);
  }

  /** The position before the last records that a query wants, as far back as is looked for them. */
  async #beforeLast(query: Query, last: number, { signal, holder }: Following): Promise<Position> {
    let left = last;
    let before: Position | undefined;
    for (let count = 0; count < MOST_PAGES_BACK && !signal.aborted; count++) {
      const page = await this.#page(query, { after: before, limit: PAGE, descending: true }, holder);
      const wanted = this.#source.select(page.records, query);
      // Up to the next one before them.
      if (wanted.length > left) return wanted[left]!.position;
      if (!page.more) return this.#resolve(query, 'earliest');
      left -= wanted.length;
      before = page.position;
    }
    return before ?? this.#resolve(query, 'latest');
  }

  #resolve(query: Query, start: StartPoint): Promise<Position> {
    const resolve = (): Promise<Position> => this.#source.resolve(query, start);
    // The end is that of now, not that of a moment ago.
    if (start === 'latest') return resolve();
    return this.#starts.run(`${this.#source.placeOf(query)} ${JSON.stringify(start)}`, resolve);
  }

  #page(query: Query, page: FeedPageQuery, holder: string): Promise<FeedPage<R>> {
    return this.#pages.run(`${this.#source.placeOf(query)} ${JSON.stringify(page)}`, () =>
      this.#options.inTurn(holder, () => this.#source.read(query, page)),
    );
  }

  /** What is stored behind a position, a page at a time. */
  async *#stored(
    query: Query,
    start: Position,
    { signal, holder }: Following,
  ): AsyncGenerator<FeedItem<R> & { readonly kind: 'events' }, void, void> {
    let page: FeedPage<R> | undefined;
    let after = start;
    while (!signal.aborted && page?.more !== false) {
      page = await this.#page(query, { after, limit: PAGE }, holder);
      const { position } = page;
      const events = this.#source.select(page.records, query);
      if (events.length > 0 || position !== after) yield { kind: 'events', events, position };
      after = position;
    }
  }

  /** What comes behind the cursor of a reader, until it has fallen behind. */
  async *#live(
    reader: Reader<R>,
    tail: TopicTail<R>,
    query: Query,
    signal: AbortSignal,
  ): AsyncGenerator<FeedItem<R> & { readonly kind: 'events' }, void, void> {
    let batch = await tail.next(reader.cursor, signal);
    while (batch !== undefined) {
      const { records, position, next } = batch;
      reader.cursor = next;
      yield { kind: 'events', events: this.#source.select(records, query), position };
      // Nothing else may make one that is behind pause: others have their turn, and sockets theirs.
      if (!tail.isAtEnd(next)) await turn();
      batch = await tail.next(next, signal);
    }
  }

  #tailOf(query: Query, position: Position): TopicTail<R> {
    const key = this.#source.keyOf(query);
    const known = this.#tails.get(key);
    if (known !== undefined && !known.isBroken) return known;
    const read = (after: Position, limit: number): Promise<FeedPage<R>> =>
      this.#source.readAll(query, { after, limit });
    const { budget } = this.#options;
    if (known === undefined) budget.add();
    const onDelivered = (delay: number): void => this.#options.onDelivered?.(delay);
    const tail = new TopicTail({ read, maxBytes: () => budget.share, onDelivered }, position);
    this.#tails.set(key, tail);
    return tail;
  }

  #leave(key: string, tail: TopicTail<R>): void {
    tail.leave();
    if (tail.readers > 0 || this.#tails.get(key) !== tail) return;
    this.#tails.delete(key);
    this.#options.budget.remove();
  }
}
