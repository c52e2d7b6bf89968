import type { IncomingMessage } from 'node:http';
import { findToken } from '../../auth/token-finder';

/**
 * Finds the token of a request to the Events API, in the header or the query parameter `token`. Tinybird's published
 * curl command for a gzipped body has a full stop after the token, which is removed. Throws `unauthenticated`.
 */
export function findEventsApiToken(request: IncomingMessage): string {
  const { url = '', headers } = request;
  // The query need not be parsed for every request of a sender that has the token in the header. A name may be written
  // with escapes.
  const onlyInHeader = headers.authorization !== undefined && !url.includes('token=') && !url.includes('%');
  const token = findToken(request, onlyInHeader ? [] : ['token']);
  return token.endsWith('.') && token.split('.').length === 4 ? token.slice(0, -1) : token;
}
