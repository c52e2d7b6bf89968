/** Work of fewer bytes than this is done with what came before it: it takes less than half a millisecond. */
export const SMALL_WORK = 4 * 1024;

/** For how many milliseconds work is begun before the sockets and timers get their turn. */
const LONGEST_TURN = 5;

/** The work of one holder that waits, in the order in which it came. */
interface Lane {
  readonly holder: string;
  readonly waiting: { readonly sender: object; readonly task: () => void }[];
}

/**
 * Lets callers do their work on the main thread in turns: what does not fit into one turn of the event loop is done in
 * a later one, and there the holders take turns. However many ask at once, and whoever they are, sockets and timers are
 * served in between, and a holder who asks for little does not wait for all that another one wants.
 */
export class Turns {
  #waiting = 0;
  /** In the order of their turns. */
  readonly #lanes = new Map<string, Lane>();
  /** Where the work of a sender waits, and how much of it: what it asks for stays in order. */
  readonly #senders = new Map<object, { readonly lane: Lane; count: number }>();
  #begun = 0;
  #number = 0;
  #isArmed = false;
  #isOver = false;
  readonly #now: () => number;

  /** `now`: milliseconds of a clock that only goes forward. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** How many tasks wait. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Of the present turn, if work was begun in it; the next one has another number. */
  get number(): number {
    return this.#number;
  }

  /** Whether the caller may do its work now; otherwise it has to `queue` it. */
  mayBegin(): boolean {
    if (this.#waiting > 0) return false;
    if (!this.#isArmed) this.#begin();
    this.#isOver ||= this.#now() - this.#begun >= LONGEST_TURN;
    return !this.#isOver;
  }

  /**
   * Calls `task`, which must not throw, in a later turn. `sender`: what it came by, such as a socket; what comes by one
   * sender is done in the order in which it came.
   */
  queue(holder: string, sender: object, task: () => void): void {
    const place = this.#senders.get(sender);
    const lane = place?.lane ?? this.#lane(holder);
    if (place === undefined) this.#senders.set(sender, { lane, count: 1 });
    else place.count += 1;
    lane.waiting.push({ sender, task });
    this.#waiting += 1;
    if (!this.#isArmed) this.#begin();
  }

  /** Resolves in a later turn, in which what follows is counted. */
  wait(holder: string, sender: object): Promise<void> {
    return new Promise((resolve) => {
      this.queue(holder, sender, resolve);
    });
  }

  /** Ends the present turn: what was done in it has work follow that the clock does not show yet. */
  end(): void {
    this.#isOver = true;
  }

  #begin(): void {
    this.#isArmed = true;
    this.#isOver = false;
    this.#begun = this.#now();
    setImmediate(this.#next);
  }

  #lane(holder: string): Lane {
    const known = this.#lanes.get(holder);
    if (known !== undefined) return known;
    const lane: Lane = { holder, waiting: [] };
    this.#lanes.set(holder, lane);
    return lane;
  }

  readonly #next = (): void => {
    this.#isArmed = false;
    this.#number += 1;
    if (this.#waiting === 0) return;
    this.#begin();
    this.#goOn();
  };

  readonly #goOn = (): void => {
    this.#doFirst();
    if (this.#waiting > 0) queueMicrotask(this.#afterPromises);
  };

  /** What a task sets off in promises belongs to its work, so it comes first: `nextTick` waits for all of them. */
  readonly #afterPromises = (): void => {
    process.nextTick(this.#unlessOver);
  };

  readonly #unlessOver = (): void => {
    if (this.#waiting > 0 && !this.#isOver && this.#now() - this.#begun < LONGEST_TURN) this.#goOn();
  };

  #doFirst(): void {
    const [lane] = this.#lanes.values();
    const { sender, task } = lane!.waiting.shift()!;
    // Its next turn comes after those of all others.
    this.#lanes.delete(lane!.holder);
    if (lane!.waiting.length > 0) this.#lanes.set(lane!.holder, lane!);
    const place = this.#senders.get(sender)!;
    place.count -= 1;
    if (place.count === 0) this.#senders.delete(sender);
    this.#waiting -= 1;
    task();
  }
}
