import type { IncomingMessage, ServerResponse } from 'node:http';
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

/** Answers the plain HTTP requests to a hub: negotiation itself, all others through the transports. */
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
    const { forwarder } = this.#host;
    if (forwarder !== undefined && !negotiates) {
      const owner = forwarder.ownerOf(queryValue(splitUrl(request).query, 'id') ?? '');
      if (owner !== undefined) return forwarder.forward(request, response, owner);
    }
    return this.#handle(request, response, negotiates);
  }

  /** Answers a request that another server has forwarded, and that is not forwarded again. */
  handleForwarded(request: IncomingMessage, response: ServerResponse): Promise<void> {
    return this.#handle(request, response, false);
  }

  async #handle(request: IncomingMessage, response: ServerResponse, negotiates: boolean): Promise<void> {
    const methods = negotiates ? ['POST'] : ['GET', 'POST', 'DELETE'];
    if (request.method === undefined || !methods.includes(request.method)) {
      this.#answer(request, response, textResponse(405, '', { Allow: methods.join(', ') }));
      return;
    }
    const result = await this.#authenticator.authenticate(request);
    const { query } = splitUrl(request);
    // The client may have disconnected while it was being authenticated.
    const refused = response.destroyed || result.errorResponse !== undefined;
    if (refused && request.method === 'GET') this.#host.negotiated.refuse(queryValue(query, 'id'));
    if (response.destroyed) return;
    if (result.errorResponse !== undefined) {
      this.#answer(request, response, result.errorResponse);
    } else if (negotiates) {
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
    const { transports } = options;
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
      expiresAt,
      postLimits,
    });
    return jsonResponse(negotiateResponse({ version, ids, transports, statefulReconnect }));
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

  #routeOf(request: IncomingMessage): 'hub' | 'negotiate' | undefined {
    const { paths } = this.#host;
    const path = normalizePath(splitUrl(request).path);
    // A router that has stripped its mount path leaves the path within the hub, and so it is if no path was ever
    // attached.
    const bases = isMounted(request) || paths.size === 0 ? ['', ...paths] : paths;
    for (const base of bases) {
      if (path === base) return 'hub';
      if (path === `${base}/negotiate`) return 'negotiate';
    }
    return undefined;
  }
}

/** Whether Express, or a router like it, has stripped its mount path from the request's URL. */
function isMounted(request: IncomingMessage): boolean {
  return 'originalUrl' in request && request.originalUrl !== request.url;
}
