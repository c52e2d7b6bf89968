import type { Principal } from './principal';

interface Entry {
  readonly principal: Principal;
  readonly until: number;
}

/**
 * Remembers verified tokens, so that a token that comes with every request is verified once. Tokens that were not used for long go first:
 * what is used moves to the newer of two generations, and when that is full the older one is dropped. (One `Map` reordered at each use would
 * take longer the more it holds, because finding its first key skips all that was deleted before it.)
 */
export class TokenMemory {
  readonly #generation: number;
  #newer = new Map<string, Entry>();
  #older = new Map<string, Entry>();

  /** `limit` is the number of tokens; 0 and 1 remember nothing. */
  constructor(limit: number) {
    this.#generation = Math.floor(limit / 2);
  }

  get size(): number {
    return this.#newer.size + this.#older.size;
  }

  /** The principal of a token that was remembered and whose time is not over. */
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

  /** Remembers a token up to a point in time (milliseconds since the Unix epoch). */
  remember(token: string, principal: Principal, until: number): void {
    if (this.#generation > 0) this.#put(token, { principal, until });
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
