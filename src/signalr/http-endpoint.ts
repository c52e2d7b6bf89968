import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ConnectionTable } from './connection-table';
import type { Gate } from './gate';
import { emptyAnswer, type HttpAnswer, jsonAnswer, textAnswer } from './http-answer';
import { chooseNegotiateVersion, negotiateResponse, queryValue } from './negotiate';
import type { HubLimits } from './options';
import { normalizePath, splitUrl } from './request-path';

/** What the endpoint must know of its server. */
export interface HttpEndpointHost {
  readonly table: ConnectionTable;
  readonly options: HubLimits;
  readonly now: number;
  /** Whether the server takes no new connections any more. */
  readonly closing: boolean;
  /** Normalized paths the hub is attached at, for servers that do not cut them off as Express does. */
  readonly paths: ReadonlySet<string>;
}

/** Answers the plain HTTP requests to a hub: negotiation, and refusals of what a hub over WebSockets does not take. */
export class HttpEndpoint<P> {
  constructor(
    private readonly host: HttpEndpointHost,
    private readonly gate: Gate<P>,
  ) {}

  /** Whether a request is for this hub. */
  matches(request: IncomingMessage): boolean {
    return this.#place(request) !== undefined;
  }

  /** Answers a request that matches. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    send(response, await this.#answer(request));
  }

  async #answer(request: IncomingMessage): Promise<HttpAnswer> {
    const negotiates = this.#place(request) === 'negotiate';
    const methods = negotiates ? ['POST'] : ['GET', 'POST', 'DELETE'];
    if (request.method === undefined || !methods.includes(request.method)) {
      return emptyAnswer(405, { 'Content-Type': 'text/plain', Allow: methods.join(', ') });
    }
    const { refusal } = await this.gate.admit(request);
    if (refusal !== undefined) return refusal;
    const { query } = splitUrl(request);
    return negotiates ? this.#negotiate(query) : this.#refuse(request, query);
  }

  // TransportProtocols: POST [endpoint-base]/negotiate. Errors are answered 200 as well.
  #negotiate(query: URLSearchParams): HttpAnswer {
    const { table, options, now, closing } = this.host;
    const choice = chooseNegotiateVersion(queryValue(query, 'negotiateversion'));
    if ('error' in choice) return jsonAnswer(JSON.stringify({ error: choice.error }));
    if (closing || table.negotiated >= options.maximumConnections) return emptyAnswer(503);
    const ids = table.negotiate(choice.version, now + options.negotiationTimeout);
    return jsonAnswer(negotiateResponse(choice.version, ids));
  }

  /** What HttpConnectionDispatcher answers where only WebSockets are offered and this is none. */
  #refuse(request: IncomingMessage, query: URLSearchParams): HttpAnswer {
    const id = queryValue(query, 'id');
    if (id === undefined || id === '') return textAnswer(400, 'Connection ID required');
    if (this.host.table.state(id) === 'unknown') return textAnswer(404, 'No Connection with that ID');
    if (request.method === 'POST') return textAnswer(405, 'POST requests are not allowed for WebSocket connections.');
    if (request.method === 'DELETE') {
      return textAnswer(400, 'Cannot terminate this connection using the DELETE endpoint.');
    }
    const events = request.headers.accept?.toLowerCase().includes('text/event-stream') === true;
    const transport = events ? 'ServerSentEvents' : 'LongPolling';
    return textAnswer(404, `${transport} transport not supported by this end point type`);
  }

  #place(request: IncomingMessage): 'hub' | 'negotiate' | undefined {
    const { paths } = this.host;
    const path = normalizePath(splitUrl(request).path);
    // Where a router has cut off the path it is mounted at, or nobody has said which path is the hub's, what is left counts.
    const bases = isMounted(request) || paths.size === 0 ? ['', ...paths] : paths;
    for (const base of bases) {
      if (path === base) return 'hub';
      if (path === `${base}/negotiate`) return 'negotiate';
    }
    return undefined;
  }
}

/** Whether Express, or what works like it, has cut something off the request's path. */
function isMounted(request: IncomingMessage): boolean {
  return 'originalUrl' in request && request.originalUrl !== request.url;
}

function send(response: ServerResponse, { status, headers, body }: HttpAnswer): void {
  response.writeHead(status, { ...headers, 'Content-Length': Buffer.byteLength(body) });
  response.end(body);
}
