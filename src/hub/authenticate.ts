import type { Principal } from '../auth/principal';
import { findToken } from '../auth/token-finder';
import type { TokenVerifier } from '../auth/token-verifier';
import { WriterHubError } from '../errors';
import { type Authenticate, mayCarryTokenInQuery } from '../signalr';
import type { OnError } from './writer-hub';

/**
 * Authenticates hub connections by the token in the header or, for WebSockets and event streams, where browsers cannot
 * send a header, in the query parameter `access_token`. Resolves with `undefined` without a valid one, which the hub
 * server answers with an empty 401.
 */
export function authenticateWith(verifier: TokenVerifier, onError: OnError): Authenticate<Principal> {
  return async (request) => {
    try {
      const principal = await verifier.verify(
        findToken(request, mayCarryTokenInQuery(request) ? ['access_token'] : []),
      );
      const { subject, holder, expiresAt } = principal;
      return { principal, userId: subject, holder, expiresAt };
    } catch (error) {
      if (!(error instanceof WriterHubError) || error.code !== 'unauthenticated') throw error;
      onError(error);
      return undefined;
    }
  };
}
