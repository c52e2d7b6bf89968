import type { IncomingMessage, ServerResponse } from 'node:http';
import cors from 'cors';
import { WriterHubError } from '../errors';
import type { OriginPolicy } from './origins';

/** How long a browser may remember a preflight, in seconds: the most that Chromium grants. */
const PREFLIGHT_SECONDS = 7200;

const answer = cors({
  // The stock SignalR client sends credentials mode "include", for which the answer must name the origin itself.
  origin: true,
  credentials: true,
  methods: ['GET', 'HEAD', 'POST', 'PUT', 'DELETE'],
  exposedHeaders: [
    'Retry-After',
    'Writer-Hub-Next',
    'Writer-Hub-Position',
    'X-RateLimit-Limit',
    'X-RateLimit-Remaining',
    'X-RateLimit-Reset',
  ],
  maxAge: PREFLIGHT_SECONDS,
});

/**
 * Lets pages of other origins call. No cookie is ever an authority here, so that echoing any origin with credentials gives
 * a page nothing it has no bearer token for. Answers preflights itself, calls `next` for everything else, and throws
 * `origin_not_allowed` for a page that an allow-list leaves out.
 */
export function answerCors(
  request: IncomingMessage,
  response: ServerResponse,
  origins: OriginPolicy,
  next: () => void,
): void {
  const { origin, host } = request.headers;
  if (origin === undefined) {
    next();
    return;
  }
  if (!origins.allows(origin, host)) {
    throw new WriterHubError('origin_not_allowed', `pages from ${origin.slice(0, 100)} may not call this server`);
  }
  // Private Network Access: a public https page may reach a hub on localhost or in a private network only if that hub says so.
  if (request.headers['access-control-request-private-network'] === 'true') {
    response.setHeader('Access-Control-Allow-Private-Network', 'true');
  }
  answer(request, response, next);
}
