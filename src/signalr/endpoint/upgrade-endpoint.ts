import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { NegotiatedConnection } from './negotiated-connections';
import { type RequestAuthenticator, identify } from './request-authenticator';
import type { Identity } from '../connection/hub-host';
import { type HttpResponse, textResponse } from '../transports/http-response';
import {
  checkCapacity,
  checkOffered,
  checkTransport,
  findConnection,
  type Sender,
  senderOf,
  type TransportHost,
} from './http-transports';
import { queryValue } from './negotiate';
import type { Authentication } from '../options';
import type { RequestForwarder, UpgradeRequest } from './request-forwarder';
import { splitUrl } from './request-path';
import { FrameWriter } from '../transports/frame-writer';
import { ReconnectableConnection } from '../transports/reconnectable';
import { createWebSocketServer, WebSocketConnection } from '../transports/websocket';
import { rejectUpgrade } from './upgrade-router';

const WEBSOCKET_VERSIONS = ['13', '8'];

const NOT_NEGOTIATED = { connection: undefined, errorResponse: undefined };

/** What upgrades need to know of their server. */
interface UpgradeHost<P> extends TransportHost<P> {
  /** Takes the upgrades of other servers' connections, if there are other servers. */
  readonly forwarder: RequestForwarder | undefined;
}

/** Turns upgrade requests to a hub into connections. */
export class UpgradeEndpoint<P> {
  readonly #webSockets;
  readonly #frames = new FrameWriter();
  readonly #host: UpgradeHost<P>;
  readonly #authenticator: RequestAuthenticator<P>;

  constructor(host: UpgradeHost<P>, authenticator: RequestAuthenticator<P>) {
    this.#host = host;
    this.#authenticator = authenticator;

    this.#webSockets = createWebSocketServer();
    this.#webSockets.on('wsClientError', (error, socket, request) => {
      this.#reject(request, socket, handshakeFault(request, error));
    });
  }

  /** Tells the application of a request that is refused. */
  readonly onRefused = (request: IncomingMessage, { status, body: reason }: HttpResponse): void => {
    this.#host.options.onRefused({ request, isUpgrade: true, status, reason });
  };

  /** Answers one upgrade request. */
  async handle(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const { forwarder } = this.#host;
    const owner = forwarder?.ownerOf(queryValue(splitUrl(request).query, 'id') ?? '');
    if (forwarder === undefined || owner === undefined) return this.handleForwarded(request, socket, head);
    return forwarder.forwardUpgrade({ request, socket, head }, owner);
  }

  /** Answers one upgrade request here, whatever its token says. */
  async handleForwarded(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    // Until the WebSocket listens, a reset by the peer must not become an uncaught error.
    const ignore = (): void => undefined;
    socket.on('error', ignore);
    const result = await this.#authenticator.authenticate(request);
    socket.off('error', ignore);
    if (result.errorResponse !== undefined) {
      this.#reject(request, socket, result.errorResponse);
      return;
    }
    const { authentication } = result;
    const token = tokenOf(request);
    // TransportProtocols: WebSockets. Without an id, negotiation was skipped.
    const negotiated = token !== undefined && token !== '';
    const lookup = negotiated ? findConnection(this.#host.negotiated, token, authentication) : NOT_NEGOTIATED;
    if (lookup.errorResponse !== undefined) {
      this.#reject(request, socket, lookup.errorResponse);
      return;
    }
    const { connection } = lookup;
    const errorResponse = this.#check(connection, senderOf(request, authentication, this.#host.options));
    if (errorResponse !== undefined) this.#reject(request, socket, errorResponse);
    else this.#upgrade({ request, socket, head }, authentication, connection);
  }

  #reject(request: IncomingMessage, socket: Duplex, response: HttpResponse): void {
    this.#host.negotiated.refuse(tokenOf(request));
    this.onRefused(request, response);
    rejectUpgrade(socket, response);
  }

  #check(connection: NegotiatedConnection | undefined, sender: Sender): HttpResponse | undefined {
    const { transports } = this.#host.options;
    if (connection === undefined) return checkOffered('webSockets', transports) ?? checkCapacity(this.#host, sender);
    const errorResponse = checkTransport(connection, 'webSockets', transports);
    if (errorResponse !== undefined) return errorResponse;
    if (connection.transport === undefined) return checkCapacity(this.#host, sender);
    return connection.webSocket?.mayReconnect === true
      ? undefined
      : textResponse(409, 'The connection has its WebSocket already.');
  }

  #upgrade(
    { request, socket, head }: UpgradeRequest,
    authentication: Authentication<P>,
    connection: NegotiatedConnection | undefined,
  ): void {
    // The library calls back synchronously, or never if the request is not a proper WebSocket handshake.
    this.#webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      const webSocketConnection = new WebSocketConnection(webSocket, socket, {
        turns: this.#host.readTurns,
        frames: this.#frames,
        holder: authentication.holder ?? authentication.userId,
      });
      if (connection?.webSocket !== undefined) {
        connection.renew(authentication);
        connection.hubConnection?.carry(connection.authentication);
        connection.webSocket.reconnect(webSocketConnection);
      } else this.#accept(request, authentication, webSocketConnection, connection);
    });
    // The peer may be gone by now; then nothing was started.
    if (socket.destroyed) this.#host.negotiated.refuse(tokenOf(request));
  }

  #accept(
    request: IncomingMessage,
    authentication: Authentication<P>,
    webSocket: WebSocketConnection,
    connection: NegotiatedConnection | undefined,
  ): void {
    const host = this.#host;
    if (connection === undefined) {
      host.accept(webSocket, this.#identify(host.negotiated.ids.connectionId(), request, authentication), undefined);
      return;
    }
    const { connectionId, connectionToken } = connection;
    host.negotiated.start(connection, 'webSockets');
    if (connection.statefulReconnect) {
      connection.webSocket = new ReconnectableConnection(host, webSocket, () => {
        host.negotiated.release(connectionToken);
      });
    }
    const identity = this.#identify(connectionId, request, authentication);
    const hubConnection = host.accept(connection.webSocket ?? webSocket, identity, connectionToken);
    connection.begin(hubConnection, authentication);
    const early = connection.endPosts();
    if (early.length === 0) return;
    // As from any transport, the connection is told of nothing within its own call.
    queueMicrotask(() => {
      for (const { bytes, onDeliver } of early) {
        onDeliver?.();
        hubConnection.onData(bytes);
      }
      hubConnection.carry(authentication);
    });
  }

  #identify(connectionId: string, request: IncomingMessage, authentication: Authentication<P>): Identity<P> {
    const remoteAddress = this.#host.options.remoteAddressOf(request);
    return identify({ connectionId, transport: 'webSockets', request, remoteAddress }, authentication);
  }
}

/** The token of the connection that a request names. */
function tokenOf(request: IncomingMessage): string | undefined {
  return queryValue(splitUrl(request).query, 'id');
}

/** RFC 6455, 4.4: a client that speaks another version is told which ones are spoken here. */
function handshakeFault({ headers }: IncomingMessage, { message }: Error): HttpResponse {
  const version = headers['sec-websocket-version'];
  const isOther = version !== undefined && !WEBSOCKET_VERSIONS.includes(version);
  return textResponse(isOther ? 426 : 400, message, { 'Sec-WebSocket-Version': WEBSOCKET_VERSIONS.join(', ') });
}
