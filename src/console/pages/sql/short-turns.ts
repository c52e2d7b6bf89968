/** Milliseconds of work after which others come first: a frame has sixteen. */
const LONGEST_TURN = 10;

/** Long work in short turns, between which the page draws and hears what is typed. */
export class ShortTurns {
  readonly #now: () => number;
  readonly #next: () => Promise<void>;
  #begun: number;

  /** `now`: milliseconds; `next` resolves in another turn of the event loop. */
  constructor(now: () => number, next: () => Promise<void>) {
    this.#now = now;
    this.#next = next;
    this.#begun = now();
  }

  /** Whether the turn has been long enough. */
  get isOver(): boolean {
    return this.#now() - this.#begun >= LONGEST_TURN;
  }

  /** Resolves in another turn. */
  async pass(): Promise<void> {
    await this.#next();
    this.#begun = this.#now();
  }
}
