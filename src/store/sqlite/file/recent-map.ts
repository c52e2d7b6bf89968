/**
 * A map that keeps what was used recently: entries live in two generations, and when the young one is full it becomes
 * the old one. It holds between `size` and twice `size` entries.
 */
export class RecentMap<Key, Value> {
  #young = new Map<Key, Value>();
  #old = new Map<Key, Value>();
  readonly #size: number;

  constructor(size: number) {
    this.#size = size;
  }

  get(key: Key): Value | undefined {
    const value = this.#young.get(key);
    if (value !== undefined) return value;
    const aged = this.#old.get(key);
    if (aged !== undefined) this.#young.set(key, aged);
    return aged;
  }

  set(key: Key, value: Value): void {
    this.#young.set(key, value);
  }

  delete(key: Key): void {
    this.#young.delete(key);
    this.#old.delete(key);
  }

  /**
   * Drops what was not used recently if there is too much. Callers choose the moment: entries in use must not vanish.
   */
  trim(): void {
    if (this.#young.size < this.#size) return;
    this.#old = this.#young;
    this.#young = new Map();
  }

  clear(): void {
    this.#young.clear();
    this.#old.clear();
  }
}
