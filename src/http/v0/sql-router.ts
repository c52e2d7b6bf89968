import { Router, type Request, type Response } from 'express';
import type { TokenVerifier } from '../../auth/token-verifier';
import { WriterHubError } from '../../errors';
import type { SqlEngine, SqlResult } from '../../store/contract/sql-engine';
import { IncomingBytes, type BodyLimits } from '../body';
import type { AuthenticatedHandler } from '../caller';
import { addRoute } from '../route';
import { readSqlRequest } from './sql-request';
import { v0Authenticated } from './v0-caller';

export interface SqlRouterDependencies {
  readonly engine: SqlEngine;
  readonly verifier: TokenVerifier;
  readonly limits: BodyLimits;
  /** Bytes of results that may wait for callers to take them, all together. */
  readonly maxWaitingBytes: number;
}

/** `GET` and `POST /v0/sql`: Tinybird's Query API. */
export function sqlRouter({ engine, verifier, limits, maxWaitingBytes }: SqlRouterDependencies): Router {
  const router = Router();
  const waiting = new IncomingBytes(maxWaitingBytes);
  const handler: AuthenticatedHandler = async ({ scopes }, request, response) => {
    const asked = await readSqlRequest(request, limits);
    const mayRead = (name: string): boolean => scopes.mayRead(name);
    const signal = untilClosed(response);
    const result = await engine.query({ ...asked, mayRead, signal }).catch((error: unknown) => {
      if (!signal.aborted) throw error;
      return undefined;
    });
    // Nobody is left to be answered, with the result or with an error.
    if (result === undefined || signal.aborted) return;
    send(request, response, result, waiting);
  };
  const query = v0Authenticated(verifier, handler);
  addRoute(router, /^\/v0\/sql$/, { GET: query, POST: query });
  return router;
}

/** Aborted when the caller goes away before there is an answer. */
function untilClosed(response: Response): AbortSignal {
  const controller = new AbortController();
  if (response.closed) controller.abort();
  response.on('close', () => {
    if (!response.writableEnded) controller.abort();
  });
  return controller.signal;
}

/** The pieces go out as they are. How much of them slow callers can make the server keep is bounded. */
function send(
  request: Request,
  response: Response,
  { contentType, chunks, bytes }: SqlResult,
  waiting: IncomingBytes,
): void {
  if (!waiting.take(bytes)) {
    throw new WriterHubError('store_busy', 'too many results wait for callers to take them; try again in a second');
  }
  response.on('close', () => {
    waiting.release(bytes);
  });
  response.setHeader('Content-Type', contentType);
  response.setHeader('Content-Length', bytes);
  if (request.method !== 'HEAD') for (const chunk of chunks) response.write(chunk);
  response.end();
}
