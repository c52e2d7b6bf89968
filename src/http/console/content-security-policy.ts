/**
 * What the page may load and call: its own files, and the server it came from. Nothing inline, nothing from elsewhere.
 * `host`: how the browser reaches the server, with the port; older browsers do not take `'self'` for WebSockets.
 */
export function contentSecurityPolicy(host: string | undefined): string {
  const sockets = host === undefined ? '' : ` ws://${host} wss://${host}`;
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    `connect-src 'self'${sockets}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}
