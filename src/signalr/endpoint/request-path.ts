import type { IncomingMessage } from 'node:http';

/** Path and query of a request. */
export function splitUrl(request: Pick<IncomingMessage, 'url'>): {
  readonly path: string;
  readonly query: URLSearchParams;
} {
  const url = request.url ?? '';
  const mark = url.indexOf('?');
  if (mark === -1) return { path: url, query: new URLSearchParams() };
  return { path: url.slice(0, mark), query: new URLSearchParams(url.slice(mark + 1)) };
}

/** A path in the form in which paths are compared: unescaped, without regard to case and to a trailing slash. */
export function normalizePath(path: string): string {
  return unescapePath(path).toLowerCase().replace(/\/+$/, '');
}

/** RFC 3986, 6.2.2.2: `/%68ub` is `/hub`. An escaped slash stays, as it separates nothing. */
function unescapePath(path: string): string {
  if (!path.includes('%')) return path;
  try {
    return path.split(/%2f/i).map(decodeURIComponent).join('%2f');
  } catch {
    // It holds something that is no escape, or no UTF-8.
    return path;
  }
}
