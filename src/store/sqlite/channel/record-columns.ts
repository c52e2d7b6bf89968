import type { Claim } from '../../event-store';
import type { ClaimColumns } from './messages';

const FINGERPRINT_BYTES = 32;

/** The claims of one batch. */
export class ClaimList {
  readonly #claims: Claim[] = [];
  #bytes = 0;

  /** Bytes the claims hold, roughly. */
  get weight(): number {
    return this.#bytes;
  }

  /** Takes in a claim and gives its index, -1 for none. */
  add(claim: Claim | undefined): number {
    if (claim === undefined) return -1;
    this.#bytes += claim.key.length + claim.answer.length + FINGERPRINT_BYTES;
    return this.#claims.push(claim) - 1;
  }

  columns(): ClaimColumns {
    const fingerprints = new Uint8Array(this.#claims.length * FINGERPRINT_BYTES);
    for (const [index, { fingerprint }] of this.#claims.entries()) {
      fingerprints.set(fingerprint, index * FINGERPRINT_BYTES);
    }
    return {
      keys: this.#claims.map(({ key }) => key),
      fingerprints,
      answers: this.#claims.map(({ answer }) => answer),
      expiresAt: Float64Array.from(this.#claims, ({ expiresAt }) => expiresAt),
    };
  }
}

/** The claim at an index; `undefined` for -1. */
export function claimAt(claims: ClaimColumns, index: number): Claim | undefined {
  if (index < 0) return undefined;
  return {
    key: claims.keys[index]!,
    fingerprint: claims.fingerprints.subarray(index * FINGERPRINT_BYTES, (index + 1) * FINGERPRINT_BYTES),
    answer: claims.answers[index]!,
    expiresAt: claims.expiresAt[index]!,
  };
}
