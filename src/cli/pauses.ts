/** Milliseconds before another attempt after one that failed, and how long they grow. */
const FIRST = 1_000;
const LONGEST = 30_000;

/** How long to wait before each attempt to connect again. */
export class Pauses {
  /** What the server asks for when a connection is cut. */
  #retry = FIRST;
  #failures = 0;

  /** Whether the server was heard since the last attempt that failed. */
  get isFirst(): boolean {
    return this.#failures === 0;
  }

  /** The server was heard, and says after how many milliseconds to come back. */
  onRetry(retry: number): void {
    this.#retry = retry;
    this.#failures = 0;
  }

  /**
   * Milliseconds. At first what the server has asked for; if it is not back by then it may be any moment, so what grows
   * begins anew.
   */
  next(): number {
    const pause = this.isFirst ? this.#retry : Math.min(LONGEST, FIRST * 2 ** (this.#failures - 1));
    this.#failures += 1;
    return pause;
  }
}
