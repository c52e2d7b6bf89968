import { lacksScope } from '../errors';
import type { Scopes } from './scopes';

/** The caller, as described by a verified token. */
export interface Principal {
  /** The claim `sub`. */
  readonly subject?: string;
  /** The claim `jti`, by which the token can be revoked. */
  readonly tokenId?: string;
  /** When the token stops being accepted (milliseconds since the Unix epoch); absent: never. */
  readonly expiresAt?: number;
  readonly scopes: Scopes;
  /**
   * Whose shares of what is scarce its requests take: one text for all tokens of a subject, another for each token
   * without one. It holds no part of a token.
   */
  readonly holder: string;
}

/** Whose idempotency keys a principal uses: its subject's; all tokens that name no subject share theirs. */
export function keyOwner({ subject = '' }: Principal): string {
  return subject;
}

/** Whose share of the topics those take that a principal makes; `undefined`: nobody's, as an administrator has none. */
export function topicHolder({ scopes, holder }: Principal): string | undefined {
  return scopes.mayCreate && !scopes.isAdmin ? holder : undefined;
}

/** Throws `forbidden` unless the principal may do everything. */
export function requireAdmin(principal: Principal): void {
  if (!principal.scopes.isAdmin) throw lacksScope('admin');
}
