/** Milliseconds before the first attempt after a loss, and the most that ever pass. */
const FIRST = 300;
const MOST = 10_000;

/** When to try again: soon at first, then ever later, at moments partly left to chance: not all come at once. */
export class Backoff {
  readonly #attempt: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #delay = FIRST;

  constructor(attempt: () => void) {
    this.#attempt = attempt;
  }

  /** The last attempt has failed. */
  again(): void {
    this.stop();
    const delay = this.#delay * (0.5 + Math.random() / 2);
    this.#delay = Math.min(this.#delay * 2, MOST);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#attempt();
    }, delay);
  }

  /** Makes the attempt that is waited for at once. */
  skip(): void {
    if (this.#timer === undefined) return;
    this.stop();
    this.#attempt();
  }

  /** The last attempt has succeeded. */
  reset(): void {
    this.#delay = FIRST;
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
