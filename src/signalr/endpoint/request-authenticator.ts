import type { IncomingMessage } from 'node:http';
import { refusalHeaders } from './challenge';
import { emptyResponse, type HttpResponse, textResponse } from '../transports/http-response';
import type { Identity } from '../connection/hub-host';
import { keepRequest } from '../hub/connection-request';
import type { TransportName } from '../names';
import { describe } from '../mistakes';
import type { AllowRefresh, Authenticate, Authentication, RefreshRequest, ResolvedOptions } from '../options';

/** The sender of a request, or the response to one that was not authenticated. */
export type AuthenticationResult<P> =
  | { readonly authentication: Authentication<P>; readonly errorResponse?: undefined }
  | { readonly errorResponse: HttpResponse };

/** Checks the origin of each request and authenticates its sender. */
export class RequestAuthenticator<P> {
  readonly #options: Pick<ResolvedOptions, 'isOriginAllowed' | 'logger'>;
  readonly #callback: Authenticate<P>;
  readonly #allowRefresh: AllowRefresh<P> | undefined;

  constructor(
    options: Pick<ResolvedOptions, 'isOriginAllowed' | 'logger'>,
    authenticate: Authenticate<P>,
    allowRefresh?: AllowRefresh<P>,
  ) {
    this.#options = options;
    this.#callback = authenticate;
    this.#allowRefresh = allowRefresh;
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
      checkAdmission(admission);
      if (!('refusal' in admission)) return { authentication: admission };
      const { status, reason } = admission.refusal;
      return { errorResponse: textResponse(status, reason, refusalHeaders(admission.refusal)) };
    } catch (error) {
      logger.error({ err: error }, 'admitting a request failed');
      return { errorResponse: emptyResponse(500) };
    }
  }

  /** Whether the application lets a connection have another token. Never rejects: an error is logged, and means no. */
  async allowsRefresh(refresh: RefreshRequest<P>): Promise<boolean> {
    try {
      return this.#allowRefresh === undefined || (await this.#allowRefresh(refresh));
    } catch (error) {
      const { connectionId } = refresh;
      this.#options.logger.error({ connectionId, err: error }, 'onAuthenticationRefresh failed');
      return false;
    }
  }
}

/** What is known of a connection that begins, besides its sender. */
export interface Beginning {
  readonly connectionId: string;
  readonly transport: TransportName;
  readonly request: IncomingMessage;
  readonly remoteAddress: string | undefined;
}

/** @throws TypeError when `authenticate` has returned the principal itself, or a mere yes or no. */
function checkAdmission(admission: unknown): void {
  const isAdmission = typeof admission === 'object' && admission !== null;
  if (isAdmission && ['principal', 'userId', 'refusal'].some((name) => name in admission)) return;
  // A text may be a token.
  const what = typeof admission === 'string' ? 'a text' : describe(admission);
  throw new TypeError(`authenticate: { principal, userId }, { refusal } or undefined must be returned, not ${what}`);
}

/** The identity of the connection that an authenticated request begins. */
export function identify<P>(
  { connectionId, transport, request, remoteAddress }: Beginning,
  { principal, userId, holder = userId, expiresAt }: Authentication<P>,
): Identity<P> {
  return {
    connectionId,
    transport,
    principal,
    userId,
    holder,
    expiresAt,
    request: keepRequest(request, remoteAddress),
  };
}
