import { ApiError, type ApiProblem, errorOf } from './api-error';
import { parseExact, renderExact } from './json';

export { ApiError, type ApiProblem, errorOf };

/** Whose token the calls are made with. */
export interface TokenHolder {
  /** `undefined`: nobody is signed in. */
  readonly token: string | undefined;
  /** The server takes this token. */
  taken(token: string): void;
  /** The server does not take this token, and says why. */
  refused(token: string, reason: string): void;
}

/** Parts of a path, which are escaped: `['topics', 'my cars']`. */
export type ApiPath = readonly string[];

export interface ApiOptions {
  /** Parameters; `undefined` is left out. */
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  /** An object or array goes as JSON with all its digits; a text goes as it is. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/**
 * The HTTP API. Each call resolves with the parsed body (`undefined` if there is none), and rejects with an `ApiError`,
 * or with the reason of `signal`. A token that the server does not take signs the session out.
 */
export interface Api {
  get<T>(path: ApiPath, options?: ApiOptions): Promise<T>;
  post<T>(path: ApiPath, options?: ApiOptions): Promise<T>;
  put<T>(path: ApiPath, options?: ApiOptions): Promise<T>;
  del<T>(path: ApiPath, options?: ApiOptions): Promise<T>;
  /** The answer as it came, for bodies that are no JSON; rejects as the others do. */
  fetch(method: string, path: ApiPath, options?: ApiOptions): Promise<Response>;
}

/** The address of a path of the server, also behind a prefix. */
export function addressOf(path: ApiPath, query: ApiOptions['query'] = {}): URL {
  const url = new URL(path.map(encodeURIComponent).join('/'), new URL('.', document.baseURI));
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) url.searchParams.set(name, String(value));
  }
  return url;
}

export function api(session: TokenHolder): Api {
  const send = async (method: string, path: ApiPath, options: ApiOptions = {}): Promise<Response> => {
    // Browsers take such parts out of an address, and ask for something else.
    const directory = path.find((part) => part === '.' || part === '..');
    if (directory !== undefined) {
      const message = `${directory} is no name: it means a directory in a path`;
      throw new ApiError(message, { status: 400, code: 'invalid_name' });
    }
    const token = session.token ?? '';
    const { body, signal } = options;
    const isText = typeof body === 'string';
    const headers = {
      ...(token !== '' && { Authorization: `Bearer ${token}` }),
      ...(body !== undefined && !isText && { 'Content-Type': 'application/json' }),
      ...options.headers,
    };
    const request = { method, headers, signal: signal ?? null, referrerPolicy: 'no-referrer' as const };
    const response = await fetch(addressOf(path, options.query), {
      ...request,
      ...(body !== undefined && { body: isText ? body : renderExact(body) }),
    }).catch((error: unknown) => {
      signal?.throwIfAborted();
      throw new ApiError('the server cannot be reached', { status: 0, code: 'unreachable', cause: error });
    });
    if (response.ok) {
      session.taken(token);
      return response;
    }
    const error = errorOf(response.status, await response.text());
    // The Events API answers 403 to a token that it does not take.
    if (response.status === 401 || error.code === 'unauthenticated') session.refused(token, error.message);
    throw error;
  };
  const call = async <T>(method: string, path: ApiPath, options?: ApiOptions): Promise<T> => {
    const text = await (await send(method, path, options)).text();
    return (text === '' ? undefined : parseExact(text)) as T;
  };
  return {
    get: (path, options) => call('GET', path, options),
    post: (path, options) => call('POST', path, options),
    put: (path, options) => call('PUT', path, options),
    del: (path, options) => call('DELETE', path, options),
    fetch: send,
  };
}
