import type { IncomingMessage } from 'node:http';
import { emptyAnswer, type HttpAnswer } from '../transports/http-response';
import type { Identity } from '../connection/hub-host';
import type { Authenticate, Authentication, NegotiateRedirect, ResolvedOptions } from '../options';

/** Who a request comes from, or the answer that refuses it. */
export type Admission<P> =
  { readonly authentication: Authentication<P>; readonly refusal?: undefined } | { readonly refusal: HttpAnswer };

/** Says of each request whether it may come in, and as whom. */
export class Gate<P> {
  readonly #options: Pick<ResolvedOptions, 'isOriginAllowed' | 'redirect' | 'logger'>;
  readonly #authenticate: Authenticate<P>;

  constructor(
    options: Pick<ResolvedOptions, 'isOriginAllowed' | 'redirect' | 'logger'>,
    authenticate: Authenticate<P>,
  ) {
    this.#options = options;
    this.#authenticate = authenticate;
  }

  /** Never rejects: what goes wrong in the application is logged and refused. */
  async admit(request: IncomingMessage): Promise<Admission<P>> {
    const { isOriginAllowed, logger } = this.#options;
    try {
      const { origin } = request.headers;
      if (origin !== undefined && !isOriginAllowed(origin, request)) return { refusal: emptyAnswer(403) };
      const authentication = await this.#authenticate(request);
      if (authentication !== undefined) return { authentication };
      // The stock client makes its message of the status alone when the body is empty.
      return { refusal: emptyAnswer(401, { 'WWW-Authenticate': 'Bearer' }) };
    } catch (error) {
      logger.error({ err: error }, 'admitting a request failed');
      return { refusal: emptyAnswer(500) };
    }
  }

  /** Where the application sends a client that negotiates, or the answer that says this cannot be found out. Never rejects. */
  async redirect(request: IncomingMessage): Promise<NegotiateRedirect | HttpAnswer | undefined> {
    const { redirect, logger } = this.#options;
    try {
      return await redirect(request);
    } catch (error) {
      logger.error({ err: error }, 'redirecting a negotiation failed');
      return emptyAnswer(500);
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
