import type { IncomingMessage } from 'node:http';
import type { Principal } from '../auth/principal';
import { findToken } from '../auth/token-finder';
import { WriterHubError } from '../errors';
import { type Authenticate, mayCarryTokenInQuery } from '../signalr';
import type { OnError } from './writer-hub';

/** Says whose token a request brings. Throws or rejects as `TokenVerifier.verify`. */
export type Identify = (request: IncomingMessage, token: string) => Principal | Promise<Principal>;

/**
 * Authenticates hub connections by the token in the header or, for WebSockets and event streams, where browsers cannot
 * send a header, in the query parameter `access_token`. Resolves with `undefined` without a valid one, which the hub
 * server answers with an empty 401.
 */
export function authenticateWith(identify: Identify, onError: OnError): Authenticate<Principal> {
  return async (request) => {
    try {
      const token = findToken(request, mayCarryTokenInQuery(request) ? ['access_token'] : []);
      const principal = await identify(request, token);
      const { subject, holder, expiresAt } = principal;
      return { principal, userId: subject, holder, expiresAt };
    } catch (error) {
      if (!(error instanceof WriterHubError) || error.code !== 'unauthenticated') throw error;
      onError(error);
      return undefined;
    }
  };
}
