/** Remembers which tokens are revoked. */
export interface TokenStore {
  /**
   * Remembers that a token is revoked, until it would have expired anyway (milliseconds since the Unix epoch; absent:
   * for ever). Of two times for one token the later counts. Resolves when it is committed and synced.
   */
  revokeToken(tokenId: string, expiresAt?: number): Promise<void>;

  /** Revoked tokens that have not expired. */
  revokedTokens(): Promise<RevokedToken[]>;
}

export interface RevokedToken {
  /** The claim `jti`. */
  readonly tokenId: string;
  /** Milliseconds since the Unix epoch; absent: revoked for ever. */
  readonly expiresAt?: number;
}
