/** Bytes that many holders share: bodies being received, or results that wait to be sent. */
export class ByteBudget {
  #used = 0;
  readonly #max: number;

  constructor(max: number) {
    this.#max = max;
  }

  /** Takes this many more bytes if there is room for them, and says whether there was. */
  take(bytes: number): boolean {
    if (this.#used + bytes > this.#max) return false;
    this.#used += bytes;
    return true;
  }

  release(bytes: number): void {
    this.#used -= bytes;
  }
}
