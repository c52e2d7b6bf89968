/** Repeatable random numbers (Marsaglia's xorshift, 32 bits): the same seed gives the same sequence. */
export class Random {
  #state: number;

  constructor(seed: number) {
    // Spread small seeds over all bits; the state must not be zero.
    this.#state = Math.imul(seed, 0x9e3779b1) >>> 0 || 1;
  }

  /** A whole number from `least` to `greatest`, both included. */
  between(least: number, greatest: number): number {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x >>> 0;
    return least + (this.#state % (greatest - least + 1));
  }

  /** Puts the items into a random order, in place. */
  shuffle(items: number[]): void {
    for (let last = items.length - 1; last > 0; last--) {
      const other = this.between(0, last);
      [items[last], items[other]] = [items[other]!, items[last]!];
    }
  }
}
