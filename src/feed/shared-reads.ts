/** How the results of reads are kept for those who ask a little later. */
export interface KeptReads<T> {
  /** Bytes of what is kept at the most. */
  maxBytes(): number;
  /** Bytes of a result; `undefined`: it may be another one soon, and is not kept. */
  bytesOf(result: T): number | undefined;
}

/** Reads that several ask for at one time are done once; so are those that somebody asked for a moment ago. */
export class SharedReads<T> {
  readonly #running = new Map<string, Promise<T>>();
  /** The one that was asked for last is the last. */
  readonly #kept = new Map<string, { readonly result: T; readonly bytes: number }>();
  #keptBytes = 0;
  readonly #options: KeptReads<T> | undefined;

  /** `kept`: how results are kept; absent: none is. */
  constructor(kept?: KeptReads<T>) {
    this.#options = kept;
  }

  /** Bytes of results that are kept. */
  get bytes(): number {
    return this.#keptBytes;
  }

  /** Resolves as a read of this key that is under way or was done, or as `read`. */
  run(key: string, read: () => Promise<T>): Promise<T> {
    const kept = this.#take(key);
    if (kept !== undefined) {
      this.#keep(key, kept);
      return Promise.resolve(kept.result);
    }
    const running = this.#running.get(key);
    if (running !== undefined) return running;
    const begun = read()
      .then((result) => {
        // What was let go of meanwhile may be of before something was removed.
        const bytes = this.#running.get(key) === begun ? this.#options?.bytesOf(result) : undefined;
        if (bytes !== undefined) this.#keep(key, { result, bytes });
        return result;
      })
      .finally(() => {
        if (this.#running.get(key) === begun) this.#running.delete(key);
      });
    this.#running.set(key, begun);
    return begun;
  }

  /** Forgets all results, also of the reads that are under way. */
  clear(): void {
    this.#running.clear();
    this.#kept.clear();
    this.#keptBytes = 0;
  }

  #take(key: string): { readonly result: T; readonly bytes: number } | undefined {
    const kept = this.#kept.get(key);
    if (kept === undefined) return undefined;
    this.#kept.delete(key);
    this.#keptBytes -= kept.bytes;
    return kept;
  }

  #keep(key: string, kept: { readonly result: T; readonly bytes: number }): void {
    this.#kept.set(key, kept);
    this.#keptBytes += kept.bytes;
    const most = this.#options?.maxBytes() ?? 0;
    for (const oldest of this.#kept.keys()) {
      if (this.#keptBytes <= most) return;
      this.#take(oldest);
    }
  }
}
