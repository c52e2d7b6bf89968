import type { Request, Response } from 'express';
import type { Principal } from '../auth/principal';
import { findToken } from '../auth/token-finder';
import type { TokenVerifier } from '../auth/token-verifier';

/** A handler of a request whose token has been verified. */
export type AuthenticatedHandler = (principal: Principal, request: Request, response: Response) => Promise<void>;

/** Verifies the bearer token before the handler runs; without a valid one the request ends with `unauthenticated`. */
export function authenticated(
  verifier: TokenVerifier,
  handler: AuthenticatedHandler,
): (request: Request, response: Response) => Promise<void> {
  return async (request, response) => {
    await handler(await verifier.verify(findToken(request)), request, response);
  };
}
