import { asRefusal, PASSING_CODES } from './hub-error';
import type { HubLink } from './hub-link';
import type { LiveConnection } from './live-connection';
import { toArgument, type ReadQuery } from './read-query';

/** An event as it was stored. */
export interface LiveEvent {
  readonly topic: string;
  readonly streamId: string;
  /** Where to go on behind it: as `from` it gives neither this event again nor leaves another out. */
  readonly position: string;
  /** Nanoseconds since 1970. */
  readonly timestamp: bigint;
  readonly id: string;
  readonly value: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
  /** Which of several reads it answers. */
  readonly read: number;
}

export interface ReaderOptions {
  /** Told each time that all that was stored has been given, and what follows is new. */
  readonly onCaughtUp?: (topic: string, position: string) => void;
  /** Ends the reading, also while it waits. */
  readonly signal?: AbortSignal;
  /** Events that may wait to be taken, default 1000. At more, the stream is ended, and begun again behind them. */
  readonly maxQueuedEvents?: number;
  /** Characters of them, default 4,194,304. */
  readonly maxQueuedBytes?: number;
}

/** An event among the items of the hub stream `ReadEvents`. */
interface EventItem extends Omit<LiveEvent, 'timestamp' | 'position' | 'tags'> {
  readonly type: 'event';
  readonly offset: string;
  /** Digits. */
  readonly timestamp: string;
  readonly tags?: Record<string, string> | null;
}

/** Says how far it has come. */
interface MarkItem {
  readonly type: 'start' | 'progress' | 'caught-up';
  readonly topic: string;
  readonly read: number;
  readonly position: string;
}

/** What waits to be taken: an event, or a mark between events. */
interface Queued {
  readonly topic: string;
  readonly read: number;
  position: string;
  readonly event?: LiveEvent;
  readonly size: number;
  readonly isCaughtUp: boolean;
}

interface Taker {
  resolve(result: IteratorResult<LiveEvent, undefined>): void;
  reject(error: Error): void;
}

/**
 * Gives events of topics one after another, for ever, over cuts and restarts. Nothing is asked for before the first
 * `next`, and nothing goes on after `return`. For one `for await` loop.
 */
export class EventReader implements AsyncIterableIterator<LiveEvent, undefined> {
  /** Of each read, up to where everything has been taken: to be kept, and given as `from` another time. */
  readonly positions: (string | undefined)[];
  /** Of each read, up to where everything has come. */
  readonly #received: (string | undefined)[];
  readonly #queue: Queued[] = [];
  #events = 0;
  #size = 0;
  readonly #takers: Taker[] = [];
  #failures = 0;
  /** The stream of the hub that is under way, or is being begun. */
  #stream: { cancel(): void } | undefined;
  #isEnded = false;
  /** Why it has ended, until someone was told. */
  #error: Error | undefined;
  readonly #link: HubLink;
  readonly #queries: readonly ReadQuery[];
  readonly #options: ReaderOptions;

  constructor(link: HubLink, queries: readonly ReadQuery[], options: ReaderOptions) {
    this.#link = link;
    this.#queries = queries;
    this.#options = options;
    this.positions = queries.map(() => undefined);
    this.#received = [...this.positions];
  }

  /** The first of `positions`. */
  get position(): string | undefined {
    return this.positions[0];
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<LiveEvent, undefined>> {
    const { signal } = this.#options;
    if (!this.#stream) signal?.addEventListener('abort', this.#onAbort, { once: true });
    if (signal?.aborted) this.#end();
    return new Promise((resolve, reject) => {
      this.#takers.push({ resolve, reject });
      this.#give();
    });
  }

  return(): Promise<IteratorResult<LiveEvent, undefined>> {
    this.#end();
    return Promise.resolve({ done: true, value: undefined });
  }

  readonly #onAbort = (): void => {
    this.#end();
  };

  #end(error?: Error): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#error = error;
    this.#options.signal?.removeEventListener('abort', this.#onAbort);
    this.#cancel();
    // What has come before a failure is still given; who ends the reading wants no more.
    if (!error) this.#queue.length = 0;
    this.#give();
  }

  #cancel(): void {
    this.#stream?.cancel();
    this.#stream = undefined;
  }

  /** Gives those who wait what there is, and sees to it that there will be more. */
  #give(): void {
    while (this.#takers.length > 0) {
      const queued = this.#queue.shift();
      if (!queued) break;
      this.#take(queued);
    }
    if (this.#isEnded) {
      for (const taker of this.#takers.splice(0)) this.#finish(taker);
    } else if (!this.#stream && !this.#isFull(2)) {
      this.#open();
    }
  }

  #take({ topic, read, position, event, size, isCaughtUp }: Queued): void {
    this.positions[read] = position;
    if (isCaughtUp) this.#options.onCaughtUp?.(topic, position);
    if (!event) return;
    this.#events--;
    this.#size -= size;
    this.#takers.shift()?.resolve({ done: false, value: event });
  }

  #finish(taker: Taker): void {
    const error = this.#error;
    this.#error = undefined;
    if (error) taker.reject(error);
    else taker.resolve({ done: true, value: undefined });
  }

  #isFull(parts = 1): boolean {
    const { maxQueuedEvents = 1000, maxQueuedBytes = 4_194_304 } = this.#options;
    return this.#events * parts >= maxQueuedEvents || this.#size * parts >= maxQueuedBytes;
  }

  #open(): void {
    // Cancelled before it has begun, it must not begin.
    const stream = { cancel: (): void => undefined };
    this.#stream = stream;
    const isCurrent = (): boolean => this.#stream === stream;
    this.#link.open().then(
      (live) => {
        if (isCurrent()) stream.cancel = this.#subscribe(live, isCurrent);
      },
      (error: unknown) => {
        if (isCurrent()) this.#end(error as Error);
      },
    );
  }

  #subscribe(live: LiveConnection, isCurrent: () => boolean): () => void {
    const stop = (error?: unknown): void => {
      if (isCurrent()) void this.#stopped(live, error);
    };
    const observer = {
      next: (item: unknown): void => {
        if (isCurrent()) this.#receive(item as EventItem | MarkItem);
      },
      error: stop,
      complete: stop,
    };
    const queries = this.#queries.map((query, read) => toArgument(query, this.#received[read]));
    return live.stream(observer, 'ReadEvents', queries);
  }

  /** The stream has ended, or the connection was lost: goes on behind what has come, unless it is for good. */
  async #stopped(live: LiveConnection, error: unknown): Promise<void> {
    const refusal = asRefusal(error);
    if (refusal?.code === 'unauthenticated') this.#link.drop(live, refusal);
    else if (refusal && !PASSING_CODES.has(refusal.code)) {
      this.#end(refusal);
      return;
    }
    const stream = this.#stream;
    if (!live.isLost) await this.#link.pause(++this.#failures);
    if (this.#stream === stream) this.#open();
  }

  #receive(item: EventItem | MarkItem): void {
    this.#failures = 0;
    const { topic, read } = item;
    const last = this.#queue.at(-1);
    const isCaughtUp = item.type === 'caught-up';
    if (item.type === 'event') {
      const size = JSON.stringify(item).length;
      const event = toEvent(item);
      this.#queue.push({ topic, read, position: item.offset, event, size, isCaughtUp });
      this.#events++;
      this.#size += size;
    } else if (last && !last.event && last.read === read && !isCaughtUp) {
      last.position = item.position;
    } else {
      this.#queue.push({ topic, read, position: item.position, size: 0, isCaughtUp });
    }
    this.#received[read] = this.#queue.at(-1)?.position;
    this.#give();
    if (this.#isFull()) this.#cancel();
  }
}

function toEvent({ topic, read, streamId, offset, timestamp, id, value, tags }: EventItem): LiveEvent {
  return { topic, read, streamId, position: offset, timestamp: BigInt(timestamp), id, value, tags: tags ?? {} };
}
