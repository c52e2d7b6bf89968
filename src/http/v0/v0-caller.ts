import type { IncomingMessage } from 'node:http';
import type { Request, Response } from 'express';
import type { Principal } from '../../auth/principal';
import { findToken } from '../../auth/token-finder';
import type { TokenVerifier } from '../../auth/token-verifier';
import type { AuthenticatedHandler } from '../caller';

/**
 * The token of a request to the Events API: in the header, or as the query parameter `token`. The published curl that sends a gzipped body
 * has a full stop behind the token; it is not part of one.
 */
export function v0Token(request: IncomingMessage): string {
  const { url = '', headers } = request;
  // A query need not be taken apart for every request of a sender who has the token in the header.
  const onlyInHeader = headers.authorization !== undefined && !url.includes('token=');
  const token = findToken(request, onlyInHeader ? [] : ['token']);
  return token.endsWith('.') && token.split('.').length === 4 ? token.slice(0, -1) : token;
}

/** Verifies the token of a request to the Events API before the handler runs. */
export function v0Authenticated(
  verifier: TokenVerifier,
  handler: AuthenticatedHandler,
): (request: Request, response: Response) => Promise<void> {
  return async (request, response) => {
    const principal: Principal = await verifier.verify(v0Token(request));
    await handler(principal, request, response);
  };
}
