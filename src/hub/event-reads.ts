import { setMaxListeners } from 'node:events';
import { WriterHubError } from '../errors';
import type { FeedItem } from '../feed/feed';
import type { FeedEvent } from '../feed/feed-event';
import type { FeedRecord, Framing } from '../feed/feed-record';
import type { Turns } from '../limits/turns';
import type { RawJson } from '../signalr';
import { namingPosition, type Position } from '../store/contract/position';
import { mark } from './record-items';

/** A reader for which there is nothing is told how far it is no more often than this, in milliseconds. */
const PROGRESS_MS = 1_000;

/** Items that are sent before others have their turn. */
const AT_ONCE = 32;

/** Events of fewer bytes than this are sent before anybody could count them. */
const COUNTED_BYTES = 4 * 1024;

/** Memory that is counted for the events which wait until a client takes them. */
export interface HeldMemory {
  /** Throws `over_share` or `store_busy`. */
  take(holder: string, bytes: number): void;
  release(holder: string, bytes: number): void;
}

export interface EventReadsParts {
  readonly held: HeldMemory;
  readonly holder: string;
  /** In which events are sent. */
  readonly turns: Pick<Turns, 'mayBegin' | 'wait'>;
  /** What a caller is told of an error that ends them. */
  explain(error: unknown): unknown;
  /** Gives back what was taken for the reads. Called once. */
  onEnd(): void;
}

/** What is to be read, and how it is sent. */
export interface OpenRead<R extends FeedRecord = FeedEvent> {
  /** The topic or data source. */
  readonly topic: string;
  /** Which of several reads it is; absent when there is but one. */
  readonly index?: number;
  readonly framing: Framing<RawJson, R>;
  follow(signal: AbortSignal): AsyncGenerator<FeedItem<R>, void, void>;
}

/** Some events that a reader has given and the client has not taken. */
interface Batch<R extends FeedRecord> {
  readonly read: Read<R>;
  readonly events: readonly R[];
  readonly position: Position;
  readonly bytes: number;
}

/** One of the reads of a call, and what it does. */
interface Read<R extends FeedRecord> extends OpenRead<R> {
  readonly source: AsyncGenerator<FeedItem<R>, void, void>;
}

/**
 * The items of a call of `ReadEvents` or `ReadRows`, from one feed or several. A feed is asked for more only when what
 * it has given was taken, so a client that is slow to take items slows down its own reads alone.
 */
export class EventReads<R extends FeedRecord = FeedEvent> implements AsyncIterableIterator<RawJson> {
  readonly #reads: readonly Read<R>[];
  /** What is sent next. */
  readonly #marks: RawJson[] = [];
  /** What the feeds have given, in the order in which it came. */
  readonly #given: { readonly read: Read<R>; readonly item: FeedItem<R> }[] = [];
  #batch: Batch<R> | undefined;
  #next = 0;
  #taken = 0;
  /** How far readers have come that were not told yet. */
  readonly #progress = new Map<Read<R>, Position>();
  #toldAt = -Infinity;
  #timer: NodeJS.Timeout | undefined;
  #wake: (() => void) | undefined;
  #isOver = false;
  #failure: unknown;
  readonly #ending = new AbortController();
  readonly #parts: EventReadsParts;

  constructor(reads: readonly OpenRead<R>[], parts: EventReadsParts) {
    this.#parts = parts;
    // Each read waits for it.
    setMaxListeners(0, this.#ending.signal);
    this.#reads = reads.map((read) => ({ ...read, source: read.follow(this.#ending.signal) }));
  }

  /** Resolves when every read knows where it begins; rejects when one cannot be read. */
  async start(): Promise<void> {
    try {
      const firsts = await Promise.all(this.#reads.map((read) => this.#first(read)));
      this.#marks.push(...firsts);
      for (const read of this.#reads) this.#ask(read);
    } catch (error) {
      this.#end();
      throw error;
    }
  }

  /** Ends it: with an error, if there is one. */
  stop(error?: unknown): void {
    this.#failure ??= error;
    this.#end();
  }

  next(): Promise<IteratorResult<RawJson, undefined>> {
    // Others have their turn after some items.
    const item = this.#taken++ % AT_ONCE === 0 ? undefined : this.#take();
    return item === undefined ? this.#wait() : Promise.resolve({ done: false, value: item });
  }

  return(): Promise<IteratorResult<RawJson, undefined>> {
    this.#end();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async #first(read: Read<R>): Promise<RawJson> {
    try {
      const { value } = await read.source.next();
      if (value === undefined) throw new WriterHubError('shutting_down', 'the server is stopping');
      return mark('start', read.topic, value.position, read.index);
    } catch (error) {
      throw located(error, read);
    }
  }

  /** Has a feed give its next item. */
  #ask(read: Read<R>): void {
    read.source.next().then(
      ({ value }) => {
        if (value === undefined) this.stop(new WriterHubError('shutting_down', 'the server is stopping'));
        else if (!this.#isOver) this.#given.push({ read, item: value });
        this.#wakeUp();
      },
      (error: unknown) => {
        this.stop(located(error, read));
      },
    );
  }

  async #wait(): Promise<IteratorResult<RawJson, undefined>> {
    const { turns, holder } = this.#parts;
    for (;;) {
      if (!turns.mayBegin()) await turns.wait(holder, this);
      const item = this.#take();
      if (item !== undefined) return { done: false, value: item };
      if (this.#isOver) {
        const failure = this.#failure;
        this.#failure = undefined;
        if (failure !== undefined) throw this.#parts.explain(failure);
        return { done: true, value: undefined };
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** The next item, if there is one now. */
  #take(): RawJson | undefined {
    for (;;) {
      if (this.#isOver) return undefined;
      const batch = this.#batch;
      if (batch !== undefined) {
        const event = batch.events[this.#next++];
        if (event !== undefined) return event.framed(batch.read.framing);
        this.#finish(batch);
      }
      const made = this.#marks.shift();
      if (made !== undefined) return made;
      const due = this.#due();
      if (due !== undefined) return due;
      const given = this.#given.shift();
      if (given === undefined) return undefined;
      this.#begin(given.read, given.item);
    }
  }

  #begin(read: Read<R>, item: FeedItem<R>): void {
    const { position } = item;
    if (item.kind === 'events' && item.events.length > 0) {
      this.#progress.delete(read);
      this.#hold(read, item);
      return;
    }
    if (item.kind === 'caught_up') {
      this.#progress.delete(read);
      this.#marks.push(mark('caught-up', read.topic, position, read.index));
    } else {
      this.#progress.set(read, position);
    }
    this.#ask(read);
  }

  #hold(read: Read<R>, { events, position }: FeedItem<R> & { readonly kind: 'events' }): void {
    const { held, holder } = this.#parts;
    const all = events.reduce((sum, event) => sum + event.bytes, 0);
    const bytes = all < COUNTED_BYTES ? 0 : all;
    try {
      if (bytes > 0) held.take(holder, bytes);
    } catch (error) {
      this.stop(error);
      return;
    }
    this.#batch = { read, events, position, bytes };
    this.#next = 0;
  }

  /** Everything of a batch was taken. */
  #finish({ read, events, position, bytes }: Batch<R>): void {
    this.#release(bytes);
    this.#batch = undefined;
    if (events.at(-1)!.position !== position) this.#progress.set(read, position);
    this.#ask(read);
  }

  #release(bytes: number): void {
    if (bytes > 0) this.#parts.held.release(this.#parts.holder, bytes);
  }

  /** Tells how far the reads have come, if it is time for that. */
  #due(): RawJson | undefined {
    if (this.#progress.size === 0) return undefined;
    const wait = this.#toldAt + PROGRESS_MS - performance.now();
    if (wait > 0) {
      this.#timer ??= setTimeout(() => {
        this.#timer = undefined;
        this.#wakeUp();
      }, wait);
      return undefined;
    }
    this.#toldAt = performance.now();
    for (const [{ topic, index }, position] of this.#progress) {
      this.#marks.push(mark('progress', topic, position, index));
    }
    this.#progress.clear();
    return this.#marks.shift();
  }

  #wakeUp(): void {
    this.#wake?.();
    this.#wake = undefined;
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#release(this.#batch?.bytes ?? 0);
    this.#batch = undefined;
    this.#given.length = 0;
    this.#marks.length = 0;
    clearTimeout(this.#timer);
    this.#ending.abort();
    // Those that wait for the signal end by it; the others are told. None has anything left to say.
    for (const { source } of this.#reads) void source.return().catch(() => undefined);
    this.#wakeUp();
    this.#parts.onEnd();
  }
}

/** The same error, saying which of several reads it is of. */
function located(thrown: unknown, { index }: Pick<OpenRead, 'index'>): unknown {
  const error = namingPosition(thrown, index === undefined ? 'from' : `reads[${index}].from`);
  if (!(error instanceof WriterHubError) || index === undefined) return error;
  const { code, message, earliest } = error;
  return new WriterHubError(code, `${message} (read ${index})`, { cause: error, ...(earliest && { earliest }) });
}
