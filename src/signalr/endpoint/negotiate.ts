import type { NegotiatedIds } from './negotiated-connections';
import { TRANSPORT_NAMES, type TransportName } from '../names';
import type { NegotiateRedirect } from '../options';

/** The highest negotiation version that is spoken. TransportProtocols: POST [endpoint-base]/negotiate. */
const LATEST_VERSION = 1;

/** The name of each transport on the wire and what it can carry. TransportProtocols: Transfer Formats. */
export const WIRE_TRANSPORTS = {
  webSockets: { transport: 'WebSockets', transferFormats: ['Text', 'Binary'] },
  serverSentEvents: { transport: 'ServerSentEvents', transferFormats: ['Text'] },
  longPolling: { transport: 'LongPolling', transferFormats: ['Text', 'Binary'] },
} as const satisfies Record<TransportName, { transport: string; transferFormats: readonly string[] }>;

/** The negotiate response of an admitted client. */
export interface NegotiateOffer {
  readonly version: number;
  readonly ids: NegotiatedIds;
  readonly transports: readonly TransportName[];
  readonly statefulReconnect: boolean;
  /** For how many seconds the client's token is good, if it can be refreshed and ends. */
  readonly tokenLifetimeSeconds: number | undefined;
}

/** The value of a query parameter, whose name is matched without regard to case. */
export function queryValue(query: URLSearchParams, name: string): string | undefined {
  for (const [key, value] of query) {
    if (key.toLowerCase() === name) return value;
  }
  return undefined;
}

/** Reads the version a client asks for: the version to speak, or the text of the error. */
export function chooseNegotiateVersion(
  asked: string | undefined,
): { readonly version: number } | { readonly error: string } {
  if (asked === undefined) return { version: 0 };
  const version = /^\s*[+-]?\d+\s*$/.test(asked) ? Number(asked) : NaN;
  if (!(Math.abs(version) <= 0x7fffffff)) return { error: 'The client requested a non-integer protocol version.' };
  if (version < 0) {
    return { error: `The client requested version '${version}', but the server does not support this version.` };
  }
  return { version: Math.min(version, LATEST_VERSION) };
}

/** Whether a client asks for stateful reconnect. */
export function asksForStatefulReconnect(query: URLSearchParams): boolean {
  return queryValue(query, 'usestatefulreconnect')?.trim().toLowerCase() === 'true';
}

/** The body of the negotiate response. */
export function negotiateResponse(offer: NegotiateOffer): string {
  const { version, ids, transports, statefulReconnect, tokenLifetimeSeconds } = offer;
  const { connectionId, connectionToken } = ids;
  return JSON.stringify({
    // Clients that have not asked for it refuse it.
    useStatefulReconnect: statefulReconnect ? true : undefined,
    negotiateVersion: version,
    connectionId,
    connectionToken: version === 0 ? undefined : connectionToken,
    // Without a token of its own, the connection cannot be refreshed.
    tokenLifetimeSeconds: version === 0 ? undefined : tokenLifetimeSeconds,
    availableTransports: TRANSPORT_NAMES.filter((name) => transports.includes(name)).map(
      (name) => WIRE_TRANSPORTS[name],
    ),
  });
}

/** The body of a negotiate response that redirects the client. */
export function redirectResponse({ url, accessToken }: NegotiateRedirect): string {
  return JSON.stringify({ url, accessToken });
}
