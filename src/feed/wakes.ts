/** How many are woken in one turn: what each of them does then takes time. */
const WOKEN_TOGETHER = 256;

/** Those who wait until there is something new. */
export class Wakes {
  readonly #waiting = new Set<() => void>();
  /** Those who have been woken, and whose turn is still to come. */
  #due: (() => void)[] = [];
  #isWaking = false;

  /** Resolves when `wake` is called next, or the signal is aborted. */
  wait(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal.aborted) {
        resolve();
        return;
      }
      const done = (): void => {
        this.#waiting.delete(done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      this.#waiting.add(done);
      signal.addEventListener('abort', done);
    });
  }

  /** Wakes all who wait now: many of them in several turns. */
  wake(): void {
    this.#due.push(...this.#waiting);
    this.#waiting.clear();
    if (!this.#isWaking) this.#wakeDue();
  }

  readonly #wakeDue = (): void => {
    const due = this.#due.splice(0, WOKEN_TOGETHER);
    this.#isWaking = this.#due.length > 0;
    if (this.#isWaking) setImmediate(this.#wakeDue);
    for (const done of due) done();
  };
}
