import type { Request, Response } from 'express';
import { WriterHubError } from '../../errors';
import type { SqlResult } from '../../store/contract/sql-engine';
import type { ByteBudget } from '../byte-budget';
import type { AuthenticatedHandler } from '../routes/route';
import type { RouteContext } from '../routes/route-context';
import { readSqlRequest } from './sql-request';

/** `GET` and `POST /v0/sql`: Tinybird's Query API; not there when the store has no SQL. */
export function sqlQuery({
  engine,
  bodies,
  waitingResults,
}: Pick<RouteContext, 'engine' | 'bodies' | 'waitingResults'>): AuthenticatedHandler | undefined {
  if (engine === undefined) return undefined;
  return async ({ scopes }, request, response) => {
    const asked = await readSqlRequest(request, bodies);
    const mayRead = (name: string): boolean => scopes.mayRead(name);
    const signal = untilClosed(response);
    const result = await engine.query({ ...asked, mayRead, signal }).catch((error: unknown) => {
      if (!signal.aborted) throw error;
      return undefined;
    });
    // Nobody is left to be answered, with the result or with an error.
    if (result === undefined || signal.aborted) return;
    send(request, response, result, waitingResults);
  };
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
