import type { IncomingMessage, ServerResponse } from 'node:http';
import { keyOwner, topicHolder } from '../auth/principal';
import { findToken } from '../auth/token-finder';
import type { EventService } from '../events/event-service';
import { idempotencyKey } from './idempotency-header';
import type { KnownParameters } from './known-parameters';
import { readFlag } from './page-query';
import type { DirectHandler, PathMatch } from './route';
import type { RouteContext } from './route-context';

/** `POST …/data`: stores the body of a request in a stream and answers 200 with an empty body after the commit. */
export function postToStream(
  { callers, bodies, requestOrder }: Pick<RouteContext, 'callers' | 'bodies' | 'requestOrder'>,
  service: Pick<EventService, 'checkAppend' | 'append'>,
  query: KnownParameters,
): DirectHandler {
  /** Whether timestamps are refused that seem to be in another unit than nanoseconds. */
  const isStrict = (url = ''): boolean => {
    if (!url.includes('?')) return false;
    query.check(url);
    return readFlag(url, 'strict');
  };

  /** Resolves once the events are queued, in the order of the socket's requests; `stored` resolves after the commit. */
  const submit = async (
    request: IncomingMessage,
    response: ServerResponse,
    match: PathMatch,
    before: Promise<unknown> | undefined,
  ): Promise<{ stored: Promise<unknown> }> => {
    const topic = match[1]!;
    const streamId = match[2]!;
    const found = callers.identify(request, findToken(request));
    const principal = found instanceof Promise ? await found : found;
    const { scopes, holder } = principal;
    const strict = isStrict(request.url);
    service.checkAppend(scopes, { topic, streamId, holder }, 'refuse');
    const key = idempotencyKey(request);
    const keyed = key === undefined ? undefined : { idempotencyKey: key, subject: keyOwner(principal) };
    const text = await bodies.readJson({ request, response, holder });
    if (before !== undefined) await Promise.allSettled([before]);
    const creator = topicHolder(principal);
    const warn = (warning: string): void => {
      response.setHeader('Writer-Hub-Warning', warning);
    };
    const sender = request.socket;
    const posted = { topic, streamId, text, holder, creator, sender, owned: true, strict, warn, ...keyed };
    return { stored: service.append(scopes, posted, 'refuse') };
  };

  return async (request, response, match) => {
    const { stored } = await requestOrder.submit(request, (before) => submit(request, response, match, before));
    await stored;
    response.writeHead(200, { 'Content-Length': 0 });
    response.end();
  };
}
