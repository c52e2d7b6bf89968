import type { IncomingMessage } from 'node:http';
import { findToken } from '../../auth/token-finder';

/**
 * The token of a request to the Events API: in the header, or as the query parameter `token`. The published curl that sends a gzipped body
 * has a full stop behind the token; it is not part of one.
 */
export function v0Token(request: IncomingMessage): string {
  const { url = '', headers } = request;
  // A query need not be taken apart for every request of a sender who has the token in the header.
  const onlyInHeader = headers.authorization !== undefined && !url.includes('token=');
  const token = findToken(request, onlyInHeader ? [] : ['token']);
  return token.endsWith('.') && token.split('.').length === 4 ? token.slice(0, -1) : token;
}
