import type { ServerResponse } from 'node:http';
import type { WriterHubError } from '../../errors';
import { setErrorHeaders } from '../problem';
import type { PublicAddress } from '../trusted-proxies';

/** Path of the page that explains errors, which this server serves itself. */
export const DOCUMENTATION_PATH = '/docs/events-api';

/** Whether errors at this path have the form of the Events API. */
export function isEventsApiPath(path: string): boolean {
  return path.startsWith('/v0/') || path === '/v0';
}

/**
 * The address of the page at the host that the caller used; only its path if the request does not name a valid host.
 */
function documentationOf({ scheme, host, prefix }: PublicAddress): string {
  const path = `${prefix}${DOCUMENTATION_PATH}`;
  return host === undefined ? path : `${scheme}://${host}${path}`;
}

/** Answers with an error as clients of the Events API expect it: `{"error": …, "documentation": …}`. */
export function sendEventsApiError(response: ServerResponse, error: WriterHubError, address: PublicAddress): void {
  const { status } = error.kind;
  const body = JSON.stringify({
    error: error.message,
    documentation: `${documentationOf(address)}#${error.code}`,
  });
  setErrorHeaders(response, error);
  response.setHeader('Content-Type', 'application/json');
  response.setHeader('Content-Length', Buffer.byteLength(body));
  // The Events API has no 401: it answers 403 to a missing or invalid token too.
  response.writeHead(status === 401 ? 403 : status);
  response.end(response.req.method === 'HEAD' ? undefined : body);
}
