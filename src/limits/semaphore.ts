import { type OnShareRefused, Shares } from './shares';

/** Why a caller gets no place: too many wait, too many of this holder wait, it waited too long, or it has gone. */
export type WaitFailure = 'full' | 'share' | 'timeout' | 'aborted';

/** How callers wait for a place. */
export interface WaitLimits {
  /** How many may wait; one more is rejected as `full`, or as `share` when its holder has its share of them. */
  readonly maxWaiting: number;
  /** Milliseconds after which a caller is rejected with `timeout`. */
  readonly maxWait: number;
  /** The error a caller is rejected with. */
  readonly errorFor: (failure: WaitFailure) => Error;
  /** How many places one holder may have at a time, so that another does not wait for all of them. Default: all. */
  readonly placesPerHolder?: number;
  readonly onShareRefused?: OnShareRefused;
}

/** Who wants a place, and until when. */
export interface Caller {
  /** Whose share of the places it is; callers that name nobody are one holder. */
  readonly holder?: string;
  /** Aborted when the caller is gone. */
  readonly signal?: AbortSignal | undefined;
}

interface Waiter {
  readonly admit: () => void;
  readonly reject: (error: Error) => void;
}

/** What a holder has, and its callers that wait, in the order in which they came. */
interface Lane {
  readonly holder: string;
  taken: number;
  readonly waiting: Set<Waiter>;
}

/**
 * Bounds how many tasks run at once. Holders take turns: a place goes to the next holder that waits, and among the
 * callers of one holder to the first.
 */
export class Semaphore {
  #taken = 0;
  readonly #lanes = new Map<string, Lane>();
  /** The lanes in which somebody waits, in the order of their turns. */
  readonly #turns = new Set<Lane>();
  readonly #places: number;
  readonly #placesPerHolder: number;
  readonly #limits: WaitLimits | undefined;
  readonly #waiting: Shares;

  /** How many places are taken. */
  get taken(): number {
    return this.#taken;
  }

  /** How many callers wait. */
  get waiting(): number {
    return this.#waiting.used;
  }

  /** Without `limits` any number of callers wait for as long as it takes. */
  constructor(places: number, limits?: WaitLimits) {
    this.#places = places;
    this.#limits = limits;
    this.#placesPerHolder = limits?.placesPerHolder ?? places;
    this.#waiting = new Shares(limits?.maxWaiting ?? Infinity, limits?.onShareRefused);
  }

  /** Runs a task once there is a place for it: at once, if there is one now. Rejects as `acquire` and the task do. */
  async run<T>(task: () => Promise<T>, caller: Caller = {}): Promise<T> {
    const { holder = '', signal } = caller;
    if (signal?.aborted === true || !this.#take(holder)) await this.acquire(caller);
    try {
      return await task();
    } finally {
      this.release(holder);
    }
  }

  /**
   * Resolves with a place, which has to be given back with `release`. Rejects with the error for the failure; with that
   * for `aborted` when the signal is aborted before there is a place.
   */
  acquire({ holder = '', signal }: Caller = {}): Promise<void> {
    if (signal?.aborted === true) return Promise.reject(this.#errorFor('aborted'));
    if (this.#take(holder)) return Promise.resolve();
    const refusal = this.#waiting.take(holder, 1);
    if (refusal !== undefined) return Promise.reject(this.#errorFor(refusal));
    return this.#wait(this.#lane(holder), signal);
  }

  /** Gives a place back. It goes to the next in turn, so that a newcomer cannot get in between. */
  release(holder = ''): void {
    this.#taken--;
    const lane = this.#lane(holder);
    lane.taken--;
    this.#forgetIfIdle(lane);
    this.#admitNext();
  }

  /** Rejects every caller that waits. */
  rejectWaiting(error: Error): void {
    for (const { waiting } of [...this.#lanes.values()]) for (const waiter of waiting) waiter.reject(error);
  }

  #admitNext(): void {
    for (const lane of this.#turns) {
      if (lane.taken >= this.#placesPerHolder) continue;
      const [next] = lane.waiting;
      // Its next turn comes after those of all others.
      this.#turns.delete(lane);
      this.#turns.add(lane);
      this.#occupy(lane);
      next!.admit();
      return;
    }
  }

  #take(holder: string): boolean {
    if (this.#taken === this.#places) return false;
    const lane = this.#lane(holder);
    if (lane.taken >= this.#placesPerHolder) return false;
    this.#occupy(lane);
    return true;
  }

  #occupy(lane: Lane): void {
    this.#taken++;
    lane.taken++;
  }

  #lane(holder: string): Lane {
    let lane = this.#lanes.get(holder);
    if (lane === undefined) {
      lane = { holder, taken: 0, waiting: new Set() };
      this.#lanes.set(holder, lane);
    }
    return lane;
  }

  #forgetIfIdle(lane: Lane): void {
    if (lane.taken === 0 && lane.waiting.size === 0) this.#lanes.delete(lane.holder);
  }

  #wait(lane: Lane, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
        lane.waiting.delete(waiter);
        this.#waiting.release(lane.holder, 1);
        if (lane.waiting.size === 0) this.#turns.delete(lane);
      };
      const waiter: Waiter = {
        admit: () => {
          leave();
          resolve();
        },
        reject: (error) => {
          leave();
          this.#forgetIfIdle(lane);
          reject(error);
        },
      };
      const onAbort = (): void => {
        waiter.reject(this.#errorFor('aborted'));
      };
      const onTimeout = (): void => {
        waiter.reject(this.#errorFor('timeout'));
      };
      const timer = this.#limits && setTimeout(onTimeout, this.#limits.maxWait);
      signal?.addEventListener('abort', onAbort);
      lane.waiting.add(waiter);
      this.#turns.add(lane);
    });
  }

  #errorFor(failure: WaitFailure): Error {
    return this.#limits?.errorFor(failure) ?? new Error(`there is no place: ${failure}`);
  }
}
