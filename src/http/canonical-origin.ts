/** A scheme, a host and perhaps a port; no user, path, query or wildcard. RFC 6454, section 6.2. */
const ORIGIN = /^[a-z][a-z0-9+.-]*:\/\/[^\s/?#@*]+$/;

/**
 * An origin as browsers write it: in lower case, without the default port of its scheme, the host in ASCII. A slash at
 * the end is forgiven. `undefined` for what no browser sends: a bare host, a path, a wildcard within.
 */
export function canonicalOrigin(text: string): string | undefined {
  const origin = text.toLowerCase().replace(/\/$/, '');
  // Of pages in files and sandboxes.
  if (origin === 'null') return origin;
  if (!ORIGIN.test(origin) || !URL.canParse(origin)) return undefined;
  // Of schemes that it does not know, such as an app's own, the class knows no origin.
  const known = new URL(origin).origin;
  return known === 'null' ? origin : known;
}
