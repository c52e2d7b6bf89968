import { WriterHubError } from '../errors';
import { appendScope, readScope, type Scopes } from './scopes';

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

/** Throws `forbidden` unless the principal may write to the topic. */
export function requireAppend(principal: Principal, topic: string): void {
  if (!principal.scopes.mayAppend(topic)) throw lacks(appendScope(topic));
}

/** Throws `forbidden` unless the principal may read the topic. */
export function requireRead(principal: Principal, topic: string): void {
  if (!principal.scopes.mayRead(topic)) throw lacks(readScope(topic));
}

/** Throws `forbidden` unless the principal may create topics. */
export function requireCreate(principal: Principal): void {
  if (!principal.scopes.mayCreate) throw lacks('create');
}

/** Throws `forbidden` unless the principal may do everything. */
export function requireAdmin(principal: Principal): void {
  if (!principal.scopes.isAdmin) throw lacks('admin');
}

function lacks(scope: string): WriterHubError {
  return new WriterHubError('forbidden', `the token lacks the scope ${scope}`);
}
