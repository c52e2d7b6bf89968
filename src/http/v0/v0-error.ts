import type { IncomingMessage, ServerResponse } from 'node:http';
import type { WriterHubError } from '../../errors';
import { RETRY_AFTER_SECONDS } from '../problem';

/** Where the page lies that explains errors: on this server itself (`docs-router.ts`). */
export const DOCUMENTATION = '/docs/events-api';

/** RFC 9110, section 7.2: a host, and a port if there is one; nothing that would make another address of what follows. */
const HOST = /^[\w.~%:[\]-]+$/;

/** Whether a path belongs to the routes that answer as the Events API does. */
export function isV0(path: string): boolean {
  return path.startsWith('/v0/') || path === '/v0';
}

/** The address of the page as the caller reaches it; only its path when the caller does not say how it calls this server. */
function documentationOf({ headers: { host }, socket }: IncomingMessage): string {
  const origin = `${'encrypted' in socket ? 'https' : 'http'}://${host ?? ''}`;
  return HOST.test(host ?? '') && URL.canParse(origin) ? `${origin}${DOCUMENTATION}` : DOCUMENTATION;
}

/** Answers with an error as programs for the Events API expect it: `{"error": …, "documentation": …}`. */
export function sendV0Error(response: ServerResponse, error: WriterHubError): void {
  const { status, retry } = error.kind;
  const body = JSON.stringify({
    error: error.message,
    documentation: `${documentationOf(response.req)}#${error.code}`,
  });
  if (retry && status === 503) response.setHeader('Retry-After', RETRY_AFTER_SECONDS);
  response.setHeader('Content-Type', 'application/json');
  response.setHeader('Content-Length', Buffer.byteLength(body));
  // The Events API knows no 401: a token that is missing or not valid is 403 as well.
  response.writeHead(status === 401 ? 403 : status);
  response.end(response.req.method === 'HEAD' ? undefined : body);
}
