import type { IncomingMessage } from 'node:http';
import { BlockList, isIP, type Socket } from 'node:net';

/** What is looked at of a request. */
export type ForwardedRequest = Pick<IncomingMessage, 'headers' | 'socket'>;

/** How clients reach the server. */
export interface PublicAddress {
  readonly scheme: 'http' | 'https';
  /** Host and port; `undefined`: the request names none that is valid. */
  readonly host: string | undefined;
  /** A path without a slash at its end, which a proxy takes off; mostly empty. */
  readonly prefix: string;
}

/** What one proxy says of whom it forwards for. */
interface Hop {
  readonly client: string | undefined;
  readonly proto: string | undefined;
  readonly host: string | undefined;
}

/**
 * RFC 9110, section 7.2: a host, with or without a port. Nothing in it can change what the rest of an address means.
 */
const HOST = /^[\w.~%:[\]-]+$/;

const PREFIX = /^(?:\/[\w.~%-]+)+$/;

/** RFC 7239, section 4: a pair of a name and a token or a quoted text. */
const PAIR = /^\s*([\w!#$%&'*+.^`|~-]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s";,]*))\s*$/;

/** Addresses and networks as an option lists them. Throws an `Error` that names the one which is neither. */
export function toNetworks(entries: readonly string[]): BlockList {
  const networks = new BlockList();
  for (const entry of entries) {
    if (entry === 'loopback') {
      networks.addSubnet('127.0.0.0', 8, 'ipv4');
      networks.addAddress('::1', 'ipv6');
      continue;
    }
    const [address = '', length, ...rest] = entry.split('/');
    const version = isIP(address);
    const bits = length === undefined ? undefined : Number(length);
    const isLength = length === undefined || (/^\d{1,3}$/.test(length) && Number(length) <= (version === 4 ? 32 : 128));
    if (version === 0 || !isLength || rest.length > 0) {
      throw new Error(
        `${JSON.stringify(entry)}, which is no address such as 10.0.0.7, no network such as 10.0.0.0/8, and not loopback`,
      );
    }
    const family = version === 4 ? 'ipv4' : 'ipv6';
    if (bits === undefined) networks.addAddress(address, family);
    else networks.addSubnet(address, bits, family);
  }
  return networks;
}

/**
 * The proxies in front of the server. What they say of a client (`X-Forwarded-For`, `-Proto`, `-Host`, `-Prefix`, or
 * RFC 7239's `Forwarded`) is believed; from anybody else it is not looked at.
 */
export class TrustedProxies {
  #networks: BlockList | undefined;
  /** For whom the last request of a proxy's connection came. */
  readonly #clients = new WeakMap<Socket, string>();

  constructor(entries: readonly string[]) {
    this.replace(entries);
  }

  /** Others are believed from now on. */
  replace(entries: readonly string[]): void {
    this.#networks = entries.length === 0 ? undefined : toNetworks(entries);
  }

  /** The address of the client that a request comes from. */
  clientOf({ headers, socket }: ForwardedRequest): string | undefined {
    const peer = socket.remoteAddress;
    if (!this.#isTrusted(peer)) return peer;
    const { client } = this.#outermost(headers, plain(peer));
    if (client !== undefined) this.#clients.set(socket, client);
    return client;
  }

  /** The address of the client that a connection belongs to, as far as its requests have told. */
  clientBehind(socket: Socket): string | undefined {
    return this.#clients.get(socket) ?? socket.remoteAddress;
  }

  /** How the sender of a request reaches the server. */
  publicAddress({ headers, socket }: ForwardedRequest): PublicAddress {
    const scheme = 'encrypted' in socket ? 'https' : 'http';
    if (!this.#isTrusted(socket.remoteAddress)) return { scheme, host: valid(headers.host), prefix: '' };
    const { proto, host } = this.#outermost(headers, undefined);
    const prefix = first(headers['x-forwarded-prefix'])?.replace(/\/+$/, '') ?? '';
    return {
      scheme: proto === 'https' || proto === 'http' ? proto : scheme,
      host: valid(host) ?? valid(headers.host),
      prefix: PREFIX.test(prefix) ? prefix : '',
    };
  }

  #isTrusted(address: string | undefined): boolean {
    if (this.#networks === undefined || address === undefined) return false;
    const bare = plain(address);
    const version = isIP(bare ?? '');
    return bare !== undefined && version !== 0 && this.#networks.check(bare, version === 4 ? 'ipv4' : 'ipv6');
  }

  /**
   * What the outermost of the trusted proxies says. Each adds to the right, so whatever stands further left than the
   * first address that is not trusted was sent by somebody unknown. Where there are both kinds of headers, the usual
   * one counts.
   */
  #outermost(headers: IncomingMessage['headers'], peer: string | undefined): Hop {
    const hops = usualHops(headers) ?? standardHops(headers);
    let outermost: Hop = { client: peer, proto: undefined, host: undefined };
    for (const hop of hops.reverse()) {
      if (hop.client === undefined) break;
      outermost = hop;
      if (!this.#isTrusted(hop.client)) break;
    }
    const { proto, host } = outermost;
    return {
      ...outermost,
      proto: first(headers['x-forwarded-proto'])?.toLowerCase() ?? proto?.toLowerCase(),
      host: first(headers['x-forwarded-host']) ?? host,
    };
  }
}

/** By `X-Forwarded-For`, from the client to the last proxy but one. */
function usualHops(headers: IncomingMessage['headers']): Hop[] | undefined {
  const text = joined(headers['x-forwarded-for']);
  if (text === undefined) return undefined;
  return text.split(',').map((client) => ({ client: addressIn(client.trim()), proto: undefined, host: undefined }));
}

/** By RFC 7239's `Forwarded`. */
function standardHops(headers: IncomingMessage['headers']): Hop[] {
  const text = joined(headers['forwarded']);
  if (text === undefined) return [];
  return splitOutsideQuotes(text, ',').map((element) => {
    const pairs = new Map<string, string>();
    for (const part of splitOutsideQuotes(element, ';')) {
      const [, name, quoted, token] = PAIR.exec(part) ?? [];
      if (name !== undefined) pairs.set(name.toLowerCase(), quoted?.replace(/\\(.)/g, '$1') ?? token ?? '');
    }
    return { client: addressIn(pairs.get('for') ?? ''), proto: pairs.get('proto'), host: pairs.get('host') };
  });
}

function splitOutsideQuotes(text: string, separator: ',' | ';'): string[] {
  return text.match(separator === ',' ? /(?:"(?:[^"\\]|\\.)*"|[^,"])+/g : /(?:"(?:[^"\\]|\\.)*"|[^;"])+/g) ?? [];
}

/** An address, perhaps with a port; `undefined` for `unknown` and names that hide one (RFC 7239, section 6). */
function addressIn(node: string): string | undefined {
  const bare = /^\[([^\]]+)\](?::\d+)?$/.exec(node)?.[1] ?? /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(node)?.[1] ?? node;
  return isIP(bare) === 0 ? undefined : plain(bare);
}

/** An IPv4 address as itself where a socket of IPv6 has it, and without the zone of a link. */
function plain(address: string | undefined): string | undefined {
  return address?.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
}

function valid(host: string | undefined): string | undefined {
  return host !== undefined && HOST.test(host) && URL.canParse(`http://${host}`) ? host : undefined;
}

function joined(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header.join(',') : header;
}

/** Of a list, what the proxy next to the client has said. */
function first(header: string | string[] | undefined): string | undefined {
  return joined(header)?.split(',', 1)[0]?.trim();
}
