import { WriterHubError } from '../errors';
import { MAX_TOKEN_LENGTH } from './token-signature';

/** A token that is no longer accepted, and until when that has to be remembered. */
export interface Revocation {
  readonly tokenId: string;
  /** Milliseconds since the Unix epoch; absent: for ever. */
  readonly expiresAt?: number;
}

/** Told in place of the id of a token when what makes a token good has changed. */
export const EVERY_TOKEN = Symbol('every token');

/** The id of a token that has been revoked, or all of them. */
export type Revoked = string | typeof EVERY_TOKEN;

/** What revocations are loaded from and saved with. */
export interface RevocationOptions {
  /** Revocations from earlier runs. */
  readonly revoked?: Iterable<Revocation>;
  /** Saves a revocation for later runs. Resolves once it is durable; when it rejects, nothing is revoked. */
  readonly persist: (tokenId: string, expiresAt?: number) => Promise<void>;
  /** Milliseconds since the Unix epoch (default `Date.now`). */
  readonly now?: () => number;
}

/**
 * How long a revocation outlives its token (milliseconds), so that neither a slow clock nor the tolerance for one
 * revives it.
 */
export const REVOCATION_MARGIN = 60_000;

/** The latest revocations, and how many there are in all. */
export interface RevocationList {
  /** Newest first; `until` is when the revocation is forgotten (milliseconds since the Unix epoch; absent: never). */
  readonly revoked: readonly { readonly tokenId: string; readonly until?: number }[];
  readonly count: number;
}

/** Below this size, expired revocations are not removed. */
const LEAST_PRUNED = 1024;

/** Which tokens were revoked before they expired. */
export class Revocations {
  /** Id of a token → until when its revocation is kept. */
  readonly #until = new Map<string, number>();
  readonly #listeners = new Set<(tokenId: Revoked) => void>();
  readonly #persist: RevocationOptions['persist'];
  readonly #now: () => number;
  #pruneAt = LEAST_PRUNED;
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: RevocationOptions) {
    this.#persist = options.persist;
    this.#now = options.now ?? Date.now;
    for (const { tokenId, expiresAt } of options.revoked ?? []) this.#keep(tokenId, expiresAt ?? Infinity);
  }

  get size(): number {
    return this.#until.size;
  }

  /** The latest `limit` revocations that are in force; those from earlier runs are older than those of this one. */
  list(limit: number): RevocationList {
    const now = this.#now();
    const revoked: { tokenId: string; until?: number }[] = [];
    let count = 0;
    for (const [tokenId, until] of this.#until) {
      if (until <= now) continue;
      count += 1;
      revoked.push(until === Infinity ? { tokenId } : { tokenId, until });
      // Twice as many are kept, so that the front is cut off only now and then.
      if (revoked.length >= 2 * limit) revoked.splice(0, limit);
    }
    return { revoked: revoked.slice(-limit).reverse(), count };
  }

  isRevoked(tokenId: string): boolean {
    const until = this.#until.get(tokenId);
    return until !== undefined && until > this.#now();
  }

  /**
   * Refuses every token with this id from now on. Resolves when the revocation is durable and in force and the
   * listeners have been called. Rejects with `invalid_query` when no token can have the id, and when `persist` rejects;
   * nothing is revoked then. `expiresAt` is when the token expires (milliseconds since the Unix epoch); absent: the
   * revocation is kept for ever.
   */
  async revoke(tokenId: string, expiresAt?: number): Promise<void> {
    if (tokenId === '' || tokenId.length > MAX_TOKEN_LENGTH) {
      throw new WriterHubError('invalid_query', `a token id has 1 to ${MAX_TOKEN_LENGTH} characters`);
    }
    // One at a time, so that the last one persisted is the one that lasts longest.
    const done = this.#last.then(() => this.#revoke(tokenId, expiresAt));
    this.#last = done.catch(() => undefined);
    await done;
  }

  /** Another server has revoked a token, and keeps that until then (milliseconds since the Unix epoch). */
  learn(tokenId: string, until = Infinity): void {
    if (until <= this.#now() || until <= (this.#until.get(tokenId) ?? -Infinity)) return;
    this.#keep(tokenId, until);
    this.#notify(tokenId);
  }

  /**
   * Has the listeners end whatever lasts for as long as a token: other tokens are good from now on. Nothing is revoked:
   * a token that is still good is accepted when it comes again.
   */
  endAll(): void {
    this.#notify(EVERY_TOKEN);
  }

  /** Calls the listener with the id of every token revoked from now on. Returns a function that stops that. */
  onRevoked(listener: (tokenId: Revoked) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  async #revoke(tokenId: string, expiresAt: number | undefined): Promise<void> {
    const until = expiresAt === undefined ? Infinity : expiresAt + REVOCATION_MARGIN;
    if (until <= this.#now() || until <= (this.#until.get(tokenId) ?? -Infinity)) return;
    await this.#persist(tokenId, until === Infinity ? undefined : until);
    this.#keep(tokenId, until);
    this.#notify(tokenId);
  }

  #keep(tokenId: string, until: number): void {
    this.#until.set(tokenId, until);
    if (this.#until.size < this.#pruneAt) return;
    for (const [id, end] of this.#until) if (end <= this.#now()) this.#until.delete(id);
    this.#pruneAt = Math.max(LEAST_PRUNED, 2 * this.#until.size);
  }

  /** Calls every listener, even when an earlier one throws. */
  #notify(tokenId: Revoked): void {
    const failures: unknown[] = [];
    for (const listener of this.#listeners) {
      try {
        listener(tokenId);
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0)
      throw new AggregateError(failures, 'a token is revoked, but not every listener could be notified');
  }
}
