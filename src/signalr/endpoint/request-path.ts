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

/** A path in the form in which paths are compared: without regard to case and to a trailing slash. */
export function normalizePath(path: string): string {
  return path.toLowerCase().replace(/\/+$/, '');
}
