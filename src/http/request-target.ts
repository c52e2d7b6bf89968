import type { IncomingMessage } from 'node:http';

/** The path of a request's target without its query, as it was sent. */
export function pathOf(request: IncomingMessage): string {
  const url = request.url ?? '/';
  const query = url.indexOf('?');
  return query === -1 ? url : url.slice(0, query);
}

/** The parameters of a request target's query. */
export function queryOf(url = ''): URLSearchParams {
  const query = url.indexOf('?');
  return new URLSearchParams(query === -1 ? '' : url.slice(query + 1));
}
