const SECOND_MS = 1_000;

/** Counts what arrives, by whole seconds of a clock. */
export class ArrivalRate {
  readonly #now: () => number;
  #second = -1;
  #count = 0;
  #before = 0;

  /** `now`: milliseconds that grow. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Counts one; answers with how many came in this second so far. */
  count(): number {
    this.#turn();
    this.#count += 1;
    return this.#count;
  }

  /** How many came in the second before this one. */
  get perSecond(): number {
    this.#turn();
    return this.#before;
  }

  /** Whether anything came in this second or the one before: the rate will change by itself. */
  get isMoving(): boolean {
    this.#turn();
    return this.#count + this.#before > 0;
  }

  #turn(): void {
    const second = Math.floor(this.#now() / SECOND_MS);
    if (second === this.#second) return;
    this.#before = second === this.#second + 1 ? this.#count : 0;
    this.#second = second;
    this.#count = 0;
  }
}
