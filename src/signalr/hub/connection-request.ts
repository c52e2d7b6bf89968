import { inspect } from 'node:util';

/** The headers of a request, by name in lower case. */
export type RequestHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/**
 * The request that began a connection: the upgrade to a WebSocket, the GET of the event stream, or the first poll. It
 * never changes. When it is logged or turned into JSON, what lets somebody in is left out.
 */
export interface ConnectionRequest {
  readonly method: string;
  /** Path and query, as the client has sent them. May hold a token. */
  readonly url: string;
  /** The path alone, as the client has sent it. */
  readonly path: string;
  /** A copy of the query. May hold a token. */
  readonly query: URLSearchParams;
  readonly headers: RequestHeaders;
  /** The client's address, as `remoteAddressOf` knows it. */
  readonly remoteAddress: string | undefined;
}

/** What is needed of a request; that of Node.js fits. */
export interface IncomingRequest {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  /** The URL before a router has stripped its mount path. */
  readonly originalUrl?: unknown;
  readonly headers: RequestHeaders;
}

/** Names in the query whose values let somebody in. */
const SECRET_PARAMETERS = new Set(['access_token', 'id']);

const SECRET_HEADERS = new Set(['authorization', 'cookie', 'proxy-authorization']);

const REDACTED = '[redacted]';

/** Keeps what is asked of a request, and makes copies only when it is asked. */
class KeptRequest implements ConnectionRequest {
  readonly method: string;
  readonly url: string;
  readonly remoteAddress: string | undefined;
  readonly #given: RequestHeaders;

  constructor({ method = 'GET', url = '', originalUrl, headers }: IncomingRequest, remoteAddress: string | undefined) {
    this.method = method;
    this.url = typeof originalUrl === 'string' ? originalUrl : url;
    this.remoteAddress = remoteAddress;
    this.#given = headers;
  }

  get path(): string {
    const mark = this.url.indexOf('?');
    return mark === -1 ? this.url : this.url.slice(0, mark);
  }

  get query(): URLSearchParams {
    return new URLSearchParams(this.url.slice(this.path.length));
  }

  get headers(): RequestHeaders {
    return Object.freeze({ ...this.#given });
  }

  toJSON(): object {
    const { method, path, query, headers, remoteAddress } = this;
    for (const name of new Set(query.keys())) {
      if (SECRET_PARAMETERS.has(name.toLowerCase())) query.set(name, REDACTED);
    }
    const shown = Object.entries(headers).map(([name, value]) => [name, SECRET_HEADERS.has(name) ? REDACTED : value]);
    return {
      method,
      path,
      query: Object.fromEntries(query) as object,
      headers: Object.fromEntries(shown) as object,
      remoteAddress,
    };
  }

  [inspect.custom](): object {
    return this.toJSON();
  }
}

/** What a connection keeps of the request that began it. */
export function keepRequest(request: IncomingRequest, remoteAddress: string | undefined): ConnectionRequest {
  return Object.freeze(new KeptRequest(request, remoteAddress));
}
