import { WriterHubError } from '../errors';
import type { OnStrike } from './limit-watch';
import { Shares } from './shares';

/** What is counted in pieces of fewer bytes than this is let go as soon as it was received or handed over. */
export const SMALL_BYTES = 64 * 1024;

/** All bytes that the server holds for its callers: bodies as they arrive and inflated, and answers not taken yet. */
export class HeldBytes {
  readonly #shares: Shares;

  /** `max`: bytes for all callers together. */
  constructor(max: number, onStrike: OnStrike) {
    this.#shares = new Shares(max, (_, holder) => {
      onStrike('held_bytes', holder);
    });
  }

  /** `max`: bytes for all callers together, from now on. */
  resize(max: number): void {
    this.#shares.resize(max);
  }

  /** For whoever has errors of its own. */
  get budget(): Pick<Shares, 'take' | 'release'> {
    return this.#shares;
  }

  /** Bytes that are held now. */
  get used(): number {
    return this.#shares.used;
  }

  /** Counts more bytes for a holder. Throws `over_share` when it has its share, `store_busy` when all are used. */
  take(holder: string, bytes: number): void {
    const refusal = this.#shares.take(holder, bytes);
    if (refusal === undefined) return;
    if (refusal === 'full') {
      throw new WriterHubError(
        'store_busy',
        'the server holds as many bytes for its callers as it may; try again in a second',
      );
    }
    throw new WriterHubError(
      'over_share',
      'the server holds as many bytes for the callers of this token as it may; take the answers, then try again',
    );
  }

  release(holder: string, bytes: number): void {
    this.#shares.release(holder, bytes);
  }
}
