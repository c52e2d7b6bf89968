import type { Request, Response } from 'express';
import { WriterHubError } from '../../errors';
import type { SqlResult } from '../../store/contract/sql-engine';
import type { ByteBudget } from '../../limits/byte-budget';
import type { AuthenticatedHandler } from '../route';
import type { RouteContext } from '../route-context';
import { readSqlRequest } from './sql-request';

/** `GET` and `POST /v0/sql`, as in Tinybird's Query API; `undefined` if the store has no SQL. */
export function sqlQuery({
  engine,
  bodies,
  waitingResults,
}: Pick<RouteContext, 'engine' | 'bodies' | 'waitingResults'>): AuthenticatedHandler | undefined {
  if (engine === undefined) return undefined;
  return async ({ scopes, holder }, request, response) => {
    const asked = await readSqlRequest(request, bodies);
    const mayRead = (name: string): boolean => scopes.mayRead(name);
    const signal = untilClosed(response);
    const result = await engine.query({ ...asked, mayRead, holder, signal }).catch((error: unknown) => {
      if (!signal.aborted) throw error;
      return undefined;
    });
    // The caller has gone: there is nobody to answer.
    if (result === undefined || signal.aborted) return;
    send(request, response, result, waitingResults);
  };
}

/** A signal that is aborted if the caller disconnects before it is answered. */
function untilClosed(response: Response): AbortSignal {
  const controller = new AbortController();
  if (response.closed) controller.abort();
  response.on('close', () => {
    if (!response.writableEnded) controller.abort();
  });
  return controller.signal;
}

/** Sends a result. What slow callers can make the server keep is bounded: throws `store_busy` beyond it. */
function send(
  request: Request,
  response: Response,
  { contentType, chunks, bytes }: SqlResult,
  waiting: ByteBudget,
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
