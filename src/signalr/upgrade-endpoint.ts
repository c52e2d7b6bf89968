import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type ConnectionTable, createId } from './connection-table';
import type { Gate } from './gate';
import { emptyAnswer, type HttpAnswer, textAnswer } from './http-answer';
import type { Identity } from './hub-host';
import { queryValue } from './negotiate';
import type { Authentication, HubLimits } from './options';
import { splitUrl } from './request-path';
import type { Connection } from './transports/connection';
import { createWebSocketServer, WebSocketConnection } from './transports/websocket';
import { refuseUpgrade } from './upgrade-router';

/** What the endpoint must know of its server. */
export interface UpgradeEndpointHost<P> {
  readonly table: ConnectionTable;
  readonly options: HubLimits;
  /** How many connections there are. */
  readonly connections: number;
  /** Whether the server takes no new connections any more. */
  readonly closing: boolean;
  /** Serves a new connection; `token` is given back to the table when it is gone. */
  accept(connection: Connection, identity: Identity<P>, token: string | undefined): void;
}

/** Turns upgrade requests to a hub into connections. */
export class UpgradeEndpoint<P> {
  readonly #webSockets;

  constructor(
    private readonly host: UpgradeEndpointHost<P>,
    private readonly gate: Gate<P>,
  ) {
    this.#webSockets = createWebSocketServer(host.options.maximumReceiveMessageSize);
  }

  /** Answers one upgrade request. */
  async handle(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    // Until the WebSocket listens, a reset by the peer must not become an uncaught error.
    const ignore = (): void => undefined;
    socket.on('error', ignore);
    const admission = await this.gate.admit(request);
    socket.off('error', ignore);
    const id = queryValue(splitUrl(request).query, 'id');
    const token = id === '' ? undefined : id;
    if (admission.refusal !== undefined) {
      refuseUpgrade(socket, admission.refusal);
      return;
    }
    const refusal = this.#check(token);
    if (refusal !== undefined) refuseUpgrade(socket, refusal);
    else this.#upgrade(request, socket, head, admission.authentication, token);
  }

  #check(token: string | undefined): HttpAnswer | undefined {
    const { closing, connections, options, table } = this.host;
    const state = token === undefined ? 'negotiated' : table.state(token);
    if (state === 'unknown') return textAnswer(404, 'No Connection with that ID');
    if (state === 'connected') return emptyAnswer(409);
    return closing || connections >= options.maximumConnections ? emptyAnswer(503) : undefined;
  }

  #upgrade(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    { principal, expiresAt }: Authentication<P>,
    token: string | undefined,
  ): void {
    const { remoteAddress } = request.socket;
    // The library calls back at once, or never if the request is no proper WebSocket handshake.
    this.#webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      // TransportProtocols: without an id, negotiation was skipped.
      const connectionId = token === undefined ? createId() : this.host.table.connect(token);
      const identity = { connectionId, principal, expiresAt, request: { headers: request.headers, remoteAddress } };
      this.host.accept(new WebSocketConnection(webSocket), identity, token);
    });
  }
}
