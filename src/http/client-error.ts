import { STATUS_CODES, maxHeaderSize, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Server as TlsServer } from 'node:https';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { OriginPolicy } from './origins';
import { DOCUMENTATION_PATH } from './v0/events-api-error';

/** Node.js's error for a request that it cannot parse. */
interface ClientError extends Error {
  readonly code?: string;
  readonly reason?: string;
  /** The bytes that could not be parsed. */
  readonly rawPacket?: Buffer;
}

/** How long a refused client may go on sending before its connection is cut, in milliseconds. */
const LINGER = 1000;

/** RFC 9112, section 3.2: a request line for the Events API, with its target in the origin or the absolute form. */
const V0_TARGET = /^[A-Z]+ (?:https?:\/\/[^/?\s]*)?\/v0[/?\s]/;

/**
 * Answers requests that are not HTTP, too long or too slow with a body that says so, like those of all other errors.
 */
export function answerClientErrors(server: Server | TlsServer, policy: OriginPolicy): void {
  const latest = new WeakMap<Duplex, ServerResponse>();
  const refused = new WeakSet<Duplex>();
  /** Where the last request of a connection came from, for one whose headers cannot be read. */
  const origins = new WeakMap<Duplex, string>();
  /** What has been answered would keep its body for as long as the connection stays open without another request. */
  function forget(this: ServerResponse): void {
    const { socket } = this.req;
    if (latest.get(socket) === this) latest.delete(socket);
  }
  server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
    latest.set(request.socket, response);
    if (request.headers.origin !== undefined) origins.set(request.socket, request.headers.origin);
    response.on('close', forget);
  });
  server.on('clientError', (error: ClientError, socket: Socket) => {
    // After a request that could not be parsed, nothing on the connection can be.
    if (refused.has(socket) && error.code !== 'ECONNRESET') return;
    const status = statusOf(error);
    if (status === undefined || !socket.writable || isAnswering(latest.get(socket))) {
      socket.destroy();
      return;
    }
    refused.add(socket);
    const origin = originIn(error.rawPacket) ?? origins.get(socket);
    socket.end(answerOf(status, error, corsHeaders(origin, policy)));
    // Cutting a connection while bytes are arriving resets it, and the answer may be lost.
    const cut = setTimeout(() => socket.destroy(), LINGER);
    socket.once('close', () => {
      clearTimeout(cut);
    });
  });
}

/**
 * Whether bytes sent now would be taken for part of an earlier answer, or for the answer to a request that was parsed.
 */
function isAnswering(response: ServerResponse | undefined): boolean {
  return response !== undefined && !response.writableFinished && (response.headersSent || response.req.complete);
}

/** The status Node.js itself would answer with; `undefined` for a connection that broke or never was HTTP. */
function statusOf({ code = '' }: ClientError): number | undefined {
  if (code === 'HPE_HEADER_OVERFLOW') return 431;
  if (code === 'HPE_CHUNK_EXTENSIONS_OVERFLOW') return 413;
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return 408;
  return code.startsWith('HPE_') ? 400 : undefined;
}

function answerOf(status: number, error: ClientError, headers: readonly string[]): string {
  const title = STATUS_CODES[status] ?? '';
  const detail = detailOf(status, error);
  const isV0 = V0_TARGET.test(error.rawPacket?.toString('latin1') ?? '');
  const body = JSON.stringify(
    isV0 ? { error: detail, documentation: DOCUMENTATION_PATH } : { type: 'about:blank', title, status, detail },
  );
  return [
    `HTTP/1.1 ${status} ${title}`,
    'Connection: close',
    `Content-Type: ${isV0 ? 'application/json' : 'application/problem+json'}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...headers,
    '',
    body,
  ].join('\r\n');
}

/** The origin in the headers of a request that could not be read to its end. */
function originIn(packet: Buffer | undefined): string | undefined {
  return /^origin:[ \t]*([\x21-\x7e]+)[ \t]*\r?$/im.exec(packet?.toString('latin1') ?? '')?.[1];
}

/**
 * Fetch standard: without these a page is told nothing but that its request failed. Where the origin is not known, any
 * may read the answer that may call at all, as long as it sends no credentials.
 */
function corsHeaders(origin: string | undefined, policy: OriginPolicy): string[] {
  if (origin === undefined) return policy.allowsAny ? ['Access-Control-Allow-Origin: *'] : [];
  if (!policy.allowsListed(origin)) return [];
  return [`Access-Control-Allow-Origin: ${origin}`, 'Access-Control-Allow-Credentials: true', 'Vary: Origin'];
}

function detailOf(status: number, { reason, message }: ClientError): string {
  if (status === 431) return `the headers of the request are longer than ${maxHeaderSize} bytes`;
  if (status === 408) return 'the request took too long to arrive';
  const why = reason ?? message;
  const hint = why.includes('url') ? '; in the target of a request all but ASCII is percent-encoded' : '';
  return `the request is not HTTP/1.1: ${why}${hint}`;
}
