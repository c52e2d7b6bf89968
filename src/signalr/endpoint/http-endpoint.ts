import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Gate } from './request-authenticator';
import { emptyAnswer, type HttpAnswer, jsonAnswer, writeAnswer } from '../transports/http-response';
import { HttpTransports, type TransportHost } from './http-transports';
import {
  asksForStatefulReconnect,
  chooseNegotiateVersion,
  negotiateResponse,
  queryValue,
  redirectResponse,
} from './negotiate';
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
  readonly #gate: Gate<P>;

  constructor(host: HttpEndpointHost<P>, gate: Gate<P>) {
    this.#host = host;
    this.#gate = gate;

    this.#transports = new HttpTransports(host);
  }

  /** Whether a request is for this hub. */
  matches(request: IncomingMessage): boolean {
    return this.#place(request) !== undefined;
  }

  /** Answers a request that matches. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const negotiates = this.#place(request) === 'negotiate';
    const methods = negotiates ? ['POST'] : ['GET', 'POST', 'DELETE'];
    if (request.method === undefined || !methods.includes(request.method)) {
      writeAnswer(response, emptyAnswer(405, { 'Content-Type': 'text/plain', Allow: methods.join(', ') }));
      return;
    }
    const admission = await this.#gate.admit(request);
    // Who has gone while it was found out who it was gets no connection.
    if (response.destroyed) return;
    const { query } = splitUrl(request);
    if (admission.refusal !== undefined) {
      writeAnswer(response, admission.refusal);
    } else if (negotiates) {
      writeAnswer(response, await this.#negotiate(request, query, admission.authentication.userId));
    } else {
      this.#transports.handle({ request, response, query, authentication: admission.authentication });
    }
  }

  // TransportProtocols: POST [endpoint-base]/negotiate. Errors are answered 200 as well.
  async #negotiate(request: IncomingMessage, query: URLSearchParams, userId: string | undefined): Promise<HttpAnswer> {
    const { table, options } = this.#host;
    const choice = chooseNegotiateVersion(queryValue(query, 'negotiateversion'));
    if ('error' in choice) return jsonAnswer(JSON.stringify({ error: choice.error }));
    const redirect = await this.#gate.redirect(request);
    if (redirect !== undefined) return 'status' in redirect ? redirect : jsonAnswer(redirectResponse(redirect));
    if (this.#host.closing || table.negotiated >= options.maximumConnections) return emptyAnswer(503);
    const { version } = choice;
    const { transports } = options;
    // Only a WebSocket can be replaced.
    const possible = options.allowStatefulReconnects && transports.includes('webSockets');
    const statefulReconnect = possible && asksForStatefulReconnect(query);
    const expiresAt = this.#host.now + options.negotiationTimeout;
    const ids = table.negotiate({ version, userId, statefulReconnect, expiresAt });
    return jsonAnswer(negotiateResponse({ version, ids, transports, statefulReconnect }));
  }

  #place(request: IncomingMessage): 'hub' | 'negotiate' | undefined {
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
