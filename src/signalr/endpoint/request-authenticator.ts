import type { IncomingMessage } from 'node:http';
import { emptyResponse, type HttpResponse } from '../transports/http-response';
import type { Identity } from '../connection/hub-host';
import type { Authenticate, Authentication, ResolvedOptions } from '../options';

/** Who a request comes from, or the answer that refuses it. */
export type AuthenticationResult<P> =
  | { readonly authentication: Authentication<P>; readonly errorResponse?: undefined }
  | { readonly errorResponse: HttpResponse };

/** Says of each request whether it may come in, and as whom. */
export class RequestAuthenticator<P> {
  readonly #options: Pick<ResolvedOptions, 'isOriginAllowed' | 'logger'>;
  readonly #callback: Authenticate<P>;

  constructor(options: Pick<ResolvedOptions, 'isOriginAllowed' | 'logger'>, authenticate: Authenticate<P>) {
    this.#options = options;
    this.#callback = authenticate;
  }

  /** Never rejects: what goes wrong in the application is logged and refused. */
  async authenticate(request: IncomingMessage): Promise<AuthenticationResult<P>> {
    const { isOriginAllowed, logger } = this.#options;
    try {
      const { origin } = request.headers;
      if (origin !== undefined && !isOriginAllowed(origin, request)) return { errorResponse: emptyResponse(403) };
      const authentication = await this.#callback(request);
      if (authentication !== undefined) return { authentication };
      // The stock client makes its message of the status alone when the body is empty.
      return { errorResponse: emptyResponse(401, { 'WWW-Authenticate': 'Bearer' }) };
    } catch (error) {
      logger.error({ err: error }, 'admitting a request failed');
      return { errorResponse: emptyResponse(500) };
    }
  }
}

/** What is kept of a request that was let in and begins a connection. */
export function identify<P>(
  connectionId: string,
  { principal, userId, expiresAt }: Authentication<P>,
  request: IncomingMessage,
): Identity<P> {
  const { headers, socket } = request;
  return { connectionId, principal, userId, expiresAt, request: { headers, remoteAddress: socket.remoteAddress } };
}
