import { type ClientRequest, type IncomingMessage, request as openRequest, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Clock } from '../../clock';
import type { Logger } from '../../logger';
import { type HttpResponse, serializeResponse, textResponse, writeResponse } from '../../transports/http-response';
import type { LiveServer } from '../server-registry';
import type { SharedKeys } from '../shared-keys';
import type { ConnectionTokens } from './connection-tokens';
import { ENVELOPE_HEADER, sealEnvelope } from './envelope';
import { endToEndHeaders } from './hop-headers';

/** The greatest head of a response of another server. */
const LARGEST_HEAD = 64 * 1024;
/** How much of the body of a refused upgrade is passed on. */
const LARGEST_REFUSAL = 4 * 1024;

const NO_CONNECTION = textResponse(404, 'No Connection with that ID');
const UNREACHABLE = textResponse(502, 'The server of the connection cannot be reached');

/** A request that waits for its answer, or the socket that a WebSocket goes on with. */
interface UnderWay {
  destroy(error: Error): unknown;
  once(event: 'close', listener: () => void): unknown;
}

/** What forwarding needs to know of its server. */
export interface ForwarderHost {
  readonly tokens: ConnectionTokens;
  readonly keys: SharedKeys;
  readonly clock: Clock;
  readonly logger: Logger;
  /** How long another server may take to accept a connection, in milliseconds. */
  readonly serverTimeout: number;
  /** Another server, as soon as it can be known whether it is there. */
  locate(server: string): Promise<LiveServer | undefined>;
}

/**
 * Passes requests on to the server that their connection is of. Each has a connection of its own and is sent once: what
 * may have arrived is never repeated.
 */
export class Forwarder {
  readonly #host: ForwarderHost;
  /** What is under way, by the server it goes to. */
  readonly #underWay = new Map<string, Set<UnderWay>>();

  constructor(host: ForwarderHost) {
    this.#host = host;
  }

  /** How many requests are on their way. */
  get size(): number {
    let size = 0;
    for (const streams of this.#underWay.values()) size += streams.size;
    return size;
  }

  /** The other server that answers for a token; `undefined` when this one does. */
  ownerOf(token: string): string | undefined {
    return this.#host.tokens.otherServerOf(token);
  }

  /** Has another server answer a request. */
  async forward(request: IncomingMessage, response: ServerResponse, owner: string): Promise<void> {
    const server = await this.#host.locate(owner);
    if (response.destroyed) return;
    if (server?.address === undefined) {
      writeResponse(response, NO_CONNECTION);
      return;
    }
    const onward = this.#open(request, server, {});
    onward.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, endToEndHeaders(answer));
      answer.on('error', () => response.destroy());
      // An answer that breaks off must not look complete.
      answer.on('close', () => {
        if (!answer.complete) response.destroy();
      });
      answer.pipe(response);
    });
    onward.on('error', (error) => {
      this.#logFailure(error, owner);
      writeResponse(response, responseTo(error));
      if (!response.writableEnded) response.destroy();
    });
    response.on('error', () => onward.destroy());
    response.on('close', () => onward.destroy());
    request.on('error', () => onward.destroy());
    request.pipe(onward);
  }

  /** Has another server take a WebSocket, and passes on its bytes both ways. `head` was read behind the request. */
  async forwardUpgrade(
    { request, socket, head }: { readonly request: IncomingMessage; readonly socket: Duplex; readonly head: Buffer },
    owner: string,
  ): Promise<void> {
    // A reset must never become an uncaught error, whatever state this is in.
    socket.on('error', () => undefined);
    const server = await this.#host.locate(owner);
    if (socket.destroyed) return;
    if (server?.address === undefined) {
      refuse(socket, NO_CONNECTION);
      return;
    }
    const onward = this.#open(request, server, { connection: 'Upgrade', upgrade: request.headers.upgrade ?? '' });
    const abandon = (): void => void onward.destroy();
    socket.once('close', abandon);
    onward.on('upgrade', (answer, far, farHead) => {
      socket.off('close', abandon);
      far.on('error', () => undefined);
      socket.write(responseHead(answer));
      if (farHead.length > 0) socket.write(farHead);
      if (head.length > 0) far.write(head);
      this.#join(socket, far);
      // The request itself has ended by now.
      this.#keepUntilClosed(far, owner);
    });
    onward.on('response', (answer) => {
      void passRefusalOn(answer, socket);
    });
    onward.on('error', (error) => {
      this.#logFailure(error, owner);
      if (!socket.writableEnded) refuse(socket, responseTo(error));
    });
    onward.end();
  }

  /** A server is gone: what was sent to it is not answered any more. */
  onGone(owner: string): void {
    for (const stream of this.#underWay.get(owner) ?? []) stream.destroy(new Error('the server is gone'));
  }

  close(): void {
    for (const owner of this.#underWay.keys()) this.onGone(owner);
  }

  /** Passes the bytes of two sockets on to each other until one of them ends. */
  #join(near: Duplex, far: Duplex): void {
    near.pipe(far);
    far.pipe(near);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      from.once('error', () => to.destroy());
      from.once('close', () => {
        if (to.destroyed) return;
        // What was written before is still sent, as long as the peer takes it.
        const stopTimer = this.#host.clock.every(this.#host.serverTimeout, () => to.destroy());
        to.once('close', stopTimer);
        to.end(() => to.destroy());
      });
    }
  }

  #open(request: IncomingMessage, server: LiveServer, headers: Readonly<Record<string, string>>): ClientRequest {
    const { keys, clock, serverTimeout } = this.#host;
    const framing = request.headers['transfer-encoding'] === undefined ? {} : { 'transfer-encoding': 'chunked' };
    const { hostname, port } = new URL(`http://${server.address!}`);
    const onward = openRequest({
      host: hostname.replace(/^\[|\]$/g, ''),
      port,
      method: request.method,
      path: request.url,
      agent: false,
      maxHeaderSize: LARGEST_HEAD,
      headers: {
        ...endToEndHeaders(request),
        ...framing,
        ...headers,
        [ENVELOPE_HEADER]: sealEnvelope(request, server.id, keys),
      },
    });
    const stopTimer = clock.every(serverTimeout, () => {
      onward.destroy(new Error('the server does not accept connections'));
    });
    onward.once('socket', (socket) => socket.once('connect', stopTimer));
    onward.once('close', stopTimer);
    this.#keepUntilClosed(onward, server.id);
    return onward;
  }

  #keepUntilClosed(stream: UnderWay, owner: string): void {
    let streams = this.#underWay.get(owner);
    if (streams === undefined) this.#underWay.set(owner, (streams = new Set()));
    streams.add(stream);
    stream.once('close', () => {
      streams.delete(stream);
      if (streams.size === 0 && this.#underWay.get(owner) === streams) this.#underWay.delete(owner);
    });
  }

  #logFailure(error: Error, owner: string): void {
    this.#host.logger.debug({ err: error, server: owner }, 'forwarding a request failed');
  }
}

/** Who refuses connections is not there any more; of anything else it is not known what has become. */
function responseTo(error: Error): HttpResponse {
  return (error as NodeJS.ErrnoException).code === 'ECONNREFUSED' ? NO_CONNECTION : UNREACHABLE;
}

function refuse(socket: Duplex, response: HttpResponse): void {
  socket.once('finish', () => socket.destroy());
  socket.end(serializeResponse(response));
}

function responseHead({ statusCode, statusMessage, rawHeaders }: IncomingMessage): string {
  const lines = [`HTTP/1.1 ${statusCode ?? 101} ${statusMessage ?? ''}`];
  for (let at = 0; at < rawHeaders.length; at += 2) lines.push(`${rawHeaders[at]!}: ${rawHeaders[at + 1]!}`);
  return `${lines.join('\r\n')}\r\n\r\n`;
}

async function passRefusalOn(answer: IncomingMessage, socket: Duplex): Promise<void> {
  let body = '';
  try {
    for await (const chunk of answer) body = (body + String(chunk)).slice(0, LARGEST_REFUSAL);
  } catch {
    // What has come of the reason is passed on.
  }
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(endToEndHeaders(answer))) {
    if (name !== 'content-length' && value !== undefined) headers[name] = String(value);
  }
  refuse(socket, { status: answer.statusCode ?? 502, headers, body });
}
