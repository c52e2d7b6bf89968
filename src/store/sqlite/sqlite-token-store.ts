import type { RevokedToken, TokenStore } from '../contract/token-store';
import type { StoreThreads } from './queue/store-threads';

/** The revoked tokens of the embedded store. */
export class SqliteTokenStore implements TokenStore {
  readonly #threads: StoreThreads;

  constructor(threads: StoreThreads) {
    this.#threads = threads;
  }

  revokeToken(tokenId: string, expiresAt?: number): Promise<void> {
    const until = expiresAt === undefined ? null : Math.ceil(expiresAt);
    return this.#threads.change({ kind: 'revoke_token', tokenId, expiresAt: until });
  }

  revokedTokens(): Promise<RevokedToken[]> {
    return this.#threads.ask<'revoked_tokens'>({ kind: 'revoked_tokens' });
  }
}
