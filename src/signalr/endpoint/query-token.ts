import type { IncomingMessage } from 'node:http';

/**
 * Whether a request may carry its token in the query, as `access_token`: only where a browser cannot set headers, which
 * is for a WebSocket and an event stream. All other requests use a header, so that proxies do not log tokens
 * needlessly.
 */
export function mayCarryTokenInQuery({ method, headers }: Pick<IncomingMessage, 'method' | 'headers'>): boolean {
  if (method !== 'GET') return false;
  return headers.upgrade?.toLowerCase() === 'websocket' || acceptsEventStream(headers.accept);
}

/** Whether a request asks for Server-Sent Events. */
export function acceptsEventStream(accept: string | undefined): boolean {
  return accept !== undefined && /(^|,)\s*text\/event-stream\s*(;|,|$)/i.test(accept);
}
