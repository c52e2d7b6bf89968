import { type ServerResponse, STATUS_CODES } from 'node:http';

/** A complete answer to a request, before it is known how it is sent. */
export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Headers that keep every cache away from an answer. */
export const NO_CACHE_HEADERS = {
  'Cache-Control': 'no-cache, no-store',
  Pragma: 'no-cache',
  Expires: 'Thu, 01 Jan 1970 00:00:00 GMT',
} as const;

/** An answer without a body. */
export function emptyResponse(status: number, headers: HttpResponse['headers'] = {}): HttpResponse {
  return { status, headers, body: '' };
}

/** An answer in plain words. */
export function textResponse(status: number, body: string, headers: HttpResponse['headers'] = {}): HttpResponse {
  return { status, headers: { ...headers, 'Content-Type': 'text/plain' }, body };
}

/** An answer in JSON. */
export function jsonResponse(body: string): HttpResponse {
  return { status: 200, headers: { 'Content-Type': 'application/json' }, body };
}

/** Answers a request. Does nothing when its peer is gone or it was answered. */
export function writeResponse(response: ServerResponse, { status, headers, body }: HttpResponse): void {
  if (response.headersSent || response.destroyed) return;
  // RFC 9110, section 8.6: a 204 has no content and says nothing of its length.
  const length = status === 204 ? {} : { 'Content-Length': Buffer.byteLength(body) };
  response.writeHead(status, { ...headers, ...length });
  response.end(body);
}

/** An answer as it goes over a bare socket, which it ends. */
export function serializeResponse({ status, headers, body }: HttpResponse): string {
  const fields = Object.entries({ ...headers, 'Content-Length': String(Buffer.byteLength(body)), Connection: 'close' });
  const lines = fields.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines}\r\n${body}`;
}
