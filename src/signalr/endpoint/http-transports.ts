import type { IncomingMessage, ServerResponse } from 'node:http';
import type { NegotiatedConnections, NegotiatedConnection, Renewable } from './negotiated-connections';
import { identify } from './request-authenticator';
import { type HttpResponse, NO_CACHE_HEADERS, textResponse, writeResponse } from '../transports/http-response';
import type { Identity } from '../connection/hub-host';
import { queryValue, WIRE_TRANSPORTS } from './negotiate';
import type { TransportName } from '../names';
import type { Authentication, LimitStrike, ResolvedOptions } from '../options';
import type { LimitWatch } from '../connection/limit-watch';
import type { PlaceShares } from './place-shares';
import { refusedResponse } from '../transports/posted-bytes';
import { acceptsEventStream } from './query-token';
import type { ReadTurns } from '../transports/read-turns';
import type { TransportConnection } from '../transports/transport-connection';
import { LongPollingConnection } from '../transports/long-polling';
import { ServerSentEventsConnection } from '../transports/server-sent-events';

/** What transports need to know of their server. */
export interface TransportHost<P> {
  readonly negotiated: NegotiatedConnections;
  readonly options: ResolvedOptions;
  /** Milliseconds of the heartbeat. */
  readonly now: number;
  /** The places of open connections. */
  readonly places: PlaceShares;
  readonly limits: LimitWatch;
  /** In which all connections are read. */
  readonly readTurns: ReadTurns;
  /** Whether the server accepts no new connections any more. */
  readonly closing: boolean;
  /** Serves a new connection. `token` is released when the connection is gone. */
  accept(connection: TransportConnection, identity: Identity<P>, token: string | undefined): Renewable;
}

/** A request whose sender was authenticated. */
export interface AuthenticatedRequest<P> {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly query: URLSearchParams;
  readonly authentication: Authentication<P>;
}

/** The connection a request names, or the error response. */
export type ConnectionLookup =
  | { readonly connection: NegotiatedConnection; readonly errorResponse?: undefined }
  | { readonly errorResponse: HttpResponse };

/**
 * Finds the connection a request names by its token. ASP.NET Core lets another user go on with a connection and logs
 * it; here only the user that negotiated it may use it.
 */
export function findConnection(
  negotiated: NegotiatedConnections,
  token: string,
  { userId, holder }: Authentication<unknown>,
): ConnectionLookup {
  const connection = negotiated.find(token);
  if (connection === undefined) return { errorResponse: textResponse(404, 'No Connection with that ID') };
  // Two clients that name no user are strangers, unless the same holder answers for them.
  const same = userId === undefined ? connection.holder === holder : true;
  if (connection.userId === userId && same) return { connection };
  return { errorResponse: textResponse(403, 'The connection belongs to another user.') };
}

/** The error response when no new connection is accepted, `undefined` when there is room for one. */
export function checkCapacity(
  { closing, places, limits }: TransportHost<never>,
  sender: Sender,
): HttpResponse | undefined {
  if (closing) return refusedResponse('full');
  const refusal = places.refusal(sender.holder);
  if (refusal === undefined) return undefined;
  limits.strike(refusal === 'share' ? 'connectionShare' : 'connections', sender);
  return refusedResponse(refusal);
}

/** Who sends a request, as far as limits are concerned. */
export type Sender = Pick<LimitStrike, 'holder' | 'remoteAddress'>;

export function senderOf(
  request: IncomingMessage,
  { userId, holder = userId }: Authentication<unknown>,
  { remoteAddressOf }: Pick<ResolvedOptions, 'remoteAddressOf'>,
): Sender {
  return { holder, remoteAddress: remoteAddressOf(request) };
}

/** Routes the plain HTTP requests that name a connection to its transport. */
export class HttpTransports<P> {
  readonly #host: TransportHost<P>;

  constructor(host: TransportHost<P>) {
    this.#host = host;
  }

  /** Answers a GET, POST or DELETE. */
  handle(authenticated: AuthenticatedRequest<P>): void {
    const { request, response } = authenticated;
    const headers = request.method === 'GET' ? NO_CACHE_HEADERS : {};
    const errorResponse = this.#route(authenticated);
    if (errorResponse === undefined) return;
    const { status, body: reason } = errorResponse;
    if (request.method === 'GET') this.#host.negotiated.refuse(queryValue(authenticated.query, 'id'));
    if (status >= 400) this.#host.options.onRefused({ request, isUpgrade: false, status, reason });
    writeResponse(response, { ...errorResponse, headers: { ...headers, ...errorResponse.headers } });
  }

  /**
   * Hands the request to a transport, or returns the response to it. HttpConnectionDispatcher decides in the same
   * order.
   */
  #route(authenticated: AuthenticatedRequest<P>): HttpResponse | undefined {
    const { request, query, authentication } = authenticated;
    const token = queryValue(query, 'id');
    if (token === undefined || token === '') return textResponse(400, 'Connection ID required');
    const lookup = findConnection(this.#host.negotiated, token, authentication);
    if (lookup.errorResponse !== undefined) return lookup.errorResponse;
    const { connection } = lookup;
    if (request.method === 'GET') return this.#get(connection, authenticated);
    return request.method === 'POST' ? this.#post(connection, authenticated) : this.#delete(connection);
  }

  #get(connection: NegotiatedConnection, authenticated: AuthenticatedRequest<P>): HttpResponse | undefined {
    const { request, response, authentication } = authenticated;
    const name = acceptsEventStream(request.headers.accept) ? 'serverSentEvents' : 'longPolling';
    const errorResponse = checkTransport(connection, name, this.#host.options.transports);
    if (errorResponse !== undefined) return errorResponse;
    if (connection.transport === undefined) return this.#start(connection, name, authenticated);
    if (connection.longPolling === undefined) return textResponse(409, '');
    connection.renew(authentication);
    connection.longPolling.poll(response);
    return undefined;
  }

  #start(
    connection: NegotiatedConnection,
    name: TransportName,
    { request, response, authentication }: AuthenticatedRequest<P>,
  ): HttpResponse | undefined {
    const host = this.#host;
    const errorResponse = checkCapacity(host, senderOf(request, authentication, host.options));
    if (errorResponse !== undefined) return errorResponse;
    host.negotiated.start(connection, name);
    const { connectionId, connectionToken, posts } = connection;
    const beginning = { connectionId, transport: name, request, remoteAddress: host.options.remoteAddressOf(request) };
    const identity = identify(beginning, authentication);
    const onEnd = (): void => {
      host.negotiated.release(connectionToken);
    };
    if (name === 'serverSentEvents') {
      const transport = new ServerSentEventsConnection(response, posts, onEnd);
      connection.begin(host.accept(transport, identity, connectionToken), authentication);
    } else {
      connection.longPolling = new LongPollingConnection(host, posts, onEnd);
      connection.longPolling.begin(response);
      connection.begin(host.accept(connection.longPolling, identity, connectionToken), authentication);
    }
    return undefined;
  }

  #post(
    connection: NegotiatedConnection,
    { request, response, authentication }: AuthenticatedRequest<P>,
  ): HttpResponse | undefined {
    const { transports } = this.#host.options;
    const onlyWebSockets = connection.transport === undefined && transports.every((name) => name === 'webSockets');
    if (connection.transport === 'webSockets' || onlyWebSockets) {
      return textResponse(405, 'POST requests are not allowed for WebSocket connections.', { Allow: 'GET' });
    }
    connection.renew(authentication);
    const onDeliver = (): void => {
      connection.hubConnection?.carry(authentication);
    };
    connection.posts.receive({ request, response, onDeliver });
    return undefined;
  }

  #delete({ longPolling }: NegotiatedConnection): HttpResponse {
    if (longPolling === undefined)
      return textResponse(400, 'Cannot terminate this connection using the DELETE endpoint.');
    longPolling.delete();
    return textResponse(202, '');
  }
}

/** The error response when a connection may not use a transport. */
export function checkTransport(
  { transport }: NegotiatedConnection,
  name: TransportName,
  offered: readonly TransportName[],
): HttpResponse | undefined {
  const unsupported = checkOffered(name, offered);
  if (unsupported !== undefined) return unsupported;
  if (transport === undefined || transport === name) return undefined;
  return textResponse(400, 'Cannot change transports mid-connection');
}

/** The error response when a transport is not offered. */
export function checkOffered(name: TransportName, offered: readonly TransportName[]): HttpResponse | undefined {
  if (offered.includes(name)) return undefined;
  return textResponse(404, `${WIRE_TRANSPORTS[name].transport} transport not supported by this end point type`);
}
