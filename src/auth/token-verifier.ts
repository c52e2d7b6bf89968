import { createSecretKey, type KeyObject } from 'node:crypto';
import { principalFrom, type ClaimRules } from './claims';
import type { KeySet } from './key-set';
import type { Principal } from './principal';
import { REVOCATION_MARGIN, type Revocations } from './revocations';
import { checkSecret } from './secret';
import { TokenMemory } from './token-memory';
import {
  readTokenHeader,
  invalidToken,
  unacceptedAlgorithm,
  verifyEdwardsSignature,
  verifySignature,
  type Claims,
  type TokenHeader,
} from './token-signature';

/** The tokens of an issuer: its public keys, and what the claims must say. */
type IssuedTokens = { readonly keys: KeySet } & ClaimRules;

/**
 * Which tokens are accepted. At least one of `secret` and `keySet` must be given; with both, either kind is accepted.
 */
export interface TokenVerifierOptions {
  /** Tokens signed with a shared secret of at least 32 bytes (HS256). */
  readonly secret?: ({ readonly value: string } & ClaimRules) | undefined;
  /** Tokens signed with an issuer's keys (RS, PS and ES with 256, 384 and 512; EdDSA). */
  readonly keySet?: IssuedTokens | undefined;
  readonly revocations: Pick<Revocations, 'isRevoked'>;
  /** How far issuers' clocks may be off, in seconds (default 5, at most 60). */
  readonly clockTolerance?: number | undefined;
  /** How many verified tokens are remembered (default 4,096; 0: none). */
  readonly rememberedTokens?: number | undefined;
  /** Milliseconds since the Unix epoch (default `Date.now`). */
  readonly now?: (() => number) | undefined;
}

/** Verifies tokens, and says who their bearers are and what they may do. */
export class TokenVerifier {
  readonly #secret: { readonly key: KeyObject; readonly rules: ClaimRules } | undefined;
  readonly #keySet: IssuedTokens | undefined;
  readonly #revocations: Pick<Revocations, 'isRevoked'>;
  readonly #tolerance: number;
  readonly #memory: TokenMemory;
  /** Tokens whose verification is waiting for a key or for another thread. */
  readonly #verifying = new Map<string, Promise<Principal>>();
  readonly #now: () => number;

  constructor(options: TokenVerifierOptions) {
    const { secret, keySet, clockTolerance = 5 } = options;
    if (secret === undefined && keySet === undefined)
      throw new Error('tokens can be verified only with a secret or a key set');
    if (secret !== undefined) checkSecret(secret.value);
    this.#tolerance = clockTolerance * 1000;
    if (!(this.#tolerance >= 0 && this.#tolerance <= REVOCATION_MARGIN)) {
      throw new Error(`the clock tolerance must be 0 to ${REVOCATION_MARGIN / 1000} seconds`);
    }
    this.#secret = secret && { key: createSecretKey(secret.value, 'utf8'), rules: secret };
    this.#keySet = keySet;
    this.#revocations = options.revocations;
    this.#memory = new TokenMemory(options.rememberedTokens ?? 4096);
    this.#now = options.now ?? Date.now;
  }

  /**
   * The bearer of a token. Returned without a promise for a token that is remembered, and for one that is signed with
   * the secret or with a known RSA or elliptic-curve key. Throws, or rejects, with `unauthenticated` when the token is
   * not valid, and rejects with `keys_unavailable` when the issuer's keys cannot be fetched. No error message holds any
   * part of the token.
   */
  verify(token: string): Principal | Promise<Principal> {
    const remembered = this.#recall(token);
    if (remembered !== undefined) return remembered;
    const header = readTokenHeader(token);
    if (header.algorithm === 'HS256') {
      if (this.#secret === undefined) throw unacceptedAlgorithm();
      const { key, rules } = this.#secret;
      return this.#accept(token, verifySignature(token, 'HS256', key), rules, Infinity);
    }
    if (this.#keySet === undefined) throw unacceptedAlgorithm();
    return this.#verifying.get(token) ?? this.#verifyIssued(token, header, this.#keySet);
  }

  /** How many tokens are remembered. */
  get remembered(): number {
    return this.#memory.size;
  }

  /** The bearer of a token that was verified before and is still good, as far as that is remembered. */
  known(token: string): Principal | undefined {
    const principal = this.#memory.recall(token, this.#now());
    return principal === undefined || this.#isRevoked(principal) ? undefined : principal;
  }

  #verifyIssued(token: string, header: TokenHeader, keySet: IssuedTokens): Principal | Promise<Principal> {
    const key = keySet.keys.find(header);
    const claims =
      key instanceof Promise
        ? key.then((found) => verifyIssuedSignature(token, header, found))
        : verifyIssuedSignature(token, header, key);
    // A key that its issuer withdraws must stop working, so a token is not remembered for longer than its key is relied
    // on.
    const accept = (verified: Claims) => this.#accept(token, verified, keySet, keySet.keys.maxAge);
    if (!(claims instanceof Promise)) return accept(claims);
    // Many connections may bring the same token meanwhile: it is verified once for all of them.
    const principal = claims.then(accept).finally(() => this.#verifying.delete(token));
    this.#verifying.set(token, principal);
    return principal;
  }

  #recall(token: string): Principal | undefined {
    const principal = this.#memory.recall(token, this.#now());
    return principal && this.#unlessRevoked(principal);
  }

  /** Remembers the token for `lifetime` milliseconds, or until it expires. */
  #accept(token: string, claims: Claims, rules: ClaimRules, lifetime: number): Principal {
    const now = this.#now();
    const principal = this.#unlessRevoked(principalFrom(token, claims, rules, { now, tolerance: this.#tolerance }));
    this.#memory.remember(token, principal, Math.min(principal.expiresAt ?? Infinity, now + lifetime));
    return principal;
  }

  #unlessRevoked(principal: Principal): Principal {
    if (this.#isRevoked(principal)) throw invalidToken('the token has been revoked');
    return principal;
  }

  #isRevoked({ tokenId }: Principal): boolean {
    return tokenId !== undefined && this.#revocations.isRevoked(tokenId);
  }
}

function verifyIssuedSignature(token: string, { algorithm }: TokenHeader, key: KeyObject): Claims | Promise<Claims> {
  return algorithm === 'EdDSA' ? verifyEdwardsSignature(token, key) : verifySignature(token, algorithm, key);
}
