import type { IncomingMessage } from 'node:http';
import { refusalHeaders } from './challenge';
import { emptyResponse, type HttpResponse, textResponse } from '../transports/http-response';
import type { Identity } from '../connection/hub-host';
import type { Authenticate, Authentication, ResolvedOptions } from '../options';

/** The sender of a request, or the response to one that was not authenticated. */
export type AuthenticationResult<P> =
  | { readonly authentication: Authentication<P>; readonly errorResponse?: undefined }
  | { readonly errorResponse: HttpResponse };

/** Checks the origin of each request and authenticates its sender. */
export class RequestAuthenticator<P> {
  readonly #options: Pick<ResolvedOptions, 'isOriginAllowed' | 'logger'>;
  readonly #callback: Authenticate<P>;

  constructor(options: Pick<ResolvedOptions, 'isOriginAllowed' | 'logger'>, authenticate: Authenticate<P>) {
    this.#options = options;
    this.#callback = authenticate;
  }

  /** Never rejects: an error of the application is logged and answered with status 500. */
  async authenticate(request: IncomingMessage): Promise<AuthenticationResult<P>> {
    const { isOriginAllowed, logger } = this.#options;
    try {
      const { origin } = request.headers;
      if (origin !== undefined && !isOriginAllowed(origin, request)) {
        return { errorResponse: textResponse(403, 'Pages of this origin may not connect.') };
      }
      const admission = await this.#callback(request);
      // With an empty body, the stock client makes its error message from the status alone.
      if (admission === undefined) return { errorResponse: emptyResponse(401, { 'WWW-Authenticate': 'Bearer' }) };
      if (!('refusal' in admission)) return { authentication: admission };
      const { status, reason } = admission.refusal;
      return { errorResponse: textResponse(status, reason, refusalHeaders(admission.refusal)) };
    } catch (error) {
      logger.error({ err: error }, 'admitting a request failed');
      return { errorResponse: emptyResponse(500) };
    }
  }
}

/** The identity of the connection that an authenticated request begins. */
export function identify<P>(
  connectionId: string,
  { principal, userId, holder = userId, expiresAt }: Authentication<P>,
  { headers }: IncomingMessage,
  remoteAddress: string | undefined,
): Identity<P> {
  return {
    connectionId,
    principal,
    userId,
    holder,
    expiresAt,
    request: { headers, remoteAddress },
  };
}
