import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Server as TlsServer } from 'node:https';
import type { Socket } from 'node:net';

/**
 * Has responses closed that wait behind another on their connection (RFC 9112, section 9.3.2) when it goes. Node.js
 * closes the one alone whose turn it is: what the others hold would be held for ever.
 */
export function closeWaitingResponses(server: Server | TlsServer): void {
  const waitingOn = new WeakMap<Socket, Set<ServerResponse>>();
  const waitingFor = (socket: Socket): Set<ServerResponse> => {
    const waiting = new Set<ServerResponse>();
    waitingOn.set(socket, waiting);
    socket.once('close', () => {
      for (const response of waiting) close(response);
    });
    return waiting;
  };
  server.prependListener('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    if (response.socket !== null) return;
    const waiting = waitingOn.get(socket) ?? waitingFor(socket);
    waiting.add(response);
    response.once('socket', () => waiting.delete(response));
  });
}

/** Does what Node.js does for a response whose connection is gone. */
function close(response: ServerResponse): void {
  response.destroy();
  Object.assign(response, { _closed: true });
  response.emit('close');
}
