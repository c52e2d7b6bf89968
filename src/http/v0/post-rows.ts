import type { IncomingMessage, ServerResponse } from 'node:http';
import { keyOwner, topicHolder } from '../../auth/principal';
import { WriterHubError } from '../../errors';
import { CheckPhase } from '../check-phase';
import { idempotencyKey } from '../idempotency-header';
import type { RateStatus, Sender } from '../rate-limits';
import type { KnownParameters } from '../known-parameters';
import type { DirectHandler } from '../route';
import type { RouteContext } from '../route-context';
import { EventsQueries } from './events-query';
import { findEventsApiToken } from './events-api-token';

/** `POST /v0/events`: checks and stores rows. Answers 200 after the commit with `wait=true`, otherwise 202. */
export function postRows(
  {
    intake,
    callers,
    bodies,
    requestOrder,
    rates,
  }: Pick<RouteContext, 'intake' | 'callers' | 'bodies' | 'requestOrder' | 'rates'>,
  query: KnownParameters,
): DirectHandler {
  const queries = new EventsQueries(query);
  const checkPhase = new CheckPhase();

  /**
   * Resolves once the rows are passed on, in the order of the socket's requests; `answer` resolves with the text to
   * send.
   */
  const submit = async (
    request: IncomingMessage,
    response: ServerResponse,
    before: Promise<unknown> | undefined,
  ): Promise<{ wait: boolean; answer: Promise<string> }> => {
    const token = findEventsApiToken(request);
    const found = callers.identify(request, token);
    const principal = found instanceof Promise ? await found : found;
    const { scopes, holder } = principal;
    const { name, wait, format, vercelVerify } = queries.parse(request.url ?? '');
    if (vercelVerify !== undefined) response.setHeader('x-vercel-verify', vercelVerify);
    intake.check(scopes, name, holder);
    const key = idempotencyKey(request);
    const sender: Sender = { token, dataSource: name };
    if (rates.isLimited) applyRateLimit(response, await rates.countRequest(sender));
    const body = await bodies.read({ request, response, holder });
    if (rates.isLimited) applyRateLimit(response, await rates.countBytes(sender, body.length));
    if (before !== undefined) await Promise.allSettled([before]);
    const subject = key === undefined ? '' : keyOwner(principal);
    return {
      wait,
      answer: intake.take(scopes, {
        name,
        body,
        format,
        wait,
        idempotencyKey: key,
        subject,
        holder,
        creator: topicHolder(principal),
        sender: request.socket,
        owned: true,
      }),
    };
  };

  return async (request, response) => {
    const { wait, answer } = await requestOrder.submit(request, (before) => submit(request, response, before));
    const text = await answer;
    // Answers that are sent together wake their receivers together. With many senders that saves a quarter of a
    // request's time.
    if (!wait) await checkPhase.next();
    response.writeHead(wait ? 200 : 202, {
      'Content-Type': 'application/json',
      'Content-Length': Buffer.byteLength(text),
    });
    response.end(text);
  };
}

/** Reports the status in headers, in whole seconds, and throws `rate_limited` if the sender has to wait. */
function applyRateLimit(response: ServerResponse, status: RateStatus | undefined): void {
  if (status === undefined) return;
  const { label, limit, remaining, resetIn, refused } = status;
  const seconds = Math.max(1, Math.ceil(resetIn / 1000));
  if (refused || !response.hasHeader('X-RateLimit-Limit')) {
    response.setHeader('X-RateLimit-Limit', limit);
    response.setHeader('X-RateLimit-Remaining', remaining);
    response.setHeader('X-RateLimit-Reset', seconds);
  }
  if (!refused) return;
  response.setHeader('Retry-After', seconds);
  throw new WriterHubError('rate_limited', `more than ${limit} ${label}; try again in ${seconds} s`);
}
