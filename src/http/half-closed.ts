import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Server as TlsServer } from 'node:https';

/** A query changes nothing, and ends when nobody waits for it. */
const QUERY_PATH = '/v0/sql';

/**
 * Has a client answered that closes its half of the connection behind a complete request, as `nc -N` does: what it sent
 * is stored. What is only read may go on for ever, such as an event stream, so that there it means that nobody reads.
 */
export function answerHalfClosed(server: Server | TlsServer): void {
  // Node.js would close the other half as well, before the answer.
  Object.assign(server, { httpAllowHalfOpen: true });
  server.prependListener('request', ({ method, url, socket }: IncomingMessage, response: ServerResponse) => {
    if (method !== 'GET' && method !== 'HEAD' && url?.startsWith(QUERY_PATH) !== true) return;
    const end = (): void => {
      socket.end();
    };
    socket.once('end', end);
    response.once('close', () => {
      socket.off('end', end);
    });
  });
}
