/** Lets so many tasks run at a time; the others wait in order. */
export class Turnstile {
  #running = 0;
  readonly #waiting: (() => void)[] = [];
  readonly #places: number;

  constructor(places: number) {
    this.#places = places;
  }

  async run<T>(task: () => Promise<T>): Promise<T> {
    if (this.#running === this.#places) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#running++;
    try {
      return await task();
    } finally {
      // The place goes to the next in line, so that nobody gets in between.
      const next = this.#waiting.shift();
      if (next === undefined) this.#running--;
      else next();
    }
  }
}
