import type { IncomingMessage } from 'node:http';

/**
 * Whether a token may stand in the query `access_token` of a request: where a browser cannot send a header, which is a WebSocket and an event
 * stream. Clients send all others with a header, so that no token gets into the logs of proxies without need.
 */
export function mayCarryTokenInQuery({ method, headers }: Pick<IncomingMessage, 'method' | 'headers'>): boolean {
  if (method !== 'GET') return false;
  return headers.upgrade?.toLowerCase() === 'websocket' || acceptsEventStream(headers.accept);
}

/** Whether a request asks for Server-Sent Events. */
export function acceptsEventStream(accept: string | undefined): boolean {
  return accept !== undefined && /(^|,)\s*text\/event-stream\s*(;|,|$)/i.test(accept);
}
