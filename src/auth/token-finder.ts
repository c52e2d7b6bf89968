import { WriterHubError } from '../errors';

/** The parts of a request that may hold a token; Node's `IncomingMessage` has them. */
export interface TokenRequest {
  readonly headers: { readonly authorization?: string | undefined };
  readonly url?: string | undefined;
}

/** Query parameters that may hold a token, as the header may: `access_token` is SignalR's, `token` the Events API's. */
export type TokenParameter = (typeof TOKEN_PARAMETERS)[number];

const TOKEN_PARAMETERS = ['access_token', 'token'] as const;

/**
 * Finds the token of a request: `Authorization: Bearer …` and the query parameters that the route allows. Throws
 * `unauthenticated` when there is none, or when two places hold different ones: guessing which one is meant would let
 * one part of a system check one token while another part acts on the other.
 */
export function findToken(request: TokenRequest, parameters: readonly TokenParameter[] = []): string {
  const fromHeader = bearerToken(request.headers.authorization);
  // Stryker disable all: a short cut; the answers are the same without it.
  const queryStart = parameters.length === 0 ? -1 : (request.url ?? '').indexOf('?');
  if (queryStart === -1) {
    if (fromHeader === undefined) throw noToken(request, parameters);
    return fromHeader;
  }
  // Stryker restore all

  const query = new URLSearchParams(request.url?.slice(queryStart + 1));
  const found = new Set(parameters.flatMap((name) => query.getAll(name)).filter((token) => token !== ''));
  if (fromHeader !== undefined) found.add(fromHeader);
  const [token] = found;
  if (token === undefined) throw noToken(request, parameters);
  // RFC 6750, section 2: a client must not use more than one way. The same token twice does no harm.
  if (found.size > 1) throw new WriterHubError('unauthenticated', 'the request holds two different tokens');
  return token;
}

/** RFC 6750, section 2.1; RFC 9110, section 11.1: the scheme is matched in any case. Other schemes are ignored. */
export function bearerToken(header: string | undefined): string | undefined {
  if (header?.slice(0, 7).toLowerCase() !== 'bearer ') return undefined;
  const token = header.slice(7).trim();
  return token === '' ? undefined : token;
}

function noToken({ url }: TokenRequest, parameters: readonly TokenParameter[]): WriterHubError {
  const places = [
    'the header `Authorization: Bearer <token>`',
    ...parameters.map((name) => `the query parameter \`${name}\``),
  ];
  const query = new URLSearchParams(url?.split('?', 2)[1]);
  const unread = TOKEN_PARAMETERS.find((name) => !parameters.includes(name) && Boolean(query.get(name)));
  const lack =
    unread === undefined
      ? 'there is no token'
      : `there is no token where this request may have one, and none is taken from the query parameter \`${unread}\``;
  return new WriterHubError('unauthenticated', `${lack}: send one in ${places.join(' or ')}`, { noToken: true });
}
