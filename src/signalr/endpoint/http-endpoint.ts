import type { IncomingMessage, ServerResponse } from 'node:http';
import { AuthenticationRefresh, tokenLifetime } from './authentication-refresh';
import type { RequestAuthenticator } from './request-authenticator';
import type { RequestForwarder } from './request-forwarder';
import {
  emptyResponse,
  type HttpResponse,
  jsonResponse,
  textResponse,
  writeResponse,
} from '../transports/http-response';
import { HttpTransports, type Sender, senderOf, type TransportHost } from './http-transports';
import { type PostLimits, refusedResponse } from '../transports/posted-bytes';
import {
  asksForStatefulReconnect,
  chooseNegotiateVersion,
  negotiateResponse,
  queryValue,
  redirectResponse,
} from './negotiate';
import type { Authentication, NegotiateRedirect } from '../options';
import { normalizePath, splitUrl } from './request-path';

/** What the endpoint needs to know of its server. */
export interface HttpEndpointHost<P> extends TransportHost<P> {
  /** Normalized paths the hub is attached at, for servers that do not strip the mount path as Express does. */
  readonly paths: ReadonlySet<string>;
  /** Takes the requests of other servers' connections, if there are other servers. */
  readonly forwarder: RequestForwarder | undefined;
}

/** What a path is for: the transports, negotiation, or a new token for a connection that is open. */
type Route = 'hub' | 'negotiate' | 'refresh';

const METHODS: Readonly<Record<Route, readonly string[]>> = {
  hub: ['GET', 'POST', 'DELETE'],
  negotiate: ['POST'],
  refresh: ['POST'],
};

/** Answers the plain HTTP requests to a hub: negotiation itself, all others through the transports. */
export class HttpEndpoint<P> {
  readonly #transports: HttpTransports<P>;
  readonly #host: HttpEndpointHost<P>;
  readonly #authenticator: RequestAuthenticator<P>;
  readonly #refresh: AuthenticationRefresh<P>;

  constructor(host: HttpEndpointHost<P>, authenticator: RequestAuthenticator<P>) {
    this.#host = host;
    this.#authenticator = authenticator;

    this.#transports = new HttpTransports(host);
    this.#refresh = new AuthenticationRefresh(host, authenticator);
  }

  /** Whether a request is for this hub. */
  matches(request: IncomingMessage): boolean {
    return this.#routeOf(request) !== undefined;
  }

  /** Answers a request that matches. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const route = this.#routeOf(request) ?? 'hub';
    const { forwarder } = this.#host;
    if (forwarder !== undefined && route !== 'negotiate') {
      const owner = forwarder.ownerOf(queryValue(splitUrl(request).query, 'id') ?? '');
      if (owner !== undefined) return forwarder.forward(request, response, owner);
    }
    return this.#handle(request, response, route);
  }

  /** Answers a request that another server has forwarded, and that is not forwarded again. */
  handleForwarded(request: IncomingMessage, response: ServerResponse): Promise<void> {
    return this.#handle(request, response, this.#routeOf(request) === 'refresh' ? 'refresh' : 'hub');
  }

  async #handle(request: IncomingMessage, response: ServerResponse, route: Route): Promise<void> {
    const methods = METHODS[route];
    if (request.method === undefined || !methods.includes(request.method)) {
      this.#answer(request, response, textResponse(405, '', { Allow: methods.join(', ') }));
      return;
    }
    const { query } = splitUrl(request);
    const token = queryValue(query, 'id');
    const order = route === 'refresh' ? this.#refresh.begin(token) : 0;
    const result = await this.#authenticator.authenticate(request);
    // The client may have disconnected while it was being authenticated.
    const refused = response.destroyed || result.errorResponse !== undefined;
    if (refused && request.method === 'GET') this.#host.negotiated.refuse(token);
    if (response.destroyed) return;
    if (route === 'refresh') {
      this.#answer(request, response, await this.#refresh.answer(request, token, { result, order }));
    } else if (result.errorResponse !== undefined) {
      this.#answer(request, response, result.errorResponse);
    } else if (route === 'negotiate') {
      this.#answer(request, response, await this.#negotiate(request, query, result.authentication));
    } else {
      this.#transports.handle({ request, response, query, authentication: result.authentication });
    }
  }

  #answer(request: IncomingMessage, response: ServerResponse, answer: HttpResponse): void {
    const { status, body: reason } = answer;
    if (status >= 400) this.#host.options.onRefused({ request, isUpgrade: false, status, reason });
    writeResponse(response, answer);
  }

  // TransportProtocols: POST [endpoint-base]/negotiate. Errors are answered with status 200 as well.
  async #negotiate(
    request: IncomingMessage,
    query: URLSearchParams,
    authentication: Authentication<P>,
  ): Promise<HttpResponse> {
    const { negotiated, options } = this.#host;
    const choice = chooseNegotiateVersion(queryValue(query, 'negotiateversion'));
    if ('error' in choice) return jsonResponse(JSON.stringify({ error: choice.error }));
    const redirect = await this.#redirect(request);
    if (redirect !== undefined) return 'status' in redirect ? redirect : jsonResponse(redirectResponse(redirect));
    const sender = senderOf(request, authentication, this.#host.options);
    const errorResponse = this.#checkPlaces(sender);
    if (errorResponse !== undefined) return errorResponse;
    const { version } = choice;
    const { transports, enableAuthenticationRefresh: refreshable } = options;
    // Only a WebSocket can be replaced.
    const possible = options.allowStatefulReconnects && transports.includes('webSockets');
    const statefulReconnect = possible && asksForStatefulReconnect(query);
    const expiresAt = this.#host.now + options.negotiationTimeout;
    const { userId } = authentication;
    const postLimits = this.#postLimits(sender);
    const ids = negotiated.negotiate({
      version,
      userId,
      holder: sender.holder,
      statefulReconnect,
      authentication,
      refreshable,
      expiresAt,
      postLimits,
    });
    const tokenLifetimeSeconds = refreshable ? tokenLifetime(authentication, options.clock) : undefined;
    return jsonResponse(negotiateResponse({ version, ids, transports, statefulReconnect, tokenLifetimeSeconds }));
  }

  /** The error response when nobody may negotiate, or the sender may not. */
  #checkPlaces(sender: Sender): HttpResponse | undefined {
    const { closing, negotiated, limits } = this.#host;
    if (closing) return refusedResponse('full');
    const refusal = negotiated.places.refusal(sender.holder);
    if (refusal === undefined) return undefined;
    limits.strike(refusal === 'share' ? 'negotiationShare' : 'negotiations', sender);
    return refusedResponse(refusal);
  }

  #postLimits(sender: Sender): PostLimits {
    const { limits, options } = this.#host;
    return {
      memory: options.memory,
      holder: sender.holder ?? '',
      onRefused: (refusal) => {
        limits.strike(refusal === 'share' ? 'memoryShare' : 'memory', sender);
      },
    };
  }

  /**
   * Where the application redirects a client that negotiates, or the response when its callback fails. Never rejects.
   */
  async #redirect(request: IncomingMessage): Promise<NegotiateRedirect | HttpResponse | undefined> {
    const { redirect, logger } = this.#host.options;
    try {
      return await redirect(request);
    } catch (error) {
      logger.error({ err: error }, 'redirecting a negotiation failed');
      return emptyResponse(500);
    }
  }

  #routeOf(request: IncomingMessage): Route | undefined {
    const { paths, options } = this.#host;
    const path = normalizePath(splitUrl(request).path);
    // A router that has stripped its mount path leaves the path within the hub, and so it is if no path was ever
    // attached.
    const bases = isMounted(request) || paths.size === 0 ? ['', ...paths] : paths;
    for (const base of bases) {
      if (path === base) return 'hub';
      if (path === `${base}/negotiate`) return 'negotiate';
      if (options.enableAuthenticationRefresh && path === `${base}/refresh`) return 'refresh';
    }
    return undefined;
  }
}

/** Whether Express, or a router like it, has stripped its mount path from the request's URL. */
function isMounted(request: IncomingMessage): boolean {
  return 'originalUrl' in request && request.originalUrl !== request.url;
}
