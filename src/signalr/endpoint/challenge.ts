import type { AuthenticationRefusal } from '../options';

/** RFC 6750, section 3: signs that may not be in a description. */
const NOT_IN_DESCRIPTION = /[^\x20-\x21\x23-\x5b\x5d-\x7e]/g;

/**
 * The headers of a refusal. RFC 9110, 15.5.2: a 401 has a challenge; RFC 6750, section 3: it says what is wrong with
 * the token. One that the application has made stays as it is.
 */
export function refusalHeaders({
  status,
  reason,
  error,
  headers = {},
}: AuthenticationRefusal['refusal']): typeof headers {
  if (status !== 401 && error === undefined) return headers;
  if (Object.keys(headers).some((name) => name.toLowerCase() === 'www-authenticate')) return headers;
  const parameters = [`error="${String(error)}"`, `error_description="${reason.replace(NOT_IN_DESCRIPTION, '?')}"`];
  return { ...headers, 'WWW-Authenticate': error === undefined ? 'Bearer' : `Bearer ${parameters.join(', ')}` };
}
