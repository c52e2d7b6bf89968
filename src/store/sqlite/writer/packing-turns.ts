/** How long packages are packed at a time (milliseconds); so long a commit may have to wait for it. */
const PACKING_LASTS = 4;

/** While commits take a part of the time, 1 / BUSY_AT or more, packing takes one part in so many of it. */
const PACKING_SHARE = 25;
const BUSY_AT = 4;

/** How often it is looked whether packages are to be packed, while there are any (milliseconds). */
const PACK_EVERY = 250;

/** How long after a failure packing is tried again (milliseconds). */
const PACK_AGAIN_AFTER = 10_000;

/** What packs. */
export interface Packing {
  /** Milliseconds after which there is something to do; `undefined`: nothing is there to be packed. */
  readonly wait: number | undefined;
  /** Works until a time (milliseconds of `performance.now`); gives how many transactions it has written meanwhile. */
  work(deadline: number): number;
}

/** What a turn may find. */
export interface PackingTurnsListener {
  /** So many transactions were written, each about as large as a step of a sweep. */
  onWritten(transactions: number): void;
  /** Nobody waits for what has failed. */
  onFailed(error: unknown): void;
}

/** Has packages packed between commits, little by little where commits keep the thread busy. */
export class PackingTurns {
  #next: NodeJS.Timeout | undefined;
  /** When packages were packed last, and for how many milliseconds there were commits since then. */
  #packedAt = performance.now();
  #committing = 0;
  #isStopped = false;
  readonly #packing: Packing;
  readonly #listener: PackingTurnsListener;

  constructor(packing: Packing, listener: PackingTurnsListener) {
    this.#packing = packing;
    this.#listener = listener;
  }

  /** There was a commit, of so many milliseconds. */
  committed(milliseconds: number): void {
    this.#committing += milliseconds;
  }

  /** Has the next turn come when there is something to do, and after a rest (milliseconds). */
  plan(rest = 0): void {
    if (this.#next !== undefined || this.#isStopped) return;
    const { wait } = this.#packing;
    if (wait === undefined) return;
    const begin = (): void => {
      this.#next = undefined;
      this.#turn();
    };
    this.#next = setTimeout(begin, Math.max(Math.min(wait, PACK_EVERY), rest)).unref();
  }

  /** The database is closed, and there is another one to come. */
  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#next);
  }

  #turn(): void {
    const started = performance.now();
    try {
      const written = this.#packing.work(started + PACKING_LASTS);
      if (written > 0) this.#listener.onWritten(written);
    } catch (error) {
      this.#listener.onFailed(error);
      this.plan(PACK_AGAIN_AFTER);
      return;
    }
    const now = performance.now();
    // The busier commits keep this thread, the longer it rests; it is busy long before it does nothing else.
    const busy = Math.min(1, (BUSY_AT * this.#committing) / Math.max(1, started - this.#packedAt));
    this.#committing = 0;
    this.#packedAt = now;
    this.plan(busy * PACKING_SHARE * (now - started));
  }
}
