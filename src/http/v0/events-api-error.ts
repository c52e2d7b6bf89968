import type { IncomingMessage, ServerResponse } from 'node:http';
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
  const body = JSON.stringify({
    error: error.message,
    documentation: `${documentationOf(address)}#${error.code}`,
  });
  setErrorHeaders(response, error);
  response.setHeader('Content-Type', 'application/json');
  response.setHeader('Content-Length', Buffer.byteLength(body));
  response.writeHead(statusOf(error, response.req));
  response.end(response.req.method === 'HEAD' ? undefined : body);
}

function statusOf({ code, kind }: WriterHubError, request: IncomingMessage): number {
  // The Events API has no 401: it answers 403 to a missing or invalid token too.
  if (kind.status === 401) return 403;
  return code === 'query_timeout' && isOfPage(request) ? PAGE_QUERY_TIMEOUT : kind.status;
}

/**
 * What a page is told of a query that took too long. RFC 9110, section 15.5.9, lets clients repeat a request that is
 * answered with 408, and browsers do, on each connection that they have open: the query would run again and again.
 */
export const PAGE_QUERY_TIMEOUT = 504;

/** Browsers send the one with all but simple requests, the other where nobody listens in; Node.js sends neither. */
function isOfPage({ headers }: IncomingMessage): boolean {
  return headers.origin !== undefined || headers['sec-fetch-site'] !== undefined;
}
