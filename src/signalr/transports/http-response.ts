import { type ServerResponse, STATUS_CODES } from 'node:http';

/** A complete HTTP response, however it will be sent. */
export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Headers that keep caches from storing a response. */
export const NO_CACHE_HEADERS = {
  'Cache-Control': 'no-cache, no-store',
  Pragma: 'no-cache',
  Expires: 'Thu, 01 Jan 1970 00:00:00 GMT',
} as const;

/** A response without a body. */
export function emptyResponse(status: number, headers: HttpResponse['headers'] = {}): HttpResponse {
  return { status, headers, body: '' };
}

/** A response in plain text. */
export function textResponse(status: number, body: string, headers: HttpResponse['headers'] = {}): HttpResponse {
  return { status, headers: { ...headers, 'Content-Type': 'text/plain' }, body };
}

/** A response in JSON. */
export function jsonResponse(body: string): HttpResponse {
  return { status: 200, headers: { 'Content-Type': 'application/json' }, body };
}

/** Sends a response. Does nothing when the client is gone or was answered already. */
export function writeResponse(response: ServerResponse, { status, headers, body }: HttpResponse): void {
  if (response.headersSent || response.destroyed) return;
  // RFC 9110, 8.6: a 204 has no content, and no Content-Length.
  const length = status === 204 ? {} : { 'Content-Length': Buffer.byteLength(body) };
  response.writeHead(status, { ...headers, ...length });
  response.end(body);
}

/** A response as text for a bare socket, which it closes. */
export function serializeResponse({ status, headers, body }: HttpResponse): string {
  const fields = Object.entries({ ...headers, 'Content-Length': String(Buffer.byteLength(body)), Connection: 'close' });
  const lines = fields.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines}\r\n${body}`;
}
