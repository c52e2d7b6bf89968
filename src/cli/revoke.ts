import { decode } from 'jsonwebtoken';
import { request } from './request';
import { responseError } from './response-error';
import type { Target } from './target';
import { UsageError } from './usage-error';

/** Revokes a token on a running server. The token is given in full or by its id (`jti`). */
export async function revoke(target: Target, tokenOrId: string): Promise<void> {
  const response = await request(target, '/tokens/revoke', {
    method: 'POST',
    headers: { authorization: `Bearer ${target.token}`, 'content-type': 'application/json' },
    body: JSON.stringify(revocationOf(tokenOrId)),
  });
  if (!response.ok) throw responseError(response.status, await response.text());
}

function revocationOf(tokenOrId: string): { tokenId: string; expiresAt?: number } {
  if (!tokenOrId.includes('.')) return { tokenId: tokenOrId };
  const claims = decode(tokenOrId, { json: true });
  if (claims?.jti === undefined) throw new UsageError('this is not a token, or it has no id (jti) to revoke it by');
  return { tokenId: claims.jti, ...(claims.exp !== undefined && { expiresAt: claims.exp * 1000 }) };
}
