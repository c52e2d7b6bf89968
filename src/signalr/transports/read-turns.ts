/** For how many milliseconds messages are read before sockets and timers get their turn. */
const LONGEST_TURN = 5;

/** For how many milliseconds one of several that wait may read. */
const LONGEST_SLICE = 2;

/** How many messages, or how many of their bytes, are read between two looks at the clock. */
const MESSAGES_BETWEEN_LOOKS = 32;
const BYTES_BETWEEN_LOOKS = 32 * 1024;

/** Something that has more to read. */
export interface TurnTaker {
  /** Who answers for it: those of one holder share the turns of one. */
  readonly holder: string | undefined;
  /** Its turn has come; it may ask for another one. */
  takeTurn(): void;
}

/** Those of one holder that wait, in the order in which they came. */
interface Line {
  readonly takers: TurnTaker[];
  head: number;
}

/**
 * Lets all connections of a server read in turns, so that whoever sends many messages at once, or many who do, hold up
 * nobody: what is left is read after the sockets have been served. One holder's turn comes after those of all others,
 * however many connections it has.
 */
export class ReadTurns {
  /** By holders, the next one first. */
  readonly #waiting = new Map<string | undefined, Line>();
  /** When the turn and the slice within it began. */
  #begun = 0;
  #slice = 0;
  #armed = false;
  #messages = 0;
  #bytes = 0;
  #over = false;

  /** Whether something may be read now rather than wait for a later turn. */
  mayBegin(): boolean {
    return !this.#armed || !this.#over;
  }

  /** A message of this size was read. Returns whether its reader may read another one in this turn. */
  mayGoOn(size: number): boolean {
    if (!this.#armed) this.#begin();
    if (++this.#messages < MESSAGES_BETWEEN_LOOKS && (this.#bytes += size) < BYTES_BETWEEN_LOOKS) return !this.#over;
    const now = this.#look();
    return !this.#over && (this.#waiting.size === 0 || now - this.#slice < LONGEST_SLICE);
  }

  /** Calls in a later turn. */
  wait(taker: TurnTaker): void {
    if (!this.#armed) this.#begin();
    const line = this.#waiting.get(taker.holder);
    if (line === undefined) this.#waiting.set(taker.holder, { takers: [taker], head: 0 });
    else line.takers.push(taker);
  }

  #begin(): void {
    this.#armed = true;
    this.#over = false;
    this.#messages = this.#bytes = 0;
    this.#begun = this.#slice = performance.now();
    setImmediate(this.#next);
  }

  #look(): number {
    this.#messages = this.#bytes = 0;
    const now = performance.now();
    this.#over ||= now - this.#begun >= LONGEST_TURN;
    return now;
  }

  readonly #next = (): void => {
    this.#armed = false;
    if (this.#waiting.size === 0) return;
    this.#begin();
    // Those that want another turn in this one come after all others.
    for (const [holder, line] of this.#waiting) {
      this.#waiting.delete(holder);
      const taker = line.takers[line.head++]!;
      if (line.head < line.takers.length) this.#waiting.set(holder, shortened(line));
      taker.takeTurn();
      this.#slice = this.#look();
      if (this.#over) return;
    }
  };
}

/** The same line without those that have had their turn, once they are many. */
function shortened(line: Line): Line {
  return line.head < 64 || line.head * 2 < line.takers.length
    ? line
    : { takers: line.takers.slice(line.head), head: 0 };
}
