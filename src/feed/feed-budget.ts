/** What is kept at least for each topic that is followed, however many others are. */
const LEAST_BYTES = 64 * 1024;

/** The memory that all tails of all feeds share evenly. */
export class FeedBudget {
  #tails = 0;
  readonly #maxBytes: number;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** The most bytes that one tail keeps. */
  get share(): number {
    return Math.max(LEAST_BYTES, this.#maxBytes / Math.max(1, this.#tails));
  }

  /** A tail was begun. */
  add(): void {
    this.#tails += 1;
  }

  /** A tail has ended. */
  remove(): void {
    this.#tails -= 1;
  }
}
