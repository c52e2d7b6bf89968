/** Why a caller gets no place. */
export type WaitFailure = 'full' | 'timeout' | 'aborted';

/** How callers wait for a place. */
export interface WaitLimits {
  /** How many may wait; one more is rejected as `full`. */
  readonly maxWaiting: number;
  /** Milliseconds after which a caller is rejected with `timeout`. */
  readonly maxWait: number;
  /** The error a caller is rejected with. */
  readonly errorFor: (failure: WaitFailure) => Error;
}

interface Waiter {
  readonly admit: () => void;
  readonly reject: (error: Error) => void;
}

/** Bounds how many tasks run at once. Places go to callers in the order in which they came. */
export class Semaphore {
  #taken = 0;
  readonly #waiting = new Set<Waiter>();
  readonly #places: number;
  readonly #limits: WaitLimits | undefined;

  /** Without `limits` any number of callers wait for as long as it takes. */
  constructor(places: number, limits?: WaitLimits) {
    this.#places = places;
    this.#limits = limits;
  }

  /** Runs a task once there is a place for it: at once, if there is one now. Rejects as `acquire` and the task do. */
  async run<T>(task: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    if (signal?.aborted === true || !this.#take()) await this.acquire(signal);
    try {
      return await task();
    } finally {
      this.release();
    }
  }

  /**
   * Resolves with a place, which has to be given back with `release`. Rejects with the error for `full`, `timeout` or
   * `aborted`; the latter when the signal is aborted before there is a place.
   */
  acquire(signal?: AbortSignal): Promise<void> {
    if (signal?.aborted === true) return Promise.reject(this.#errorFor('aborted'));
    if (this.#take()) return Promise.resolve();
    if (this.#limits !== undefined && this.#waiting.size >= this.#limits.maxWaiting) {
      return Promise.reject(this.#errorFor('full'));
    }
    return this.#wait(signal);
  }

  /** Gives a place back. It goes to the next in line, so that a newcomer cannot get in between. */
  release(): void {
    const [next] = this.#waiting;
    if (next === undefined) this.#taken--;
    else next.admit();
  }

  /** Rejects every caller that waits. */
  rejectWaiting(error: Error): void {
    for (const waiter of this.#waiting) waiter.reject(error);
  }

  #take(): boolean {
    if (this.#taken === this.#places) return false;
    this.#taken++;
    return true;
  }

  #wait(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
        this.#waiting.delete(waiter);
      };
      const waiter: Waiter = {
        admit: () => {
          leave();
          resolve();
        },
        reject: (error) => {
          leave();
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
      this.#waiting.add(waiter);
    });
  }

  #errorFor(failure: WaitFailure): Error {
    return this.#limits?.errorFor(failure) ?? new Error(`there is no place: ${failure}`);
  }
}
