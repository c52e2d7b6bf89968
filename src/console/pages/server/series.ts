/** The course of some numbers over the last scrapes, each as long as the others; `undefined`: not known then. */
export class Series {
  readonly #length: number;
  readonly #values = new Map<string, (number | undefined)[]>();
  #count = 0;

  /** `length`: how many scrapes are remembered. */
  constructor(length: number) {
    this.#length = length;
  }

  /** Adds what the numbers were at one more scrape. */
  add(values: ReadonlyMap<string, number | undefined>): void {
    for (const name of values.keys()) {
      if (!this.#values.has(name))
        this.#values.set(
          name,
          Array.from({ length: this.#count }, () => undefined),
        );
    }
    for (const [name, course] of this.#values) {
      course.push(values.get(name));
      if (course.length > this.#length) course.shift();
    }
    this.#count = Math.min(this.#count + 1, this.#length);
  }

  /** The course of a number, oldest first, without what is not known. */
  of(name: string): readonly number[] {
    return (this.#values.get(name) ?? []).filter((value) => value !== undefined);
  }
}
