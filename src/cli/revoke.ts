import { decode } from 'jsonwebtoken';
import { reach } from './reach';
import { refusal } from './refusal';
import type { Target } from './target';
import { UsageError } from './usage-error';

/** Revokes a token, given whole or by its id (`jti`), on a running server. */
export async function revoke(target: Target, tokenOrId: string): Promise<void> {
  const response = await reach(target, '/tokens/revoke', {
    method: 'POST',
    headers: { authorization: `Bearer ${target.token}`, 'content-type': 'application/json' },
    body: JSON.stringify(revocationOf(tokenOrId)),
  });
  if (!response.ok) throw refusal(response.status, await response.text());
}

function revocationOf(tokenOrId: string): { tokenId: string; expiresAt?: number } {
  if (!tokenOrId.includes('.')) return { tokenId: tokenOrId };
  const claims = decode(tokenOrId, { json: true });
  if (claims?.jti === undefined) throw new UsageError('this is no token, or it has no id (jti) to revoke it by');
  return { tokenId: claims.jti, ...(claims.exp !== undefined && { expiresAt: claims.exp * 1000 }) };
}
