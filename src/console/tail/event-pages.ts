import { shownEvent, type SentEvent, type ShownEvent } from './event';
import type { FoundNewer } from './tail-window';

/** How many events a request asks for at the most, and how many are looked through for those that match. */
const PAGE = 1_000;
const MAX_LOOKED_THROUGH = 20_000;

/** `GET …/events/data`: stored events, and where to go on. */
export interface EventsAnswer {
  readonly events: readonly SentEvent[];
  readonly next: string | null;
}

export interface PageQuery {
  readonly order: 'asc' | 'desc';
  readonly after: string | undefined;
  readonly limit: number;
}

/** Reads a page of the stored events of one stream or topic. */
export type ReadPage = (query: PageQuery, signal: AbortSignal) => Promise<EventsAnswer>;

/** What was found, and how many events were looked through for it. */
export interface FoundPage extends FoundNewer {
  readonly lookedThrough: number;
}

/**
 * Stored events of one stream or topic that match, in either direction from a position. Those that match are picked
 * here, so a search ends after some thousand events that do not, and says how far it has come.
 */
export class EventPages {
  readonly #read: ReadPage;
  readonly #streamId: string | undefined;
  readonly #matches: ((event: ShownEvent) => boolean) | undefined;

  /** `matches` undefined: all of them. */
  constructor(read: ReadPage, streamId: string | undefined, matches: ((event: ShownEvent) => boolean) | undefined) {
    this.#read = read;
    this.#streamId = streamId;
    this.#matches = matches;
  }

  /** Events before a position, or the newest ones. */
  async older(before: string | undefined, wanted: number, signal: AbortSignal): Promise<FoundPage> {
    const found = await this.#search('desc', before, wanted, signal);
    return { ...found, events: found.events.toReversed() };
  }

  /** Events behind a position, or the oldest ones. */
  newer(after: string | undefined, wanted: number, signal: AbortSignal): Promise<FoundPage> {
    return this.#search('asc', after, wanted, signal);
  }

  async #search(
    order: PageQuery['order'],
    from: string | undefined,
    wanted: number,
    signal: AbortSignal,
  ): Promise<FoundPage> {
    const events: ShownEvent[] = [];
    let reached = from;
    let first: string | undefined;
    let lookedThrough = 0;
    for (;;) {
      const limit = Math.min(PAGE, this.#matches === undefined ? wanted - events.length : PAGE);
      const page = await this.#read({ order, after: reached, limit }, signal);
      first ??= page.events[0]?.offset;
      lookedThrough += page.events.length;
      for (const event of page.events) {
        const shown = shownEvent(event, this.#streamId);
        if (this.#matches?.(shown) ?? true) events.push(shown);
      }
      reached = page.events.at(-1)?.offset ?? reached;
      const isEnd = page.next === null;
      if (isEnd || events.length >= wanted || lookedThrough >= MAX_LOOKED_THROUGH) {
        return { events, reached, isEnd, lookedThrough, first };
      }
    }
  }
}
