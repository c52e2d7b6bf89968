import type { Principal } from '../auth/principal';
import { findToken } from '../auth/token-finder';
import type { TokenVerifier } from '../auth/token-verifier';
import { WriterHubError } from '../errors';
import { type Authenticate, mayCarryTokenInQuery } from '../signalr';
import type { OnRefused } from './writer-hub';

/**
 * Says who a hub connection comes from. The token stands in the header or, as browsers must send it for a WebSocket and an
 * event stream, in the query `access_token`. Without a good one nobody does, which the hub server answers with 401 and an empty body.
 */
export function authenticateWith(verifier: TokenVerifier, onRefused: OnRefused): Authenticate<Principal> {
  return async (request) => {
    try {
      const principal = await verifier.verify(
        findToken(request, mayCarryTokenInQuery(request) ? ['access_token'] : []),
      );
      return { principal, userId: principal.subject, expiresAt: principal.expiresAt };
    } catch (error) {
      if (!(error instanceof WriterHubError) || error.code !== 'unauthenticated') throw error;
      onRefused(error);
      return undefined;
    }
  };
}
