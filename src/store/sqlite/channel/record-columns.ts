import type { Claim } from '../../event-store';
import type { ClaimColumns } from './messages';

const fingerprintBytes = 32;

/** The claims of one batch. */
export class ClaimList {
  private readonly claims: Claim[] = [];
  private bytes = 0;

  /** Bytes the claims hold, roughly. */
  get weight(): number {
    return this.bytes;
  }

  /** Takes in a claim and gives its index, -1 for none. */
  add(claim: Claim | undefined): number {
    if (claim === undefined) return -1;
    this.bytes += claim.key.length + claim.answer.length + fingerprintBytes;
    return this.claims.push(claim) - 1;
  }

  columns(): ClaimColumns {
    const fingerprints = new Uint8Array(this.claims.length * fingerprintBytes);
    for (const [index, { fingerprint }] of this.claims.entries()) {
      fingerprints.set(fingerprint, index * fingerprintBytes);
    }
    return {
      keys: this.claims.map(({ key }) => key),
      fingerprints,
      answers: this.claims.map(({ answer }) => answer),
      expiresAt: Float64Array.from(this.claims, ({ expiresAt }) => expiresAt),
    };
  }
}

/** The claim at an index; `undefined` for -1. */
export function claimAt(claims: ClaimColumns, index: number): Claim | undefined {
  if (index < 0) return undefined;
  return {
    key: claims.keys[index]!,
    fingerprint: claims.fingerprints.subarray(index * fingerprintBytes, (index + 1) * fingerprintBytes),
    answer: claims.answers[index]!,
    expiresAt: claims.expiresAt[index]!,
  };
}
