import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Keeps pipelined requests in order, though one may take longer to read than the next. RFC 9112, section 9.3.2: a client may send
 * requests on one connection without waiting for answers.
 */
export class RequestOrder {
  /** The latest request of each socket, until it has been submitted. */
  readonly #latest = new WeakMap<Socket, Promise<unknown>>();

  /**
   * Calls `submit` with what to await before it goes on in order: the submission of the request before on the same socket, if that is still
   * under way. What `submit` returns is what the next request awaits.
   */
  submit<T>({ socket }: IncomingMessage, submit: (before: Promise<unknown> | undefined) => Promise<T>): Promise<T> {
    const submitted = submit(this.#latest.get(socket));
    this.#latest.set(socket, submitted);
    const forget = (): void => {
      if (this.#latest.get(socket) === submitted) this.#latest.delete(socket);
    };
    submitted.then(forget, forget);
    return submitted;
  }
}
