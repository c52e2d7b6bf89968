import type { IncomingMessage, ServerResponse } from 'node:http';
import { keyOwner } from '../../auth/principal';
import type { TokenVerifier } from '../../auth/token-verifier';
import type { RowIntake } from '../../datasources/row-intake';
import { WriterHubError } from '../../errors';
import { readBody, type BodyLimits } from '../body';
import { endOfTurn } from '../end-of-turn';
import { idempotencyKey } from '../idempotency-header';
import type { RateLimits, RateStanding, Sender } from '../rate-limits';
import { inOrder } from '../request-order';
import { eventsQuery, type EventsQuery } from './events-query';
import { v0Token } from './v0-caller';

export interface EventsEndpointDependencies {
  readonly intake: RowIntake;
  readonly verifier: TokenVerifier;
  readonly limits: BodyLimits;
  /** `undefined`: nothing is limited. */
  readonly rates: RateLimits | undefined;
}

const PATH = '/v0/events';

/** Whether rows are posted. This route stands in front of Express, which would cost several times what storing a row does. */
export function isEventsPost({ method, url = '' }: IncomingMessage): boolean {
  return method === 'POST' && url.startsWith(PATH) && (url.length === PATH.length || url[PATH.length] === '?');
}

/** `POST /v0/events`: checks rows, has them stored, and answers 200 after the commit with `wait=true`, else 202. */
export async function postEvents(
  request: IncomingMessage,
  response: ServerResponse,
  dependencies: EventsEndpointDependencies,
): Promise<void> {
  const { wait, answer } = await inOrder(request, (before) => takeIn(request, response, dependencies, before));
  const text = await answer;
  // Answers that go out together wake their receivers together: with many senders that saves a quarter of the time a request takes.
  if (!wait) await endOfTurn();
  response.writeHead(wait ? 200 : 202, {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(text),
  });
  response.end(text);
}

/** Hands the rows over, once the request before this one on the socket has done so. What stays to be waited for is the answer. */
async function takeIn(
  request: IncomingMessage,
  response: ServerResponse,
  { intake, verifier, limits, rates }: EventsEndpointDependencies,
  before: Promise<unknown> | undefined,
): Promise<{ wait: boolean; answer: Promise<string> }> {
  const token = v0Token(request);
  const found = verifier.verify(token);
  const principal = found instanceof Promise ? await found : found;
  const { scopes } = principal;
  const { name, wait, format } = readQuery(request, response);
  intake.check(scopes, name);
  const key = idempotencyKey(request);
  const sender: Sender = { token, dataSource: name };
  if (rates !== undefined) admit(response, await rates.countRequest(sender));
  const body = await readBody(request, limits);
  if (rates !== undefined) admit(response, await rates.countBytes(sender, body.length));
  if (before !== undefined) await Promise.allSettled([before]);
  const subject = key === undefined ? '' : keyOwner(principal);
  return { wait, answer: intake.take(scopes, { name, body, format, wait, idempotencyKey: key, subject }) };
}

function readQuery(request: IncomingMessage, response: ServerResponse): EventsQuery {
  const query = eventsQuery(request.url ?? '');
  if (query.vercelVerify !== undefined) response.setHeader('x-vercel-verify', query.vercelVerify);
  return query;
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
