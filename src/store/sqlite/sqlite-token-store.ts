import type { RevokedToken, TokenStore } from '../contract/token-store';
import { revokeToken } from './channel/changes';
import type { StoreThreads } from './queue/store-threads';

/** The revoked tokens of the embedded store. */
export class SqliteTokenStore implements TokenStore {
  readonly #threads: StoreThreads;

  constructor(threads: StoreThreads) {
    this.#threads = threads;
  }

  revokeToken(tokenId: string, expiresAt?: number): Promise<void> {
    return this.#threads.change(revokeToken(tokenId, expiresAt));
  }

  revokedTokens(): Promise<RevokedToken[]> {
    return this.#threads.ask<'revoked_tokens'>({ kind: 'revoked_tokens' });
  }
}
