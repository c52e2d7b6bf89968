import { describe } from '../mistakes';

function has(value: unknown, name: string): boolean {
  return typeof (value as Record<string, unknown> | null | undefined)?.[name] === 'function';
}

/** @throws TypeError unless a hub is attached to an HTTP server, at a path. */
export function checkAttachment(server: unknown, path: unknown): void {
  if (!has(server, 'on') || !has(server, 'listenerCount') || !has(server, 'close')) {
    const hint = has(server, 'listen') ? '; pass what createServer(app) or app.listen() returns' : '';
    throw new TypeError(`attach: first comes the HTTP server, not ${describe(server)}${hint}`);
  }
  if (typeof path !== 'string') {
    throw new TypeError(`attach: behind the HTTP server comes the path, such as '/hub', not ${describe(path)}`);
  }
  if (!/^(?:\/[^?#]*)?$/.test(path)) {
    throw new TypeError(`attach: a path begins with / and has no query, such as '/hub', unlike ${describe(path)}`);
  }
}

/** @throws TypeError unless the handler was called for a request. */
export function checkHandled(request: unknown, response: unknown): void {
  if (has(response, 'writeHead') && request !== undefined) return;
  throw new TypeError(
    `handler: a request and a response are needed, not ${describe(request)} and ${describe(response)}; pass the handler on as it is: app.use('/hub', server.handler)`,
  );
}
