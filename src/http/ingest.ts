import type { IncomingMessage, ServerResponse } from 'node:http';
import { keyOwner } from '../auth/principal';
import { findToken } from '../auth/token-finder';
import type { TokenVerifier } from '../auth/token-verifier';
import { WriterHubError } from '../errors';
import type { EventService } from '../events/event-service';
import { readJsonBody, type BodyLimits } from './body';
import { idempotencyKey } from './idempotency-header';
import { inOrder } from './request-order';

export interface IngestDependencies {
  readonly service: EventService;
  readonly verifier: TokenVerifier;
  readonly limits: BodyLimits;
}

/** A stream that events are posted to, as its path names it. */
export interface IngestTarget {
  readonly topic: string;
  readonly streamId: string;
}

const EVENTS_PATH = /^\/topics\/([^/]*)\/streams\/([^/]*)\/events\/data$/;

/**
 * Where events are posted to, or `undefined` for every other request. This one route stands in front of Express,
 * which would cost several times what storing an event does.
 */
export function ingestTarget(request: IncomingMessage): IngestTarget | undefined {
  if (request.method !== 'POST') return undefined;
  const match = EVENTS_PATH.exec(pathOf(request));
  return match === null ? undefined : { topic: decodeSegment(match[1]!), streamId: decodeSegment(match[2]!) };
}

/** Stores the events of a request and answers 200 with an empty body, after the commit. */
export async function ingest(
  request: IncomingMessage,
  response: ServerResponse,
  target: IngestTarget,
  dependencies: IngestDependencies,
): Promise<void> {
  const { stored } = await inOrder(request, (before) => takeIn(request, target, dependencies, before));
  await stored;
  response.writeHead(200, { 'Content-Length': 0 });
  response.end();
}

/** Hands the events over, once the request before it has done so. What stays to be waited for is the commit. */
async function takeIn(
  request: IncomingMessage,
  { topic, streamId }: IngestTarget,
  { service, verifier, limits }: IngestDependencies,
  before: Promise<unknown> | undefined,
): Promise<{ stored: Promise<void> }> {
  const found = verifier.verify(findToken(request));
  const principal = found instanceof Promise ? await found : found;
  const { scopes } = principal;
  service.checkAppend(scopes, topic, streamId, 'refuse');
  const key = idempotencyKey(request);
  const keyed = key === undefined ? undefined : { idempotencyKey: key, subject: keyOwner(principal) };
  const text = await readJsonBody(request, limits);
  if (before !== undefined) await Promise.allSettled([before]);
  return { stored: service.append(scopes, { topic, streamId, text, ...keyed }, 'refuse') };
}

/** The path of a request without its query, as it was sent. */
export function pathOf(request: IncomingMessage): string {
  const url = request.url ?? '/';
  const query = url.indexOf('?');
  return query === -1 ? url : url.slice(0, query);
}

function decodeSegment(segment: string): string {
  if (!segment.includes('%')) return segment;
  try {
    return decodeURIComponent(segment);
  } catch (cause) {
    throw new WriterHubError('invalid_name', 'the path is not percent-encoded UTF-8', { cause });
  }
}
