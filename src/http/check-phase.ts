/** The event loop's check phase, which follows the poll phase, in which it takes in what sockets have received. */
export class CheckPhase {
  #next: Promise<void> | undefined;

  /** Resolves in the next check phase: when all that had been received when it was called has been handled. */
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
