import type { IncomingMessage, ServerResponse } from 'node:http';
import cors from 'cors';
import { WriterHubError } from '../errors';
import type { OriginPolicy } from './origins';

/** How long a browser may remember a preflight, in seconds: the most that Chromium grants. */
const PREFLIGHT_SECONDS = 7200;

const handleCors = cors({
  // Fetch standard: for the credentials mode "include", which the stock SignalR client uses, the answer must name the
  // origin.
  origin: true,
  credentials: true,
  methods: ['GET', 'HEAD', 'POST', 'PUT', 'DELETE'],
  exposedHeaders: [
    'Retry-After',
    'WWW-Authenticate',
    'Writer-Hub-Next',
    'Writer-Hub-Position',
    'Writer-Hub-Warning',
    'X-RateLimit-Limit',
    'X-RateLimit-Remaining',
    'X-RateLimit-Reset',
    'X-Request-Id',
  ],
  maxAge: PREFLIGHT_SECONDS,
});

/**
 * Lets pages of other origins call. Cookies are never read, so echoing any origin with credentials allows a page
 * nothing that it has no bearer token for. Answers preflights itself, calls `next` for all other requests, and throws
 * `origin_not_allowed` for an origin that is not on the allow-list.
 */
export function answerCors(
  request: IncomingMessage,
  response: ServerResponse,
  origins: OriginPolicy,
  next: () => void,
): void {
  const { origin } = request.headers;
  if (origin === undefined) {
    next();
    return;
  }
  if (!origins.allows(request)) {
    throw new WriterHubError('origin_not_allowed', `pages from ${origin.slice(0, 100)} may not call this server`);
  }
  // Private Network Access: a public page may call localhost or a private network only if the server there allows it.
  if (request.headers['access-control-request-private-network'] === 'true') {
    response.setHeader('Access-Control-Allow-Private-Network', 'true');
  }
  handleCors(request, response, next);
}
