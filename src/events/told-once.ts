/** What somebody has been told of already. The oldest is forgotten first, and told once more then. */
export class ToldOnce {
  readonly #told = new Set<string>();
  readonly #max: number;

  /** `max`: how much is remembered. */
  constructor(max: number) {
    this.#max = max;
  }

  /** Whether it has not been told yet; from now on it has. */
  isFirst(what: string): boolean {
    if (this.#told.has(what)) return false;
    const [oldest] = this.#told;
    if (this.#told.size >= this.#max && oldest !== undefined) this.#told.delete(oldest);
    this.#told.add(what);
    return true;
  }
}
