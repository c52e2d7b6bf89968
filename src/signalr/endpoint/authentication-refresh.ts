import type { IncomingMessage } from 'node:http';
import type { Authentication, ResolvedOptions } from '../options';
import { type HttpResponse, jsonResponse } from '../transports/http-response';
import { findConnection } from './http-transports';
import type { NegotiatedConnection, NegotiatedConnections } from './negotiated-connections';
import type { AuthenticationResult, RequestAuthenticator } from './request-authenticator';

/** What is told of a lifetime is an integer of 32 bits. */
const LONGEST_LIFETIME = 0x7fffffff;

/** What refreshing needs to know of its server. */
export interface RefreshHost {
  readonly negotiated: NegotiatedConnections;
  readonly options: Pick<ResolvedOptions, 'clock'>;
}

/** Why a refresh is refused. HttpConnectionDispatcher: ProcessRefresh. */
type RefreshError =
  | 'missing_connection_token'
  | 'unsupported_negotiate_version'
  | 'connection_not_found'
  | 'invalid_token'
  | 'permission_change_rejected';

const STATUSES: Readonly<Record<RefreshError, number>> = {
  missing_connection_token: 400,
  unsupported_negotiate_version: 400,
  connection_not_found: 404,
  invalid_token: 401,
  permission_change_rejected: 403,
};

/** How many whole seconds an authentication is good for; `undefined` when it is for ever, or has expired. */
export function tokenLifetime(
  { expiresAt = Infinity }: Authentication<unknown>,
  clock: ResolvedOptions['clock'],
): number | undefined {
  const seconds = Math.floor((expiresAt - clock.date()) / 1000);
  return seconds > 0 && seconds !== Infinity ? Math.min(seconds, LONGEST_LIFETIME) : undefined;
}

/**
 * Gives a connection that is open another token: `POST {hub}/refresh?id={connection token}`. Its principal and when
 * that expires are replaced together, or neither of them.
 */
export class AuthenticationRefresh<P> {
  readonly #host: RefreshHost;
  readonly #authenticator: RequestAuthenticator<P>;

  constructor(host: RefreshHost, authenticator: RequestAuthenticator<P>) {
    this.#host = host;
    this.#authenticator = authenticator;
  }

  /** The number of a refresh that has come: of several, the last one counts, whichever sender is identified first. */
  begin(token: string | undefined): number {
    return (token === undefined ? undefined : this.#host.negotiated.find(token)?.beginRefresh()) ?? 0;
  }

  /** Answers a refresh whose sender was authenticated, or was not. */
  async answer(
    request: IncomingMessage,
    token: string | undefined,
    { result, order }: { readonly result: AuthenticationResult<P>; readonly order: number },
  ): Promise<HttpResponse> {
    if (result.errorResponse !== undefined) return asRefreshError(result.errorResponse);
    if (token === undefined || token === '') return refusal('missing_connection_token');
    const { authentication } = result;
    const lookup = findConnection(this.#host.negotiated, token, authentication);
    if (lookup.errorResponse !== undefined) {
      return refusal(lookup.errorResponse.status === 404 ? 'connection_not_found' : 'permission_change_rejected');
    }
    return this.#renew(request, { connection: lookup.connection, authentication, order });
  }

  async #renew(request: IncomingMessage, { connection, authentication, order }: Refreshing<P>): Promise<HttpResponse> {
    const { connectionId, connectionToken } = connection;
    // Then the token is no secret: others see it as the id.
    if (connectionId === connectionToken) return refusal('unsupported_negotiate_version');
    const { principal, expiresAt } = authentication;
    const previousPrincipal = connection.authentication.principal as P;
    const change = { request, connectionId, previousPrincipal, principal, expiresAt };
    if (!(await this.#authenticator.allowsRefresh(change))) return refusal('permission_change_rejected');
    // It may have ended meanwhile.
    if (this.#host.negotiated.find(connectionToken) !== connection) return refusal('connection_not_found');
    connection.refresh(order, authentication);
    const tokenLifetimeSeconds = tokenLifetime(connection.authentication, this.#host.options.clock);
    return jsonResponse(JSON.stringify({ tokenLifetimeSeconds }));
  }
}

interface Refreshing<P> {
  readonly connection: NegotiatedConnection;
  readonly authentication: Authentication<P>;
  readonly order: number;
}

function refusal(error: RefreshError, headers: HttpResponse['headers'] = {}): HttpResponse {
  const { headers: own, ...response } = jsonResponse(JSON.stringify({ error }));
  return { ...response, status: STATUSES[error], headers: { ...headers, ...own } };
}

/** Clients read what is wrong with a token from the body. */
function asRefreshError(response: HttpResponse): HttpResponse {
  return response.status === 401 ? refusal('invalid_token', response.headers) : response;
}
