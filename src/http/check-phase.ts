/** The event loop's check phase: it follows the poll phase, in which Node.js reads from the sockets. */
export class CheckPhase {
  #next: Promise<void> | undefined;

  /**
   * Resolves in the next check phase, once everything the present poll phase has read is handled. Callers share a
   * promise.
   */
  next(): Promise<void> {
    this.#next ??= new Promise((resolve) => {
      setImmediate(() => {
        this.#next = undefined;
        resolve();
      });
    });
    return this.#next;
  }
}
