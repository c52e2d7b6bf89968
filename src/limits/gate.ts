/** Lets tasks run, except while it is paused: then new ones wait, and those that run can be waited for. */
export class Gate {
  #running = 0;
  #waiting = 0;
  #opened: Promise<void> | undefined;
  #open: () => void = () => undefined;
  #onIdle: (() => void)[] = [];

  /** How many tasks run or wait. */
  get size(): number {
    return this.#running + this.#waiting;
  }

  async run<T>(task: () => Promise<T>): Promise<T> {
    // It may have been closed again by the time a task that waits goes on.
    while (this.#opened !== undefined) {
      this.#waiting += 1;
      await this.#opened;
      this.#waiting -= 1;
    }
    this.#running += 1;
    try {
      return await task();
    } finally {
      this.#running -= 1;
      if (this.#running === 0) for (const tell of this.#onIdle.splice(0)) tell();
    }
  }

  /** From now on new tasks wait for `resume`; resolves when none runs. */
  pause(): Promise<void> {
    this.#opened ??= new Promise((resolve) => (this.#open = resolve));
    if (this.#running === 0) return Promise.resolve();
    return new Promise((resolve) => this.#onIdle.push(resolve));
  }

  resume(): void {
    this.#opened = undefined;
    this.#open();
  }
}
