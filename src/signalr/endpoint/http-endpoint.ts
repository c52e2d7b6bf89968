import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RequestAuthenticator } from './request-authenticator';
import { emptyResponse, type HttpResponse, jsonResponse, writeResponse } from '../transports/http-response';
import { HttpTransports, type TransportHost } from './http-transports';
import {
  asksForStatefulReconnect,
  chooseNegotiateVersion,
  negotiateResponse,
  queryValue,
  redirectResponse,
} from './negotiate';
import type { NegotiateRedirect } from '../options';
import { normalizePath, splitUrl } from './request-path';

/** What the endpoint must know of its server. */
export interface HttpEndpointHost<P> extends TransportHost<P> {
  /** Normalized paths the hub is attached at, for servers that do not cut them off as Express does. */
  readonly paths: ReadonlySet<string>;
}

/** Answers the plain HTTP requests to a hub: negotiation here, the others through the transports. */
export class HttpEndpoint<P> {
  readonly #transports: HttpTransports<P>;
  readonly #host: HttpEndpointHost<P>;
  readonly #authenticator: RequestAuthenticator<P>;

  constructor(host: HttpEndpointHost<P>, authenticator: RequestAuthenticator<P>) {
    this.#host = host;
    this.#authenticator = authenticator;

    this.#transports = new HttpTransports(host);
  }

  /** Whether a request is for this hub. */
  matches(request: IncomingMessage): boolean {
    return this.#routeOf(request) !== undefined;
  }

  /** Answers a request that matches. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const negotiates = this.#routeOf(request) === 'negotiate';
    const methods = negotiates ? ['POST'] : ['GET', 'POST', 'DELETE'];
    if (request.method === undefined || !methods.includes(request.method)) {
      writeResponse(response, emptyResponse(405, { 'Content-Type': 'text/plain', Allow: methods.join(', ') }));
      return;
    }
    const result = await this.#authenticator.authenticate(request);
    // Who has gone while it was found out who it was gets no connection.
    if (response.destroyed) return;
    const { query } = splitUrl(request);
    if (result.errorResponse !== undefined) {
      writeResponse(response, result.errorResponse);
    } else if (negotiates) {
      writeResponse(response, await this.#negotiate(request, query, result.authentication.userId));
    } else {
      this.#transports.handle({ request, response, query, authentication: result.authentication });
    }
  }

  // TransportProtocols: POST [endpoint-base]/negotiate. Errors are answered 200 as well.
  async #negotiate(
    request: IncomingMessage,
    query: URLSearchParams,
    userId: string | undefined,
  ): Promise<HttpResponse> {
    const { negotiated, options } = this.#host;
    const choice = chooseNegotiateVersion(queryValue(query, 'negotiateversion'));
    if ('error' in choice) return jsonResponse(JSON.stringify({ error: choice.error }));
    const redirect = await this.#redirect(request);
    if (redirect !== undefined) return 'status' in redirect ? redirect : jsonResponse(redirectResponse(redirect));
    if (this.#host.closing || negotiated.waiting >= options.maximumConnections) return emptyResponse(503);
    const { version } = choice;
    const { transports } = options;
    // Only a WebSocket can be replaced.
    const possible = options.allowStatefulReconnects && transports.includes('webSockets');
    const statefulReconnect = possible && asksForStatefulReconnect(query);
    const expiresAt = this.#host.now + options.negotiationTimeout;
    const ids = negotiated.negotiate({ version, userId, statefulReconnect, expiresAt });
    return jsonResponse(negotiateResponse({ version, ids, transports, statefulReconnect }));
  }

  /** Where the application redirects a client that negotiates, or the response if finding that out fails. */
  async #redirect(request: IncomingMessage): Promise<NegotiateRedirect | HttpResponse | undefined> {
    const { redirect, logger } = this.#host.options;
    try {
      return await redirect(request);
    } catch (error) {
      logger.error({ err: error }, 'redirecting a negotiation failed');
      return emptyResponse(500);
    }
  }

  #routeOf(request: IncomingMessage): 'hub' | 'negotiate' | undefined {
    const { paths } = this.#host;
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
