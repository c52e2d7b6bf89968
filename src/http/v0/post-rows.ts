import type { IncomingMessage, ServerResponse } from 'node:http';
import { keyOwner } from '../../auth/principal';
import { WriterHubError } from '../../errors';
import { CheckPhase } from '../check-phase';
import { idempotencyKey } from '../idempotency-header';
import type { RateStanding, Sender } from '../rate-limits';
import type { DirectHandler } from '../routes/route';
import type { RouteContext } from '../routes/route-context';
import { EventsQueries } from './events-query';
import { v0Token } from './v0-token';

/** `POST /v0/events`: checks rows, has them stored, and answers 200 after the commit with `wait=true`, else 202. */
export function postRows({
  intake,
  verifier,
  bodies,
  requestOrder,
  rates,
}: Pick<RouteContext, 'intake' | 'verifier' | 'bodies' | 'requestOrder' | 'rates'>): DirectHandler {
  const queries = new EventsQueries();
  const checkPhase = new CheckPhase();

  /** Hands the rows over once the request before on the socket has handed over its own. What is left to wait for is the answer. */
  const submit = async (
    request: IncomingMessage,
    response: ServerResponse,
    before: Promise<unknown> | undefined,
  ): Promise<{ wait: boolean; answer: Promise<string> }> => {
    const token = v0Token(request);
    const found = verifier.verify(token);
    const principal = found instanceof Promise ? await found : found;
    const { scopes } = principal;
    const { name, wait, format, vercelVerify } = queries.parse(request.url ?? '');
    if (vercelVerify !== undefined) response.setHeader('x-vercel-verify', vercelVerify);
    intake.check(scopes, name);
    const key = idempotencyKey(request);
    const sender: Sender = { token, dataSource: name };
    if (rates !== undefined) admit(response, await rates.countRequest(sender));
    const body = await bodies.read(request);
    if (rates !== undefined) admit(response, await rates.countBytes(sender, body.length));
    if (before !== undefined) await Promise.allSettled([before]);
    const subject = key === undefined ? '' : keyOwner(principal);
    return { wait, answer: intake.take(scopes, { name, body, format, wait, idempotencyKey: key, subject }) };
  };

  return async (request, response) => {
    const { wait, answer } = await requestOrder.submit(request, (before) => submit(request, response, before));
    const text = await answer;
    // Answers that go out together wake their receivers together: with many senders that saves a quarter of the time of a request.
    if (!wait) await checkPhase.next();
    response.writeHead(wait ? 200 : 202, {
      'Content-Type': 'application/json',
      'Content-Length': Buffer.byteLength(text),
    });
    response.end(text);
  };
}

/** Tells the sender where it stands, in whole seconds, and throws `rate_limited` when it has to wait. */
function admit(response: ServerResponse, standing: RateStanding | undefined): void {
  if (standing === undefined) return;
  const { noun, limit, remaining, resetIn, refused } = standing;
  const seconds = Math.max(1, Math.ceil(resetIn / 1000));
  if (refused || !response.hasHeader('X-RateLimit-Limit')) {
    response.setHeader('X-RateLimit-Limit', limit);
    response.setHeader('X-RateLimit-Remaining', remaining);
    response.setHeader('X-RateLimit-Reset', seconds);
  }
  if (!refused) return;
  response.setHeader('Retry-After', seconds);
  throw new WriterHubError('rate_limited', `more than ${limit} ${noun}; try again in ${seconds} s`);
}
