/**
 * When it is, milliseconds since the Unix epoch, for what is carried out. What comes from a log happens when that says
 * it did, so that it comes to the same wherever and whenever it is carried out.
 */
export class CommitTime {
  #logged: number | undefined;

  get now(): number {
    return this.#logged ?? Date.now();
  }

  /** The time that a log says, for as long as `act` takes. */
  during<Result>(logged: number, act: () => Result): Result {
    this.#logged = logged;
    try {
      return act();
    } finally {
      this.#logged = undefined;
    }
  }
}
