import type { Api } from '../../api/api';

/** What `POST /tokens` answers, and what was asked for. */
export interface MintedToken {
  readonly token: string;
  readonly tokenId: string;
  /** Milliseconds since the Unix epoch; `null`: it does not expire. */
  readonly expiresAt: number | null;
  readonly scopes: readonly string[];
}

/** What a new token is to be. */
export interface TokenOrder {
  readonly scopes: readonly string[];
  /** `24h`, `30d`, `never` */
  readonly expires: string;
  readonly subject?: string;
}

export interface RevokedToken {
  readonly tokenId: string;
  /** Until when that is remembered, in milliseconds since the Unix epoch; `null`: for ever. */
  readonly until: number | null;
}

export interface RevokedTokens {
  /** The latest first. */
  readonly revoked: readonly RevokedToken[];
  /** How many there are in all. */
  readonly count: number;
}

/** How many revoked tokens are listed. */
const LISTED = 100;

/** The calls of the API that the page of tokens makes. Each rejects with an `ApiError`. */
export function tokensApi(api: Api) {
  return {
    mint: async (order: TokenOrder): Promise<MintedToken> => ({
      ...(await api.post<Omit<MintedToken, 'scopes'>>(['tokens'], { body: order })),
      scopes: order.scopes,
    }),
    revoke: (token: { readonly tokenId: string; readonly expiresAt?: number }): Promise<unknown> =>
      api.post(['tokens', 'revoke'], { body: token }),
    revoked: (signal: AbortSignal): Promise<RevokedTokens> =>
      api.get(['tokens', 'revoked'], { query: { limit: LISTED }, signal }),
  };
}

export type TokensApi = ReturnType<typeof tokensApi>;
