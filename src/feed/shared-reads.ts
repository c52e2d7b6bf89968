/** Reads that several ask for at one time are done once. */
export class SharedReads<T> {
  readonly #running = new Map<string, Promise<T>>();

  /** Resolves as a read of this key that is under way, or as `read`. */
  run(key: string, read: () => Promise<T>): Promise<T> {
    const running = this.#running.get(key);
    if (running !== undefined) return running;
    const begun = read().finally(() => {
      this.#running.delete(key);
    });
    this.#running.set(key, begun);
    return begun;
  }
}
