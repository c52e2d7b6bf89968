import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { createId, type NegotiatedConnection } from './negotiated-connections';
import { type Gate, identify } from './request-authenticator';
import { emptyAnswer, type HttpAnswer } from '../transports/http-response';
import { checkOffered, checkTransport, findConnection, refuseNew, type TransportHost } from './http-transports';
import { queryValue } from './negotiate';
import type { Authentication } from '../options';
import { splitUrl } from './request-path';
import { ReconnectableConnection } from '../transports/reconnectable';
import { createWebSocketServer, WebSocketConnection } from '../transports/websocket';
import { refuseUpgrade } from './upgrade-router';

const notNegotiated = { connection: undefined, refusal: undefined };

/** Turns upgrade requests to a hub into connections. */
export class UpgradeEndpoint<P> {
  readonly #webSockets;
  readonly #host: TransportHost<P>;
  readonly #gate: Gate<P>;

  constructor(host: TransportHost<P>, gate: Gate<P>) {
    this.#host = host;
    this.#gate = gate;

    this.#webSockets = createWebSocketServer(host.options.maximumReceiveMessageSize);
  }

  /** Answers one upgrade request. */
  async handle(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    // Until the WebSocket listens, a reset by the peer must not become an uncaught error.
    const ignore = (): void => undefined;
    socket.on('error', ignore);
    const admission = await this.#gate.admit(request);
    socket.off('error', ignore);
    if (admission.refusal !== undefined) {
      refuseUpgrade(socket, admission.refusal);
      return;
    }
    const { authentication } = admission;
    const token = queryValue(splitUrl(request).query, 'id');
    // TransportProtocols: WebSockets. Without an id, negotiation was skipped.
    const negotiated = token !== undefined && token !== '';
    const search = negotiated ? findConnection(this.#host.table, token, authentication) : notNegotiated;
    if (search.refusal !== undefined) {
      refuseUpgrade(socket, search.refusal);
      return;
    }
    const { connection } = search;
    const refusal = this.#check(connection);
    if (refusal !== undefined) refuseUpgrade(socket, refusal);
    else this.#upgrade(request, socket, head, authentication, connection);
  }

  #check(connection: NegotiatedConnection | undefined): HttpAnswer | undefined {
    const { transports } = this.#host.options;
    if (connection === undefined) return checkOffered('webSockets', transports) ?? refuseNew(this.#host);
    const refusal = checkTransport(connection, 'webSockets', transports);
    if (refusal !== undefined) return refusal;
    if (connection.transport === undefined) return refuseNew(this.#host);
    return connection.reconnectable?.mayReconnect === true ? undefined : emptyAnswer(409);
  }

  #upgrade(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    authentication: Authentication<P>,
    connection: NegotiatedConnection | undefined,
  ): void {
    // The library calls back at once, or never if the request is no proper WebSocket handshake.
    this.#webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      const webSocketConnection = new WebSocketConnection(webSocket);
      if (connection?.reconnectable !== undefined) connection.reconnectable.reconnect(webSocketConnection);
      else this.#accept(request, authentication, webSocketConnection, connection);
    });
  }

  #accept(
    request: IncomingMessage,
    authentication: Authentication<P>,
    webSocket: WebSocketConnection,
    connection: NegotiatedConnection | undefined,
  ): void {
    const host = this.#host;
    if (connection === undefined) {
      host.accept(webSocket, identify(createId(), authentication, request), undefined);
      return;
    }
    const { connectionId, connectionToken } = connection;
    host.table.start(connection, 'webSockets');
    if (connection.statefulReconnect) {
      connection.reconnectable = new ReconnectableConnection(host, webSocket, () => {
        host.table.release(connectionToken);
      });
    }
    const identity = identify(connectionId, authentication, request);
    connection.served = host.accept(connection.reconnectable ?? webSocket, identity, connectionToken);
  }
}
