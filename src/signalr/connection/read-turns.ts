/** For how many milliseconds messages are read before sockets and timers get their turn. */
const LONGEST_TURN = 10;

/** How many messages, or how many of their bytes, are read between two looks at the clock. */
const MESSAGES_BETWEEN_LOOKS = 32;
const BYTES_BETWEEN_LOOKS = 32 * 1024;

/** Something that has more to read. */
export interface TurnTaker {
  /** Its turn has come; it may ask for another one. */
  takeTurn(): void;
}

/**
 * Lets all connections of a server read in turns, so that whoever sends many messages at once, or many who do, hold up
 * nobody: what is left is read after the sockets have been served.
 */
export class ReadTurns {
  #waiting: TurnTaker[] = [];
  #begun = 0;
  #armed = false;
  #messages = 0;
  #bytes = 0;
  #over = false;

  /** A message of this size was read. Returns whether another may be read in this turn. */
  mayGoOn(size: number): boolean {
    if (!this.#armed) this.#begin();
    if (++this.#messages >= MESSAGES_BETWEEN_LOOKS || (this.#bytes += size) >= BYTES_BETWEEN_LOOKS) this.#look();
    return !this.#over;
  }

  /** Calls in a later turn. */
  wait(taker: TurnTaker): void {
    if (!this.#armed) this.#begin();
    this.#waiting.push(taker);
  }

  #begin(): void {
    this.#armed = true;
    this.#over = false;
    this.#messages = this.#bytes = 0;
    this.#begun = performance.now();
    setImmediate(this.#next);
  }

  #look(): void {
    this.#messages = this.#bytes = 0;
    this.#over ||= performance.now() - this.#begun >= LONGEST_TURN;
  }

  readonly #next = (): void => {
    this.#armed = false;
    const takers = this.#waiting;
    if (takers.length === 0) return;
    this.#waiting = [];
    this.#begin();
    for (const [i, taker] of takers.entries()) {
      if (this.#over) {
        // Those that have not had their turn come before those that want another one.
        this.#waiting = [...takers.slice(i), ...this.#waiting];
        return;
      }
      taker.takeTurn();
      this.#look();
    }
  };
}
