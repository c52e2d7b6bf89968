import type { EventLog, EventPage, ReadQuery, StartPoint } from '../store/contract/event-log';
import type { Position } from '../store/contract/position';
import type { Store } from '../store/contract/store';
import { type EventFilter, select } from './event-filter';
import { FeedEvent } from './feed-event';
import { SharedReads } from './shared-reads';
import { TopicTail } from './topic-tail';

/** Events of a page from the store. */
const PAGE = 1000;
/** A topic that is followed keeps at least so many bytes, however many others are. */
const LEAST_BYTES = 64 * 1024;

/** What a reader follows, and from where. */
export interface FollowQuery extends EventFilter {
  readonly topic: string;
  readonly start: StartPoint;
}

/** What a reader is given, in order. */
export type FeedItem =
  /** First of all: where it begins. */
  | { readonly kind: 'start'; readonly position: Position }
  /**
   * Events it wants, perhaps none; it has everything up to the position, so to go on from there gives no event again
   * and leaves none out.
   */
  | { readonly kind: 'events'; readonly events: readonly FeedEvent[]; readonly position: Position }
  /** Once each time that it has read all that was stored, and what follows is new. */
  | { readonly kind: 'caught_up'; readonly position: Position };

/** How a reader reads. */
export interface Following {
  /** Ends it, whatever it waits for. */
  readonly signal: AbortSignal;
  /** Whose turn at the store its reads take, while it is not at the end. */
  readonly holder: string;
}

/** What a feed needs of a store. */
export interface FeedStore extends Pick<Store, 'observe'> {
  readonly log: Pick<EventLog, 'read' | 'resolve'>;
}

/** Some stored events, for all who read at that place. */
interface StoredPage extends Omit<EventPage, 'events'> {
  readonly events: readonly FeedEvent[];
}

export interface FeedOptions {
  /** Bytes of the last events of all topics that are followed, which are kept for readers that are not quite there. */
  readonly maxBytes: number;
  /** Has a holder wait for its turn to read. */
  inTurn<T>(holder: string, read: () => Promise<T>): Promise<T>;
}

/**
 * Follows topics: what is stored first, then what comes, without a gap or a repeat between them, in the order of the
 * log. A reader takes one item after another. Nothing is kept for one that is slow: it reads from the store what it has
 * missed, and it holds no transaction or statement while it waits.
 */
export class Feed {
  readonly #tails = new Map<string, TopicTail>();
  /** Readers that begin or fall behind together are at one place. */
  readonly #pages = new SharedReads<StoredPage>();
  readonly #starts = new SharedReads<Position>();
  readonly #readers = new Set<AbortController>();
  #isStopped = false;
  readonly #store: FeedStore;
  readonly #options: FeedOptions;
  readonly #unobserve: () => void;

  constructor(store: FeedStore, options: FeedOptions) {
    this.#store = store;
    this.#options = options;

    this.#unobserve = store.observe({
      onAdvance: (ends) => {
        for (const topic of ends.keys()) this.#tails.get(topic)?.advance();
      },
      onRemove: (topic) => {
        this.#tails.get(topic)?.break();
      },
    });
  }

  /** How many readers there are. */
  get readers(): number {
    return this.#readers.size;
  }

  /** Bytes of events that are kept for them. */
  get bytes(): number {
    let bytes = 0;
    for (const tail of this.#tails.values()) bytes += tail.bytes;
    return bytes;
  }

  /**
   * Follows a topic until the signal is aborted or the feed is stopped. Rejects, at first or later, as
   * `EventLog.resolve` and `EventLog.read`: with `unknown_topic` also when the topic is removed while it is read, and
   * with `position_gone` when a reader was so slow that retention has overtaken it.
   */
  async *follow(query: FollowQuery, { signal, holder }: Following): AsyncGenerator<FeedItem, void, void> {
    const ending = new AbortController();
    const end = (): void => {
      ending.abort();
    };
    if (signal.aborted || this.#isStopped) end();
    signal.addEventListener('abort', end);
    this.#readers.add(ending);
    try {
      yield* this.#items(query, { signal: ending.signal, holder });
    } finally {
      this.#readers.delete(ending);
      signal.removeEventListener('abort', end);
    }
  }

  async *#items(query: FollowQuery, following: Following): AsyncGenerator<FeedItem, void, void> {
    const { signal } = following;
    let position = await this.#start(query);
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
      const tail = this.#tailOf(query.topic, position);
      try {
        const cursor = await tail.join(position);
        if (cursor !== undefined) {
          yield { kind: 'caught_up', position };
          for await (const item of live(tail, cursor, query, signal)) {
            position = item.position;
            yield item;
          }
        }
      } finally {
        this.#leave(query.topic, tail);
      }
      stored = this.#stored(query, position, following);
    }
  }

  /** Ends all readers. */
  stop(): void {
    this.#isStopped = true;
    this.#unobserve();
    for (const ending of this.#readers) ending.abort();
  }

  /** What is stored behind a position, a page at a time. */
  async *#stored(
    query: FollowQuery,
    start: Position,
    { signal, holder }: Following,
  ): AsyncGenerator<FeedItem & { readonly kind: 'events' }, void, void> {
    const { topic, streamId } = query;
    let more = true;
    let after = start;
    while (!signal.aborted && more) {
      const ask = { topic, after, limit: PAGE, ...(streamId !== undefined && { streamId }) };
      const page = await this.#pages.run(JSON.stringify([topic, after, streamId]), () => this.#page(ask, holder));
      const { position } = page;
      more = page.more;
      const events = select(page.events, query);
      if (events.length > 0 || position !== after) yield { kind: 'events', events, position };
      after = position;
    }
  }

  #start({ topic, start }: FollowQuery): Promise<Position> {
    const resolve = (): Promise<Position> => this.#store.log.resolve(topic, start);
    // The end is that of now, not that of a moment ago.
    return start === 'latest' ? resolve() : this.#starts.run(JSON.stringify([topic, start]), resolve);
  }

  async #page(query: ReadQuery, holder: string): Promise<StoredPage> {
    const page = await this.#options.inTurn(holder, () => this.#store.log.read(query));
    return { ...page, events: page.events.map((event) => new FeedEvent(event, query.topic)) };
  }

  #tailOf(topic: string, position: Position): TopicTail {
    const known = this.#tails.get(topic);
    if (known !== undefined && !known.isBroken) return known;
    const maxBytes = (): number => Math.max(LEAST_BYTES, this.#options.maxBytes / this.#tails.size);
    const tail = new TopicTail({ log: this.#store.log, topic, maxBytes }, position);
    this.#tails.set(topic, tail);
    return tail;
  }

  #leave(topic: string, tail: TopicTail): void {
    tail.leave();
    if (tail.readers === 0 && this.#tails.get(topic) === tail) this.#tails.delete(topic);
  }
}

/** What comes behind a cursor, until it has fallen behind. */
async function* live(
  tail: TopicTail,
  start: number,
  filter: EventFilter,
  signal: AbortSignal,
): AsyncGenerator<FeedItem & { readonly kind: 'events' }, void, void> {
  let batch = await tail.next(start, signal);
  while (batch !== undefined) {
    yield { kind: 'events', events: select(batch.events, filter), position: batch.position };
    batch = await tail.next(batch.next, signal);
  }
}
