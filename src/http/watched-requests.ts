import type { IncomingMessage, ServerResponse } from 'node:http';

/** A request that is watched while it is under way. */
export interface WatchedRequest {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Bytes that its socket had received when it was looked at last; `undefined` while nobody reads it. */
  bytes: number | undefined;
  /** Where it is in the list; -1 once it is not. */
  place: number;
}

/**
 * The requests under way, in no order.
 *
 * No Map: V8 links the table that a Map has outgrown, still filled, to the one that follows. One such table in the old
 * generation keeps all later ones, with the requests that were under way at their times, until the next full garbage
 * collection; every small one then copies dead requests, which took a third of the processor at 20,000 a second.
 */
export class WatchedRequests {
  readonly #list: WatchedRequest[] = [];

  get size(): number {
    return this.#list.length;
  }

  add(request: IncomingMessage, response: ServerResponse): WatchedRequest {
    const watched = { request, response, bytes: undefined, place: this.#list.length };
    this.#list.push(watched);
    return watched;
  }

  /** Forgets a request, if it has not been forgotten yet. The last one gets its place. */
  remove(watched: WatchedRequest): void {
    const { place } = watched;
    if (place === -1) return;
    watched.place = -1;
    const last = this.#list.pop()!;
    if (last === watched) return;
    last.place = place;
    this.#list[place] = last;
  }

  /** Those that are watched now, whatever is added or removed meanwhile. */
  all(): WatchedRequest[] {
    return [...this.#list];
  }
}
