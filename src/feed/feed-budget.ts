/** What is kept at least for each topic that is followed, however many others are. */
const LEAST_BYTES = 64 * 1024;

/** The share of the memory that pages of the store take at the most. */
const PAGES_SHARE = 1 / 4;

/** The memory that all tails of all feeds share evenly, but for some of it that pages of the store may take. */
export class FeedBudget {
  #tails = 0;
  readonly #feeds: { readonly bytes: number }[] = [];
  #maxBytes: number;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** What is kept beyond this goes when the next events come. */
  resize(maxBytes: number): void {
    this.#maxBytes = maxBytes;
  }

  /** The most bytes that one tail keeps. */
  get share(): number {
    const left = this.#maxBytes - this.#feeds.reduce((sum, { bytes }) => sum + bytes, 0);
    return Math.max(LEAST_BYTES, left / Math.max(1, this.#tails));
  }

  /** The most bytes of pages that one of the feeds keeps. */
  get pages(): number {
    return (this.#maxBytes * PAGES_SHARE) / Math.max(1, this.#feeds.length);
  }

  /** A feed shares it that keeps such pages. */
  join(pages: { readonly bytes: number }): void {
    this.#feeds.push(pages);
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
