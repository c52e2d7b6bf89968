import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';

/** The latest request of each socket that has to keep its order, until it has been taken in. */
const latest = new WeakMap<Socket, Promise<unknown>>();

/**
 * Requests that are sent behind each other on one socket without waiting keep their order (RFC 9112, section 9.3.2), though one may take
 * longer to read than the next. `take` waits for `before`, if there is such, when it has to go on in turn; what it returns is what the next
 * one waits for.
 */
export function inOrder<T>(
  { socket }: IncomingMessage,
  take: (before: Promise<unknown> | undefined) => Promise<T>,
): Promise<T> {
  const taken = take(latest.get(socket));
  latest.set(socket, taken);
  const forget = (): void => {
    if (latest.get(socket) === taken) latest.delete(socket);
  };
  taken.then(forget, forget);
  return taken;
}
