/** Bytes of texts that may be on their way at once. */
const MOST_BYTES = 16 * 1024 * 1024;

/** Writes that are on their way, as many as their bytes allow. The first that fails is told with the next call. */
export class SentBatches {
  readonly #waiting = new Set<Promise<void>>();
  #bytes = 0;
  #failure: { readonly error: unknown } | undefined;

  /** Resolves when there is room for more. Rejects with the error of a write that has failed. */
  async add(bytes: number, write: Promise<unknown>): Promise<void> {
    this.#bytes += bytes;
    const settled: Promise<void> = write
      .then(
        () => undefined,
        (error: unknown) => {
          this.#failure ??= { error };
        },
      )
      .then(() => {
        this.#bytes -= bytes;
        this.#waiting.delete(settled);
      });
    this.#waiting.add(settled);
    while (this.#bytes > MOST_BYTES) await Promise.race(this.#waiting);
    this.#throwFailure();
  }

  /** Resolves when all is written. Rejects with the error of a write that has failed, when the others are settled. */
  async drain(): Promise<void> {
    await Promise.all(this.#waiting);
    this.#throwFailure();
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }
}
