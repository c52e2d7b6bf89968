/** Where forwarded requests are taken unless something else is said: from other processes of the same machine. */
export const DEFAULT_HOST = '127.0.0.1';

/** The least length of a key: what is easily guessed protects nothing. */
const SHORTEST_KEY = 32;

const HIGHEST_PORT = 65_535;

/** How servers forward requests to each other. */
export interface ForwardingOptions {
  /**
   * Secrets of 32 characters or more that all servers of the hub have: the first signs, all are recognised. To change
   * it, add the new one behind, then put it first, then drop the old one.
   */
  readonly keys: readonly string[];
  /** The address of this machine at which the other servers reach it. Default `127.0.0.1`: all on one machine. */
  readonly host?: string;
  /** Default 0: any that is free. */
  readonly port?: number;
  /** `host:port` for the others, where they reach this server at another address than it listens at. */
  readonly address?: string;
}

/** What is wrong with the options; `undefined` when nothing is. */
export function forwardingFault({
  keys,
  host = DEFAULT_HOST,
  port = 0,
  address,
}: ForwardingOptions): string | undefined {
  const isKey = (key: unknown): boolean => typeof key === 'string' && key.length >= SHORTEST_KEY;
  if (!Array.isArray(keys) || keys.length === 0 || !keys.every(isKey)) {
    return `must have keys: a list of secrets of ${SHORTEST_KEY} characters or more`;
  }
  if (typeof host !== 'string' || host === '') return 'must have a host that is an address or a name';
  if (!Number.isInteger(port) || port < 0 || port > HIGHEST_PORT) return 'must have a port from 0 to 65535';
  if (address === undefined) {
    const anywhere = host === '0.0.0.0' || host === '::';
    return anywhere ? `must have an address that others reach, as '${host}' is none` : undefined;
  }
  return typeof address === 'string' && isAddress(address) ? undefined : "must have an address of the form 'host:port'";
}

function isAddress(address: string): boolean {
  return /:\d+$/.test(address) && URL.canParse(`http://${address}`) && new URL(`http://${address}`).pathname === '/';
}
