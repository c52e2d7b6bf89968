import type { Principal } from './principal';

/** A longer token is verified each time: remembering many of them would take too much memory. */
const LONGEST_REMEMBERED = 8192;

interface Entry {
  readonly principal: Principal;
  readonly until: number;
}

/**
 * Remembers verified tokens, so that a token that comes with every request is verified once. The least recently used
 * tokens are dropped first: a token that is used moves to the newer of two generations, and when that is full the older
 * one is dropped. (One `Map` reordered at each use would get slower the more it holds, because finding its first key
 * skips every entry that was deleted before it.)
 */
export class TokenMemory {
  readonly #generation: number;
  #newer = new Map<string, Entry>();
  #older = new Map<string, Entry>();

  /** `limit` is the number of tokens; with 0 or 1 nothing is remembered. */
  constructor(limit: number) {
    this.#generation = Math.floor(limit / 2);
  }

  get size(): number {
    return this.#newer.size + this.#older.size;
  }

  /** The principal of a token that is remembered and still in date. */
  recall(token: string, now: number): Principal | undefined {
    let entry = this.#newer.get(token);
    if (entry === undefined) {
      entry = this.#older.get(token);
      if (entry === undefined) return undefined;
      this.#put(token, entry);
    }
    if (entry.until > now) return entry.principal;
    this.#newer.delete(token);
    return undefined;
  }

  /** Remembers a token until a point in time (milliseconds since the Unix epoch). */
  remember(token: string, principal: Principal, until: number): void {
    if (this.#generation > 0 && token.length <= LONGEST_REMEMBERED) this.#put(token, { principal, until });
  }

  #put(token: string, entry: Entry): void {
    this.#older.delete(token);
    if (this.#newer.size >= this.#generation && !this.#newer.has(token)) {
      this.#older = this.#newer;
      this.#newer = new Map();
    }
    this.#newer.set(token, entry);
  }
}
