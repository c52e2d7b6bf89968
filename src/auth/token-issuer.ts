import { mintToken, type MintedToken, type MintOptions } from './token-minter';

/** Makes tokens that one server accepts. Throws `invalid_query` as `mintToken`. */
export type TokenIssuer = (request: Pick<MintOptions, 'scopes' | 'expiresIn' | 'subject'>) => MintedToken;

/** Issues tokens signed with a server's own secret, with the issuer and the audience that it asks for. */
export function tokenIssuer(secret: string, claims: Pick<MintOptions, 'issuer' | 'audience'>): TokenIssuer {
  return (request) => mintToken({ ...request, ...claims }, secret);
}
