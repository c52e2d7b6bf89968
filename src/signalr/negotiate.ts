import type { NegotiatedIds } from './connection-table';

/** The highest version of the negotiation spoken. TransportProtocols: POST [endpoint-base]/negotiate. */
const latestVersion = 1;

const availableTransports = [{ transport: 'WebSockets', transferFormats: ['Text', 'Binary'] }] as const;

/** The value of a query parameter, whose name matches without case. */
export function queryValue(query: URLSearchParams, name: string): string | undefined {
  for (const [key, value] of query) {
    if (key.toLowerCase() === name) return value;
  }
  return undefined;
}

/** Reads the version a client asks for: the one to speak, or the text that refuses it. */
export function chooseNegotiateVersion(
  asked: string | undefined,
): { readonly version: number } | { readonly error: string } {
  if (asked === undefined) return { version: 0 };
  const version = /^\s*[+-]?\d+\s*$/.test(asked) ? Number(asked) : NaN;
  if (!(Math.abs(version) <= 0x7fffffff)) return { error: 'The client requested a non-integer protocol version.' };
  if (version < 0) {
    return { error: `The client requested version '${version}', but the server does not support this version.` };
  }
  return { version: Math.min(version, latestVersion) };
}

/** The body that answers a negotiation. */
export function negotiateResponse(negotiateVersion: number, ids: NegotiatedIds): string {
  const { connectionId, connectionToken } = ids;
  const identity = negotiateVersion === 0 ? { connectionId } : { connectionId, connectionToken };
  return JSON.stringify({ negotiateVersion, ...identity, availableTransports });
}
