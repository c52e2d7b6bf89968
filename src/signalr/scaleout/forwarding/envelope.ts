import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { SharedKeys } from '../shared-keys';

/** The header with what the owner of a connection cannot see of a request. Never believed without a signature. */
export const ENVELOPE_HEADER = 'x-signalr-forwarded';

/** How long after it was made an envelope is believed, and how wrong clocks may be, in milliseconds. */
const LONGEST_AGE = 60_000;

const NONCE_BYTES = 12;

/** What the owner of a connection is told of a request that another server has got. */
interface Envelope {
  /** The server that it is for. */
  readonly to: string;
  readonly method: string;
  readonly url: string;
  /** The URL before a router has stripped its mount path, if one has. */
  readonly originalUrl?: string;
  /** When it was made, and something that makes it unlike all others. */
  readonly at: number;
  readonly nonce: string;
  readonly remoteAddress?: string | undefined;
  readonly remotePort?: number | undefined;
  readonly encrypted: boolean;
}

/** The envelope of a request for the server that it is forwarded to. */
export function sealEnvelope(request: IncomingMessage, to: string, keys: SharedKeys): string {
  const { socket, method = '', url = '' } = request;
  const { remoteAddress, remotePort } = socket;
  const original: unknown = 'originalUrl' in request ? request.originalUrl : undefined;
  const envelope: Envelope = {
    to,
    method,
    url,
    ...(typeof original === 'string' ? { originalUrl: original } : {}),
    at: Date.now(),
    nonce: randomBytes(NONCE_BYTES).toString('base64url'),
    remoteAddress,
    remotePort,
    encrypted: socket instanceof TLSSocket || (socket as { encrypted?: unknown }).encrypted === true,
  };
  const text = Buffer.from(JSON.stringify(envelope)).toString('base64url');
  return `${text}.${keys.sign('request', text)}`;
}

/** The envelopes that one server takes, each once. */
export class EnvelopeOpener {
  readonly #serverId: string;
  readonly #keys: SharedKeys;
  /** The nonces that were seen, and until when they would be believed. */
  readonly #seen = new Map<string, number>();

  constructor(serverId: string, keys: SharedKeys) {
    this.#serverId = serverId;
    this.#keys = keys;
  }

  /**
   * Makes a request what it was where it came in: its socket has the client's address, as the link carries one request
   * a socket. Returns false when it was not forwarded by a server of this hub.
   */
  open(request: IncomingMessage): boolean {
    const sealed = request.headers[ENVELOPE_HEADER];
    if (typeof sealed !== 'string') return false;
    const [text = '', signature = ''] = sealed.split('.');
    if (!this.#keys.verify('request', text, signature)) return false;
    const envelope = JSON.parse(Buffer.from(text, 'base64url').toString()) as Envelope;
    if (!this.#accepts(envelope, request)) return false;
    removeHeader(request, ENVELOPE_HEADER);
    showClient(request.socket, envelope);
    if (envelope.originalUrl !== undefined) Object.assign(request, { originalUrl: envelope.originalUrl });
    return true;
  }

  #accepts({ to, method, url, at, nonce }: Envelope, request: IncomingMessage): boolean {
    const now = Date.now();
    for (const [seen, until] of this.#seen) {
      if (until > now) break;
      this.#seen.delete(seen);
    }
    const mine = to === this.#serverId && method === request.method && url === request.url;
    if (!mine || Math.abs(now - at) > LONGEST_AGE || this.#seen.has(nonce)) return false;
    this.#seen.set(nonce, now + 2 * LONGEST_AGE);
    return true;
  }
}

function removeHeader(request: IncomingMessage, name: string): void {
  Reflect.deleteProperty(request.headers, name);
  const at = request.rawHeaders.findIndex((header, index) => index % 2 === 0 && header.toLowerCase() === name);
  if (at >= 0) request.rawHeaders.splice(at, 2);
}

function showClient(socket: Socket, { remoteAddress, remotePort, encrypted }: Envelope): void {
  const family = remoteAddress === undefined ? undefined : remoteAddress.includes(':') ? 'IPv6' : 'IPv4';
  const shown = { remoteAddress, remotePort, remoteFamily: family, ...(encrypted ? { encrypted } : {}) };
  for (const [name, value] of Object.entries(shown)) {
    Object.defineProperty(socket, name, { value, configurable: true });
  }
}
