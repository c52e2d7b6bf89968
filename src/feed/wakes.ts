/** How many are woken in one turn: what each of them does then takes time. */
const WOKEN_TOGETHER = 256;

/** A round of fewer is over at once, and the next may follow it. */
const MANY = 32;

/** The longest rest after a round, in milliseconds. */
const LONGEST_REST = 25;

/**
 * Those who wait until there is something new. They are woken in rounds. After a round of many there is a rest of as
 * long as it took: what comes meanwhile they are given together, which costs less, and others have their half of the
 * time.
 */
export class Wakes {
  readonly #waiting = new Set<() => void>();
  /** Those who are woken in this round, and whose turn is still to come. */
  #due: (() => void)[] = [];
  /** Whether there is a round, or a rest after one. */
  #isBusy = false;
  /** Whether there is something new since this round began. */
  #isWanted = false;
  #begunAt = 0;

  /** Resolves when `wake` has been called and it is time, or the signal is aborted. */
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
    if (this.#isBusy) this.#isWanted = true;
    else this.#begin();
  }

  #begin(): void {
    const due = [...this.#waiting];
    this.#waiting.clear();
    this.#isWanted = false;
    if (due.length < MANY) {
      for (const done of due) done();
      return;
    }
    this.#isBusy = true;
    this.#due = due;
    this.#begunAt = performance.now();
    this.#wakeDue();
  }

  readonly #wakeDue = (): void => {
    for (const done of this.#due.splice(0, WOKEN_TOGETHER)) done();
    setImmediate(this.#due.length > 0 ? this.#wakeDue : this.#rest);
  };

  /** Called when the last of a round have had their turn. */
  readonly #rest = (): void => {
    setTimeout(this.#goOn, Math.min(performance.now() - this.#begunAt, LONGEST_REST));
  };

  readonly #goOn = (): void => {
    this.#isBusy = false;
    if (this.#isWanted) this.#begin();
  };
}
