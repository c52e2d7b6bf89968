import { createHash } from 'node:crypto';
import type { Principal } from './principal';
import { Scopes } from './scopes';
import { invalidToken } from './token-signature';

/** What the claims of a token must say, apart from its dates. */
export interface ClaimRules {
  /** The claim `iss` must be this; absent: it is not checked. */
  readonly issuer?: string | undefined;
  /** The claim `aud` must be or contain this; absent: it is not checked. */
  readonly audience?: string | undefined;
}

/** When a token is checked, and how far its issuer's clock may be off (both in milliseconds). */
export interface ClaimTime {
  readonly now: number;
  readonly tolerance: number;
}

/** The latest time that a JavaScript date can hold, in milliseconds since the Unix epoch. */
const MAX_DATE = 8.64e15;

/**
 * Makes a principal from the claims of a token whose signature has been checked. Throws `unauthenticated` when a rule
 * is broken (RFC 7519, section 4.1).
 */
export function principalFrom(
  token: string,
  claims: Record<string, unknown>,
  rules: ClaimRules,
  time: ClaimTime,
): Principal {
  const notBefore = dateIn(claims, 'nbf');
  if (notBefore !== undefined && notBefore - time.tolerance > time.now)
    throw invalidToken('the token is not valid yet');
  const expiry = dateIn(claims, 'exp');
  const expiresAt = expiry === undefined ? undefined : expiry + time.tolerance;
  if (expiresAt !== undefined && expiresAt <= time.now) throw invalidToken('the token has expired');
  if (rules.issuer !== undefined && claims['iss'] !== rules.issuer)
    throw invalidToken('the token comes from another issuer');
  if (rules.audience !== undefined && !audiences(claims).includes(rules.audience)) {
    throw invalidToken('the token is meant for another audience');
  }
  const subject = textIn(claims, 'sub');
  const tokenId = textIn(claims, 'jti');
  return {
    ...(subject !== undefined && { subject }),
    ...(tokenId !== undefined && { tokenId }),
    ...(expiresAt !== undefined && { expiresAt }),
    scopes: Scopes.fromClaims(claims),
    holder: subject === undefined ? `token ${digest(token)}` : `subject ${subject}`,
  };
}

/** Tells tokens apart without giving any of them away. */
function digest(token: string): string {
  return createHash('sha256').update(token).digest('base64url').slice(0, 22);
}

/** Milliseconds since the Unix epoch. */
function dateIn(claims: Record<string, unknown>, name: 'exp' | 'nbf'): number | undefined {
  const value = claims[name];
  if (value === undefined) return undefined;
  if (typeof value !== 'number' || Math.abs(value * 1000) > MAX_DATE)
    throw invalidToken(`the claim ${name} is not a date`);
  return value * 1000;
}

function textIn(claims: Record<string, unknown>, name: 'sub' | 'jti'): string | undefined {
  const value = claims[name];
  if (value !== undefined && typeof value !== 'string') throw invalidToken(`the claim ${name} is not a string`);
  return value;
}

function audiences(claims: Record<string, unknown>): unknown[] {
  const audience = claims['aud'];
  return Array.isArray(audience) ? audience : [audience];
}
