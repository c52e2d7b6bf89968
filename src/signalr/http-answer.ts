import { STATUS_CODES } from 'node:http';

/** A complete answer to a request, before it is known how it is sent. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** An answer without a body. */
export function emptyAnswer(status: number, headers: HttpAnswer['headers'] = {}): HttpAnswer {
  return { status, headers, body: '' };
}

/** An answer in plain words. */
export function textAnswer(status: number, body: string): HttpAnswer {
  return { status, headers: { 'Content-Type': 'text/plain' }, body };
}

/** An answer in JSON. */
export function jsonAnswer(body: string): HttpAnswer {
  return { status: 200, headers: { 'Content-Type': 'application/json' }, body };
}

/** An answer as it goes over a bare socket, which it ends. */
export function serializeAnswer({ status, headers, body }: HttpAnswer): string {
  const fields = Object.entries({ ...headers, 'Content-Length': String(Buffer.byteLength(body)), Connection: 'close' });
  const lines = fields.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines}\r\n${body}`;
}
