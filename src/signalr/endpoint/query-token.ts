import type { IncomingMessage } from 'node:http';
import { queryValue } from './negotiate';
import { splitUrl } from './request-path';

/**
 * Whether a request may carry its token in the query, as `access_token`: only where a browser cannot set headers, which
 * is for a WebSocket and an event stream. All other requests use a header, so that proxies do not log tokens
 * needlessly.
 */
export function mayCarryTokenInQuery({ method, headers }: Pick<IncomingMessage, 'method' | 'headers'>): boolean {
  if (method !== 'GET') return false;
  return headers.upgrade?.toLowerCase() === 'websocket' || acceptsEventStream(headers.accept);
}

/** The bearer token of a request: of its `Authorization`, or of its query where it may carry one there. RFC 6750, 2. */
export function bearerTokenOf(request: Pick<IncomingMessage, 'method' | 'headers' | 'url'>): string | undefined {
  const { authorization } = request.headers;
  if (authorization !== undefined) return /^Bearer +(\S+)\s*$/i.exec(authorization)?.[1];
  if (!mayCarryTokenInQuery(request)) return undefined;
  return queryValue(splitUrl(request).query, 'access_token');
}

/** Whether a request asks for Server-Sent Events. */
export function acceptsEventStream(accept: string | undefined): boolean {
  return accept !== undefined && /(^|,)\s*text\/event-stream\s*(;|,|$)/i.test(accept);
}
