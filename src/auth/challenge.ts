import type { WriterHubError } from '../errors';

/** RFC 6750, section 3: signs that may not be in a description; in a scope, a space stands between two. */
const NOT_IN_TEXT = /[^\x20-\x21\x23-\x5b\x5d-\x7e]/g;
const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]+$/;

/**
 * RFC 6750, section 3: what `WWW-Authenticate` says to a request that is refused for its token; `undefined` for every
 * other error. A request without a token is told the scheme alone.
 */
export function challengeOf({ code, message, scope, noToken }: WriterHubError): string | undefined {
  if (code !== 'unauthenticated' && code !== 'forbidden') return undefined;
  if (noToken) return 'Bearer';
  const error = code === 'forbidden' ? 'insufficient_scope' : 'invalid_token';
  const description = `error_description="${message.replace(NOT_IN_TEXT, '?')}"`;
  const missing = scope !== undefined && SCOPE.test(scope) ? `, scope="${scope}"` : '';
  return `Bearer error="${error}", ${description}${missing}`;
}
