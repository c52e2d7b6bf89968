import type { ServerResponse } from 'node:http';
import type { WriterHubError } from '../../errors';
import { RETRY_AFTER_SECONDS } from '../problem';

/** Where the page lies that explains errors: on this server itself (`docs-router.ts`). */
export const DOCUMENTATION = '/docs/events-api';

/** Whether a path belongs to the routes that answer as the Events API does. */
export function isV0(path: string): boolean {
  return path.startsWith('/v0/') || path === '/v0';
}

/** Answers with an error as programs for the Events API expect it: `{"error": …, "documentation": …}`. */
export function sendV0Error(response: ServerResponse, error: WriterHubError): void {
  const { status, retry } = error.kind;
  const place = error.position === undefined ? '' : ` (byte ${error.position})`;
  const body = JSON.stringify({
    error: `${error.message}${place}`,
    documentation: `${DOCUMENTATION}#${error.code}`,
  });
  if (retry && status === 503) response.setHeader('Retry-After', RETRY_AFTER_SECONDS);
  response.setHeader('Content-Type', 'application/json');
  response.setHeader('Content-Length', Buffer.byteLength(body));
  // The Events API knows no 401: a token that is missing or not valid is 403 as well.
  response.writeHead(status === 401 ? 403 : status);
  response.end(response.req.method === 'HEAD' ? undefined : body);
}
