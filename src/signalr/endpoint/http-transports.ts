import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ConnectionTable, NegotiatedConnection } from './negotiated-connections';
import { identify } from './request-authenticator';
import { emptyAnswer, type HttpAnswer, NO_CACHE_HEADERS, textAnswer, writeAnswer } from '../transports/http-response';
import type { Identity } from '../connection/hub-host';
import { queryValue, WIRE_TRANSPORTS } from './negotiate';
import type { Authentication, ResolvedOptions, TransportName } from '../options';
import { acceptsEventStream } from './query-token';
import type { Connection } from '../transports/transport-connection';
import { LongPollingConnection } from '../transports/long-polling';
import { ServerSentEventsConnection } from '../transports/server-sent-events';

/** A connection whose client shows again who it is with further requests. */
export interface Renewable {
  renew(expiresAt: number | undefined): void;
}

/** What transports must know of their server. */
export interface TransportHost<P> {
  readonly table: ConnectionTable;
  readonly options: ResolvedOptions;
  /** Milliseconds, as at the last heartbeat. */
  readonly now: number;
  /** How many connections there are. */
  readonly connections: number;
  /** Whether the server takes no new connections any more. */
  readonly closing: boolean;
  /** Serves a new connection; `token` is given back to the table when it is gone. */
  accept(connection: Connection, identity: Identity<P>, token: string | undefined): Renewable;
}

/** A request that was let in. */
export interface AdmittedRequest<P> {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly query: URLSearchParams;
  readonly authentication: Authentication<P>;
}

/** A connection that was looked for, or the answer that refuses it. */
export type Search =
  { readonly connection: NegotiatedConnection; readonly refusal?: undefined } | { readonly refusal: HttpAnswer };

/**
 * The connection a request names by its token, or the answer that refuses it. ASP.NET Core lets another user go on with a connection
 * and logs it; here nobody may who is not the one that negotiated.
 */
export function findConnection(table: ConnectionTable, token: string, { userId }: Authentication<unknown>): Search {
  const connection = table.find(token);
  if (connection === undefined) return { refusal: textAnswer(404, 'No Connection with that ID') };
  if (connection.userId === userId) return { connection };
  return { refusal: textAnswer(403, 'The connection belongs to another user.') };
}

/** Whether there is room for a new connection, or the answer that says there is none. */
export function refuseNew({ closing, connections, options }: TransportHost<never>): HttpAnswer | undefined {
  return closing || connections >= options.maximumConnections ? emptyAnswer(503) : undefined;
}

/** Turns plain HTTP requests to a hub, which name a connection, into what the transports make of them. */
export class HttpTransports<P> {
  readonly #host: TransportHost<P>;

  constructor(host: TransportHost<P>) {
    this.#host = host;
  }

  /** Answers a GET, POST or DELETE. */
  handle(admitted: AdmittedRequest<P>): void {
    const { request, response } = admitted;
    const headers = request.method === 'GET' ? NO_CACHE_HEADERS : {};
    const refusal = this.#take(admitted);
    if (refusal !== undefined) writeAnswer(response, { ...refusal, headers: { ...headers, ...refusal.headers } });
  }

  /** Hands the request on; what it returns is left to be answered. HttpConnectionDispatcher decides in the same order. */
  #take(admitted: AdmittedRequest<P>): HttpAnswer | undefined {
    const { request, response, query, authentication } = admitted;
    const token = queryValue(query, 'id');
    if (token === undefined || token === '') return textAnswer(400, 'Connection ID required');
    const search = findConnection(this.#host.table, token, authentication);
    if (search.refusal !== undefined) return search.refusal;
    const { connection } = search;
    if (request.method === 'GET') return this.#get(connection, admitted);
    return request.method === 'POST' ? this.#post(connection, request, response) : this.#delete(connection);
  }

  #get(connection: NegotiatedConnection, admitted: AdmittedRequest<P>): HttpAnswer | undefined {
    const { request, response, authentication } = admitted;
    const name = acceptsEventStream(request.headers.accept) ? 'serverSentEvents' : 'longPolling';
    const refusal = checkTransport(connection, name, this.#host.options.transports);
    if (refusal !== undefined) return refusal;
    if (connection.transport === undefined) return this.#start(connection, name, admitted);
    if (connection.polls === undefined) return textAnswer(409, '');
    connection.served?.renew(authentication.expiresAt);
    connection.polls.poll(response);
    return undefined;
  }

  #start(
    connection: NegotiatedConnection,
    name: TransportName,
    { request, response, authentication }: AdmittedRequest<P>,
  ): HttpAnswer | undefined {
    const host = this.#host;
    const refusal = refuseNew(host);
    if (refusal !== undefined) return refusal;
    host.table.start(connection, name);
    const { connectionId, connectionToken, posts } = connection;
    const identity = identify(connectionId, authentication, request);
    const onEnd = (): void => {
      host.table.release(connectionToken);
    };
    if (name === 'serverSentEvents') {
      host.accept(new ServerSentEventsConnection(response, posts, onEnd), identity, connectionToken);
    } else {
      connection.polls = new LongPollingConnection(host, posts, onEnd);
      connection.polls.begin(response);
      connection.served = host.accept(connection.polls, identity, connectionToken);
    }
    return undefined;
  }

  #post(connection: NegotiatedConnection, request: IncomingMessage, response: ServerResponse): HttpAnswer | undefined {
    const { transports } = this.#host.options;
    const onlyWebSockets = connection.transport === undefined && transports.every((name) => name === 'webSockets');
    if (connection.transport === 'webSockets' || onlyWebSockets) {
      return textAnswer(405, 'POST requests are not allowed for WebSocket connections.', { Allow: 'GET' });
    }
    connection.posts.receive(request, response);
    return undefined;
  }

  #delete({ polls }: NegotiatedConnection): HttpAnswer {
    if (polls === undefined) return textAnswer(400, 'Cannot terminate this connection using the DELETE endpoint.');
    polls.delete();
    return textAnswer(202, '');
  }
}

/** Whether a connection may use a transport, or the answer that says why not. */
export function checkTransport(
  { transport }: NegotiatedConnection,
  name: TransportName,
  offered: readonly TransportName[],
): HttpAnswer | undefined {
  const unsupported = checkOffered(name, offered);
  if (unsupported !== undefined) return unsupported;
  if (transport === undefined || transport === name) return undefined;
  return textAnswer(400, 'Cannot change transports mid-connection');
}

/** Whether a transport is offered, or the answer that says it is not. */
export function checkOffered(name: TransportName, offered: readonly TransportName[]): HttpAnswer | undefined {
  if (offered.includes(name)) return undefined;
  return textAnswer(404, `${WIRE_TRANSPORTS[name].transport} transport not supported by this end point type`);
}
