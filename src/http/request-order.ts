import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Keeps the pipelined requests of a connection in order, although one may take longer to read than the next. RFC 9112,
 * section 9.3.2: a client may send requests without waiting for answers.
 */
export class RequestOrder {
  /** The latest request of each socket, until it has been submitted. */
  readonly #latest = new WeakMap<Socket, Promise<unknown>>();

  /**
   * Calls `submit` with the submission of the previous request on the same socket, if it is still under way: `submit`
   * awaits it before it does what has to be in order. The next request gets the promise of this one.
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
