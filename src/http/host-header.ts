import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Refusals } from './refusals';
import { pathOf } from './request-target';
import { DOCUMENTATION_PATH, isEventsApiPath } from './v0/events-api-error';

const STATUS = 400;
const DETAIL = 'the request has no header Host, which HTTP/1.1 requires';

/**
 * Answers a request of HTTP/1.1 that does not name its host; `false`: it does. RFC 9112, section 3.2. Node.js would do
 * so without a body, and before anybody could log it.
 */
export function refuseWithoutHost(request: IncomingMessage, response: ServerResponse, refusals: Refusals): boolean {
  if (request.headers.host !== undefined || request.httpVersion !== '1.1') return false;
  const isV0 = isEventsApiPath(pathOf(request));
  const body = isV0
    ? { error: DETAIL, documentation: DOCUMENTATION_PATH }
    : { type: 'about:blank', title: STATUS_CODES[STATUS], status: STATUS, detail: DETAIL };
  response.writeHead(STATUS, {
    Connection: 'close',
    'Content-Type': isV0 ? 'application/json' : 'application/problem+json',
    'X-Request-Id': refusals.noteStatus(request, STATUS, DETAIL),
  });
  response.end(request.method === 'HEAD' ? undefined : JSON.stringify(body));
  return true;
}
