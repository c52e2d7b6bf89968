import { WriterHubError } from '../errors';
import type { Scopes } from './scopes';

/** Who is calling, as a verified token says. */
export interface Principal {
  /** The claim `sub`. */
  readonly subject?: string;
  /** The claim `jti`, by which the token can be revoked. */
  readonly tokenId?: string;
  /** From when on the token is no longer taken (milliseconds since the Unix epoch); absent: never. */
  readonly expiresAt?: number;
  readonly scopes: Scopes;
}

/**
 * Whose idempotency keys a principal uses: its subject's, or where the token names none, the token's own; '' when it has
 * neither, which all such tokens share.
 */
export function keyOwner({ subject, tokenId }: Principal): string {
  if (subject !== undefined) return `sub ${subject}`;
  return tokenId === undefined ? '' : `jti ${tokenId}`;
}

/** Throws `forbidden` unless the principal may do everything. */
export function requireAdmin(principal: Principal): void {
  if (!principal.scopes.isAdmin) throw new WriterHubError('forbidden', 'the token lacks the scope admin');
}
