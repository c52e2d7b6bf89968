import { decode, type JwtPayload } from 'jsonwebtoken';
import { tokenIdFault } from '../auth/token-id';
import { request } from './request';
import { responseError } from './response-error';
import type { Target } from './target';
import { UsageError } from './usage-error';

interface Revocation {
  readonly tokenId: string;
  /** Milliseconds since the Unix epoch. */
  readonly expiresAt?: number;
}

/** Reads a token, given in full or by its id (`jti`). Throws a `UsageError` when it can be neither. */
export function revocationOf(tokenOrId: string): Revocation {
  const text = tokenOrId.trim();
  const claims = claimsOf(text);
  if (claims === undefined) {
    const fault = tokenIdFault(text);
    if (fault !== undefined) throw new UsageError(`this is neither a whole token nor the id of one (jti): it ${fault}`);
    return { tokenId: text };
  }
  const { jti, exp } = claims;
  if (typeof jti !== 'string') throw new UsageError('this token has no id (jti) to revoke it by');
  return { tokenId: jti, ...(exp !== undefined && { expiresAt: Math.ceil(exp * 1000) }) };
}

/** Has a running server refuse a token from now on. */
export async function revoke(target: Target, revocation: Revocation): Promise<void> {
  const response = await request(target, '/tokens/revoke', {
    method: 'POST',
    headers: { authorization: `Bearer ${target.token}`, 'content-type': 'application/json' },
    body: JSON.stringify(revocation),
  });
  if (!response.ok) throw responseError(response.status, await response.text());
}

/** The claims of a whole token; `undefined`: it is none. */
function claimsOf(text: string): JwtPayload | undefined {
  try {
    return decode(text, { json: true }) ?? undefined;
  } catch {
    // Its middle is no JSON.
    return undefined;
  }
}
