import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Server as TlsServer } from 'node:https';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { WriterHubError } from '../errors';
import { BROKEN_BODY } from './body-errors';
import { pathOf } from './request-target';
import { hasBody } from './slow-requests';
import { answerOf, askedIn, type ClientError, corsHeaders, detailOf, originIn, statusOf } from './raw-answer';
import { isEventsApiPath } from './v0/events-api-error';
import type { OriginPolicy } from './origins';

/** How long a refused client may go on sending before its connection is cut, in milliseconds. */
const LINGER = 1000;

/** Errors of bytes that do not even begin like a request: they belong to the body in front of them. */
const BEGINS_NO_REQUEST = new Set(['HPE_INVALID_METHOD', 'HPE_INVALID_CONSTANT']);

/** Answers a request with an error, in the form of its route. */
export type AnswerError = (response: ServerResponse, error: WriterHubError) => void;

/** A request that was refused before it was one. */
export interface UnreadRequest {
  readonly socket: Socket;
  readonly status: number;
  /** That of the parser. */
  readonly code: string | undefined;
  /** What the answer says. */
  readonly reason: string;
  /** As far as they could be read. */
  readonly method?: string;
  readonly path?: string;
}

/** What is to become of requests that cannot be read. */
export interface ClientErrorHooks {
  /** Answers a request whose body breaks; absent: that is done in words of this file. */
  readonly fail?: AnswerError;
  /** Called with each that is refused by itself, not as the end of another one. */
  readonly onRefused?: (refused: UnreadRequest) => void;
}

/**
 * Answers requests that are not HTTP, too long or too slow with a body that says so, like those of all other errors.
 * What is complete in front of them on the connection is answered first, since it may have been stored.
 */
export function answerClientErrors(
  server: Server | TlsServer,
  policy: OriginPolicy,
  { fail, onRefused }: ClientErrorHooks = {},
): void {
  const latest = new WeakMap<Duplex, ServerResponse>();
  /** The last request of sockets that were answered before its body was complete. */
  const early = new WeakMap<Duplex, WeakRef<IncomingMessage>>();
  const refused = new WeakSet<Duplex>();
  /** Where the last request of a connection came from, for one whose headers cannot be read. */
  const origins = new WeakMap<Duplex, string>();
  /** What has been answered would keep its body for as long as the connection stays open without another request. */
  function forget(this: ServerResponse): void {
    const { socket, complete } = this.req;
    if (latest.get(socket) !== this) return;
    latest.delete(socket);
    if (!complete) early.set(socket, new WeakRef(this.req));
  }
  server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
    const { socket, headers } = request;
    latest.set(socket, response);
    early.delete(socket);
    if (headers.origin !== undefined) origins.set(socket, headers.origin);
    response.on('close', forget);
  });
  server.on('clientError', (error: ClientError, socket: Socket) => {
    // After a request that could not be parsed, nothing on the connection can be.
    if (refused.has(socket) && error.code !== 'ECONNRESET') return;
    const status = statusOf(error);
    const response = latest.get(socket);
    if (status === undefined || !socket.writable || (response !== undefined && isStreaming(response))) {
      socket.destroy();
      return;
    }
    refused.add(socket);
    const headers = corsHeaders(originIn(error.rawPacket) ?? origins.get(socket), policy);
    const answer = (isV0?: boolean): string => {
      onRefused?.({ socket, status, code: error.code, reason: detailOf(status, error), ...askedIn(error.rawPacket) });
      return answerOf(status, { error, headers, isV0 });
    };
    if (response !== undefined) answerBehind(response, { error, socket, answer, fail });
    // A request is not answered twice.
    else if (early.has(socket) && early.get(socket)?.deref()?.complete !== true) endGently(socket);
    else endGently(socket, answer());
  });
}

/** A request that cannot be read behind one that is being answered, or whose body cannot. */
interface Unreadable {
  readonly error: ClientError;
  readonly socket: Socket;
  /** The text of the answer that tells of it. `isV0`: it comes behind a request for the Events API. */
  readonly answer: (isV0?: boolean) => string;
  readonly fail: AnswerError | undefined;
}

/** Ends a connection after its last answer, which tells of an error if it can still do so. */
function answerBehind(response: ServerResponse, { error, socket, answer, fail }: Unreadable): void {
  const { req: request } = response;
  const { complete } = request;
  if (!complete && !response.headersSent && fail === undefined) {
    endGently(socket, answer());
    return;
  }
  let isTold = !complete;
  const closeBehind = (): void => {
    isTold = true;
    if (response.headersSent) return;
    response.setHeader('Connection', 'close');
    // Node.js would cut the connection as soon as the answer has been sent.
    socket.destroySoon = () => {
      endGently(socket);
    };
  };
  const isV0 = isEventsApiPath(pathOf(request));
  response.once('close', () => {
    endGently(socket, isTold ? undefined : answer(isV0));
  });
  if (complete) refuseSurplus(request, error, closeBehind);
  else if (!response.headersSent) {
    closeBehind();
    const broken = brokenBody(request, error);
    if (!request.emit(BROKEN_BODY, broken)) fail?.(response, broken);
    // Node.js forgets a request that has been answered, and whoever reads its body would wait for ever.
    socket.once('close', () => request.destroy());
  }
}

/** Whether an answer is under way to which more will be added: it may take for ever. */
function isStreaming({ headersSent, writableEnded }: ServerResponse): boolean {
  return headersSent && !writableEnded;
}

/**
 * Tells whoever reads the body of a request, now or soon, that more bytes follow than were announced, unless it has
 * been passed on already. Calls `onTold` before.
 */
function refuseSurplus(request: IncomingMessage, { code, reason, message }: ClientError, onTold: () => void): void {
  if (!BEGINS_NO_REQUEST.has(code ?? '') || !hasBody(request) || request.readableEnded) return;
  const length = request.headers['content-length'];
  const end =
    length === undefined
      ? 'the last chunk of the body'
      : `the ${length} bytes of Content-Length, which counts bytes, not characters`;
  const why = `more follows that is no request, behind ${end}: ${reason ?? message}`;
  const error = new WriterHubError('malformed_body', why);
  const tell = (): void => {
    onTold();
    request.emit(BROKEN_BODY, error);
  };
  if (request.listenerCount(BROKEN_BODY) > 0) tell();
  else {
    request.on('newListener', (name) => {
      if (name === BROKEN_BODY) process.nextTick(tell);
    });
  }
}

function brokenBody({ headers }: IncomingMessage, { code, reason, message }: ClientError): WriterHubError {
  if (code !== 'HPE_INVALID_EOF_STATE') {
    return new WriterHubError('malformed_body', `the body is not HTTP/1.1: ${reason ?? message}`);
  }
  const length = headers['content-length'];
  const wanted = length === undefined ? 'before its last chunk' : `before the ${length} bytes of Content-Length`;
  return new WriterHubError('malformed_body', `the body ended early: the sender closed ${wanted} had come`);
}

/** Ends a connection with a last text, and leaves its client the time to read it. */
function endGently(socket: Socket, text?: string): void {
  if (text === undefined) socket.end();
  else socket.end(text);
  // Cutting a connection while bytes are arriving resets it, and the answer may be lost.
  const cut = setTimeout(() => socket.destroy(), LINGER);
  socket.once('close', () => {
    clearTimeout(cut);
  });
}
