/** What a hub has noticed, by key, for tests to read: now or as soon as it happens. */
export class Journal {
  readonly #kept = new Map<string, unknown[]>();
  readonly #waiting = new Map<string, ((value: unknown) => void)[]>();

  note(key: string, value: unknown): void {
    const taker = this.#waiting.get(key)?.shift();
    if (taker !== undefined) taker(value);
    else this.#kept.set(key, [...(this.#kept.get(key) ?? []), value]);
  }

  /** The next value under a key; each is returned once. */
  next(key: string): Promise<unknown> {
    const kept = this.#kept.get(key);
    if (kept !== undefined && kept.length > 0) return Promise.resolve(kept.shift());
    return new Promise((resolve) => {
      this.#waiting.set(key, [...(this.#waiting.get(key) ?? []), resolve]);
    });
  }
}
