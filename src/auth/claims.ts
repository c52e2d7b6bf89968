import type { Principal } from './principal';
import { Scopes } from './scopes';
import { refusal } from './token-signature';

/** What the claims of a token must say, besides being in force. */
export interface ClaimRules {
  /** The claim `iss` must be this; absent: it is not looked at. */
  readonly issuer?: string | undefined;
  /** The claim `aud` must be or contain this; absent: it is not looked at. */
  readonly audience?: string | undefined;
}

/** When a token is checked, and how far the clock of its issuer may be off (both in milliseconds). */
export interface ClaimTime {
  readonly now: number;
  readonly tolerance: number;
}

/** Milliseconds that a JavaScript date can hold. */
const MAX_DATE = 8.64e15;

/** Makes a principal of claims whose signature is checked. Throws `unauthenticated` when a rule is broken (RFC 7519, section 4.1). */
export function principalFrom(claims: Record<string, unknown>, rules: ClaimRules, time: ClaimTime): Principal {
  const notBefore = dateIn(claims, 'nbf');
  if (notBefore !== undefined && notBefore - time.tolerance > time.now) throw refusal('the token is not valid yet');
  const expiry = dateIn(claims, 'exp');
  const expiresAt = expiry === undefined ? undefined : expiry + time.tolerance;
  if (expiresAt !== undefined && expiresAt <= time.now) throw refusal('the token has expired');
  if (rules.issuer !== undefined && claims['iss'] !== rules.issuer)
    throw refusal('the token comes from another issuer');
  if (rules.audience !== undefined && !audiences(claims).includes(rules.audience)) {
    throw refusal('the token is meant for another audience');
  }
  const subject = textIn(claims, 'sub');
  const tokenId = textIn(claims, 'jti');
  return {
    ...(subject !== undefined && { subject }),
    ...(tokenId !== undefined && { tokenId }),
    ...(expiresAt !== undefined && { expiresAt }),
    scopes: Scopes.fromClaims(claims),
  };
}

/** Milliseconds since the Unix epoch. */
function dateIn(claims: Record<string, unknown>, name: 'exp' | 'nbf'): number | undefined {
  const value = claims[name];
  if (value === undefined) return undefined;
  if (typeof value !== 'number' || Math.abs(value * 1000) > MAX_DATE) throw refusal(`the claim ${name} is not a date`);
  return value * 1000;
}

function textIn(claims: Record<string, unknown>, name: 'sub' | 'jti'): string | undefined {
  const value = claims[name];
  if (value !== undefined && typeof value !== 'string') throw refusal(`the claim ${name} is not a string`);
  return value;
}

function audiences(claims: Record<string, unknown>): unknown[] {
  const audience = claims['aud'];
  return Array.isArray(audience) ? audience : [audience];
}
