import type { Response } from 'express';
import { WriterHubError } from '../../errors';
import type { AuthenticatedHandler } from '../route';
import type { RouteContext } from '../route-context';
import { readSqlRequest } from './sql-request';

/** How many times the text of a query its body may be: a form writes most signs as three. */
const SPACED = 4;

/** `GET` and `POST /v0/sql`, as in Tinybird's Query API; `undefined` if the store has no SQL. */
export function sqlQuery({
  engine,
  bodies,
  answers,
  limits,
  onStrike,
}: Pick<RouteContext, 'engine' | 'bodies' | 'answers' | 'limits' | 'onStrike'>): AuthenticatedHandler | undefined {
  if (engine === undefined) return undefined;
  return async ({ scopes, holder }, request, response) => {
    if (scopes.isEmpty) throw new WriterHubError('forbidden', 'the token has no scope of this server');
    const owner = { request, response, holder, maxBytes: SPACED * limits.maxSqlBytes };
    const asked = await readSqlRequest(owner, bodies, engine.formats);
    const mayRead = (name: string): boolean => scopes.mayRead(name);
    const signal = untilClosed(response);
    const result = await engine.query({ ...asked, mayRead, holder, signal }).catch((error: unknown) => {
      if (signal.aborted) return undefined;
      if (error instanceof WriterHubError && error.code === 'over_share') onStrike('queries', holder);
      throw error;
    });
    // The caller has gone: there is nobody to answer.
    if (result === undefined || signal.aborted) return;
    const { contentType, chunks, bytes } = result;
    answers.reserve(response, holder, bytes);
    response.setHeader('Content-Type', contentType);
    response.setHeader('Content-Length', bytes);
    answers.send(response, holder, chunks);
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
