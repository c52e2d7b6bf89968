import type { IncomingMessage } from 'node:http';

/** The path of a request's target without its query, as it was sent. */
export function pathOf(request: IncomingMessage): string {
  return withoutQuery(request.url ?? '/');
}

function withoutQuery(url: string): string {
  const query = url.indexOf('?');
  return query === -1 ? url : url.slice(0, query);
}

/** The path that was asked for, also behind a router that takes its mount path off. */
export function askedPathOf(request: IncomingMessage): string {
  const asked = 'originalUrl' in request && typeof request.originalUrl === 'string' ? request.originalUrl : request.url;
  return withoutQuery(asked ?? '/');
}

/** The parameters of a request target's query. */
export function queryOf(url = ''): URLSearchParams {
  const query = url.indexOf('?');
  return new URLSearchParams(query === -1 ? '' : url.slice(query + 1));
}
