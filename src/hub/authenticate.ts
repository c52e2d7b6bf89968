import type { IncomingMessage } from 'node:http';
import { challengeOf } from '../auth/challenge';
import type { Principal } from '../auth/principal';
import { findToken } from '../auth/token-finder';
import { WriterHubError } from '../errors';
import { type Authenticate, type AuthenticationRefusal, mayCarryTokenInQuery } from '../signalr';

/** Says whose token a request brings. Throws or rejects as `TokenVerifier.verify`. */
export type Identify = (request: IncomingMessage, token: string) => Principal | Promise<Principal>;

/** Is told why a request was not let in, and gives the request's id. */
export type OnAuthenticationError = (error: WriterHubError, request: IncomingMessage) => string;

/** Seconds after which keys of an issuer that cannot be fetched may be there. */
const RETRY_AFTER = '1';

/**
 * Authenticates hub connections by the token in the header or, for WebSockets and event streams, where browsers cannot
 * send a header, in the query parameter `access_token`. Resolves with the reason when that fails, which the client is
 * told.
 */
export function authenticateWith(identify: Identify, onError: OnAuthenticationError): Authenticate<Principal> {
  return async (request) => {
    try {
      const token = findToken(request, mayCarryTokenInQuery(request) ? ['access_token'] : []);
      const principal = await identify(request, token);
      const { subject, holder, expiresAt } = principal;
      return { principal, userId: subject, holder, expiresAt };
    } catch (error) {
      if (!(error instanceof WriterHubError)) throw error;
      return { refusal: refusalFor(error, onError(error, request)) };
    }
  };
}

function refusalFor(error: WriterHubError, requestId: string): AuthenticationRefusal['refusal'] {
  const { status } = error.kind;
  const challenge = challengeOf(error);
  const headers = {
    'X-Request-Id': requestId,
    ...(challenge !== undefined && { 'WWW-Authenticate': challenge }),
    ...(status === 503 && { 'Retry-After': RETRY_AFTER }),
  };
  return { status, reason: error.message, headers };
}
