import { ApiError } from '../api/api-error';
import { ArrivalRate } from './arrival-rate';
import { shownEvent, type Gap, type SentEvent } from './event';
import type { EventPages, FoundPage } from './event-pages';
import type { TailWindow } from './tail-window';

/** How many events are shown at first, and how many more are read each time that one scrolls to an end. */
const FIRST_PAGE = 200;
const PAGE = 500;
/** More arrivals a second than this cannot be shown; the page goes on at the newest ones, behind a gap. */
const MAX_PER_SECOND = 20_000;

/** What a tail is told of new events. */
export interface FollowHandlers {
  event(event: SentEvent): void;
  /** There was nothing for it up to here. */
  progress(position: string): void;
  caughtUp(): void;
  lost(): void;
  back(): void;
  refused(failure: { readonly code: string | undefined; readonly reason: string }): void;
}

export interface TailParts {
  readonly pages: EventPages;
  readonly window: TailWindow;
  /** Of which stream events are that do not say so. */
  readonly streamId: string | undefined;
  /** Whether every position between two is an event that would be shown: a whole topic, and no filter. */
  readonly showsAll: boolean;
  /** Follows what comes behind a position (`earliest`: all there is), until the function it answers with is called. */
  readonly follow: (from: string, handlers: FollowHandlers) => () => void;
  /**
   * Tells when there may be a topic or stream that was not there, again and again, until the function that it answers
   * with is called.
   */
  readonly awaitPlace: (isThere: () => void) => () => void;
  /** Something is to be drawn. */
  readonly changed: () => void;
  /** Milliseconds that grow. */
  readonly now: () => number;
}

/** What the one line of status says. */
export type TailStatus =
  | { readonly kind: 'loading' }
  /** Events of the past are coming. */
  | { readonly kind: 'catching-up' }
  | { readonly kind: 'live' }
  /** The connection is lost; the rows stay, and what is missed will follow. */
  | { readonly kind: 'lost' }
  /** There is no such topic or stream, or no more; when it is made, it is shown. */
  | { readonly kind: 'waiting'; readonly reason: string }
  /** The server's reason: a limit, a right, a position that is gone. The rows stay. */
  | { readonly kind: 'refused'; readonly reason: string };

/** Which way more events are being read, and why that failed. */
export interface Reading {
  readonly isOlder: boolean;
  readonly isNewer: boolean;
  readonly problem: string | undefined;
  /** How many older events were looked through, when they did not match, since any did. */
  readonly searched: number;
}

/** A live tail of one stream or topic: what is stored first, then what comes, and whatever one scrolls back to. */
export class Tail {
  readonly window: TailWindow;
  readonly #parts: TailParts;
  readonly #rate: ArrivalRate;
  readonly #abort = new AbortController();
  #status: TailStatus = { kind: 'loading' };
  #reading: Reading = { isOlder: false, isNewer: false, problem: undefined, searched: 0 };
  #unfollow: (() => void) | undefined;
  #stopWaiting: (() => void) | undefined;
  #isStarting = false;
  #isWantedAgain = false;
  #hasComeBack = false;
  #isJumping = false;
  #nextJump: ((signal: AbortSignal) => Promise<void>) | undefined;

  constructor(parts: TailParts) {
    this.#parts = parts;
    this.window = parts.window;
    this.#rate = new ArrivalRate(parts.now);
  }

  /** Stored events that match. */
  get pages(): EventPages {
    return this.#parts.pages;
  }

  get status(): TailStatus {
    return this.#status;
  }

  get reading(): Reading {
    return this.#reading;
  }

  /** Events that came in the last whole second. */
  get perSecond(): number {
    return this.#rate.perSecond;
  }

  /** Whether that number will change though nothing comes any more. */
  get isRateMoving(): boolean {
    return this.#rate.isMoving;
  }

  /** Whether the connection has been lost and is back, with all that was missed. */
  get hasComeBack(): boolean {
    return this.#hasComeBack;
  }

  /** Reads the newest events and follows. Also begins again where the server had refused. */
  async start(): Promise<void> {
    this.#set({ kind: 'loading' });
    await this.#begin();
  }

  async #begin(): Promise<void> {
    this.#hasComeBack = false;
    await this.#orRefused(async () => {
      const found = await this.#parts.pages.older(undefined, FIRST_PAGE, this.#abort.signal);
      this.#endWait();
      this.window.begin(found, found.first);
      this.#noteSearch(found);
      this.#follow(found.first ?? 'earliest');
    });
  }

  /** Ends it. The rows stay. */
  stop(): void {
    this.#abort.abort();
    this.#unfollow?.();
    this.#unfollow = undefined;
    this.#endWait();
  }

  pause(): void {
    this.window.pause();
    this.#parts.changed();
  }

  async resume(): Promise<void> {
    if (!this.window.resume()) await this.#toEnd();
    this.#parts.changed();
  }

  /** Shows the events behind a position; pauses. */
  async jump(position: string): Promise<void> {
    await this.#jump(async (signal) => {
      this.window.jump(position, await this.#parts.pages.newer(position, FIRST_PAGE, signal));
    });
  }

  /** Shows the oldest events; pauses. */
  async jumpToStart(): Promise<void> {
    await this.#jump(async (signal) => {
      this.window.jump('', await this.#parts.pages.newer(undefined, FIRST_PAGE, signal));
      this.window.addOlder({ events: [], reached: undefined, isEnd: true });
    });
  }

  async loadOlder(): Promise<void> {
    const { window, pages } = { window: this.window, pages: this.#parts.pages };
    if (window.isAtStart || this.#reading.isOlder || this.#status.kind === 'loading') return;
    await this.#read({ isOlder: true }, async (signal) => {
      const found = await pages.older(window.olderFrom, PAGE, signal);
      window.addOlder(found);
      this.#noteSearch(found);
    });
  }

  async loadNewer(): Promise<void> {
    if (this.window.isAtEnd || this.#reading.isNewer) return;
    await this.#read({ isNewer: true }, async (signal) => {
      this.window.addNewer(await this.#parts.pages.newer(this.window.newerFrom, PAGE, signal));
    });
  }

  async fill(gap: Gap): Promise<void> {
    await this.#read({ isNewer: true }, async (signal) => {
      this.window.fill(gap, await this.#parts.pages.newer(gap.after, PAGE, signal));
    });
  }

  /** Of jumps that are asked for while one is under way only the last one is made: a scrollbar is dragged. */
  async #jump(jump: (signal: AbortSignal) => Promise<void>): Promise<void> {
    this.pause();
    this.#nextJump = jump;
    if (this.#isJumping) return;
    this.#isJumping = true;
    while (this.#nextJump !== undefined) {
      const next = this.#nextJump;
      this.#nextJump = undefined;
      await this.#read({ isNewer: true }, next);
    }
    this.#isJumping = false;
  }

  #follow(from: string): void {
    this.#set({ kind: 'catching-up' });
    this.#unfollow?.();
    this.#unfollow = this.#parts.follow(from, {
      event: (event) => {
        this.#arrive(event);
      },
      progress: (position) => {
        this.window.advance(position);
      },
      caughtUp: () => {
        this.#set({ kind: 'live' });
      },
      lost: () => {
        this.#set({ kind: 'lost' });
      },
      back: () => {
        this.#hasComeBack = true;
        this.#set({ kind: 'catching-up' });
      },
      refused: ({ code, reason }) => {
        this.#refuse(code, reason);
      },
    });
  }

  #arrive(event: SentEvent): void {
    if (!this.window.arrive(shownEvent(event, this.#parts.streamId))) return;
    this.#parts.changed();
    if (this.#rate.count() <= MAX_PER_SECOND) return;
    this.#unfollow?.();
    this.#unfollow = undefined;
    void this.#skip();
  }

  /** Goes on at the newest events: more come than can be shown. */
  async #skip(): Promise<void> {
    this.#hasComeBack = false;
    await this.#orRefused(async () => {
      const found = await this.#parts.pages.older(undefined, FIRST_PAGE, this.#abort.signal);
      const last = found.first ?? this.window.lastArrived;
      if (last !== undefined) this.window.skipTo(found, last, this.#parts.showsAll);
      this.#follow(last ?? 'earliest');
    });
  }

  /** Shows the newest events instead of what is shown. */
  async #toEnd(): Promise<void> {
    await this.#read({ isNewer: true }, async (signal) => {
      const found = await this.#parts.pages.older(undefined, FIRST_PAGE, signal);
      this.window.begin(found, found.first);
    });
  }

  #noteSearch(found: FoundPage): void {
    const isFruitless = found.events.length === 0 && !found.isEnd;
    this.#reading = { ...this.#reading, searched: isFruitless ? this.#reading.searched + found.lookedThrough : 0 };
  }

  async #read(which: Partial<Reading>, read: (signal: AbortSignal) => Promise<void>): Promise<void> {
    this.#reading = { ...this.#reading, problem: undefined, ...which };
    this.#parts.changed();
    try {
      await read(this.#abort.signal);
    } catch (error) {
      if (this.#abort.signal.aborted) return;
      this.#reading = { ...this.#reading, problem: messageOf(error) };
    } finally {
      const done = Object.fromEntries(Object.keys(which).map((name) => [name, false]));
      this.#reading = { ...this.#reading, ...done };
      this.#parts.changed();
    }
  }

  async #orRefused(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (this.#abort.signal.aborted) return;
      this.#refuse(codeOf(error), messageOf(error));
    }
  }

  #refuse(code: string | undefined, reason: string): void {
    const isMissing = code === 'unknown_topic' || code === 'unknown_stream';
    this.#set({ kind: isMissing ? 'waiting' : 'refused', reason });
    if (!isMissing) this.#endWait();
    else
      this.#stopWaiting ??= this.#parts.awaitPlace(() => {
        void this.#startAgain();
      });
  }

  /** What is told while an attempt is under way may have come too late for it. */
  async #startAgain(): Promise<void> {
    this.#isWantedAgain = true;
    if (this.#isStarting) return;
    this.#isStarting = true;
    while (this.#isWantedAgain && this.#status.kind === 'waiting') {
      this.#isWantedAgain = false;
      await this.#begin();
    }
    this.#isStarting = false;
  }

  #endWait(): void {
    this.#stopWaiting?.();
    this.#stopWaiting = undefined;
  }

  #set(status: TailStatus): void {
    this.#status = status;
    this.#parts.changed();
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof ApiError ? error.code : undefined;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
