import { WriterHubError } from '../errors';
import type { Claim } from './event-store';

/** The claims of one topic of the memory store. */
export class MemoryClaims {
  readonly #claims = new Map<string, Claim>();

  /** What a write with this claim was answered before, if it was made and lasts. Throws `idempotency_mismatch`. */
  earlierAnswer(claim: Claim | undefined): string | undefined {
    if (claim === undefined) return undefined;
    const earlier = this.#claims.get(claim.key);
    if (earlier === undefined || earlier.expiresAt <= Date.now()) return undefined;
    if (Buffer.compare(earlier.fingerprint, claim.fingerprint) === 0) return earlier.answer;
    throw new WriterHubError(
      'idempotency_mismatch',
      'The idempotency key was used before with another body or for another purpose.',
    );
  }

  make(claim: Claim | undefined): void {
    if (claim !== undefined) this.#claims.set(claim.key, claim);
  }
}
