import { WriterHubError } from '../../../errors';

interface Waiting {
  readonly admit: () => void;
  readonly refuse: (error: WriterHubError) => void;
}

/** How many run at once, how many wait in order, and for how long. */
export interface LineLimits {
  readonly places: number;
  readonly maxWaiting: number;
  /** Milliseconds. */
  readonly maxWait: number;
}

/** A queue for places. Whoever finds it full, or waits too long in it, is refused with `store_busy`. */
export class QueryLine {
  #taken = 0;
  readonly #waiting = new Set<Waiting>();
  readonly #limits: LineLimits;

  constructor(limits: LineLimits) {
    this.#limits = limits;
  }

  /** Resolves when there is a place, which has to be given back with `leave`. */
  enter(signal: AbortSignal | undefined): Promise<void> {
    if (signal?.aborted === true) return Promise.reject(abandoned());
    if (this.#taken < this.#limits.places) {
      this.#taken += 1;
      return Promise.resolve();
    }
    const { maxWaiting, maxWait } = this.#limits;
    if (this.#waiting.size >= maxWaiting) return Promise.reject(busy(`${maxWaiting} queries wait already`));
    return new Promise((resolve, reject) => {
      const settle = (act: () => void): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
        this.#waiting.delete(waiting);
        act();
      };
      const waiting: Waiting = {
        admit: () => {
          settle(resolve);
        },
        refuse: (error) => {
          settle(() => {
            reject(error);
          });
        },
      };
      const onAbort = (): void => {
        waiting.refuse(abandoned());
      };
      const timer = setTimeout(() => {
        waiting.refuse(busy(`the query waited ${maxWait} ms for others to end`));
      }, maxWait);
      signal?.addEventListener('abort', onAbort);
      this.#waiting.add(waiting);
    });
  }

  /** The place goes to the next in line, so that nobody gets in between. */
  leave(): void {
    const [next] = this.#waiting;
    if (next === undefined) this.#taken -= 1;
    else next.admit();
  }

  /** Refuses everybody who waits. */
  clear(error: WriterHubError): void {
    for (const { refuse } of this.#waiting) refuse(error);
  }
}

function busy(why: string): WriterHubError {
  return new WriterHubError('store_busy', `${why}; try again in a second`);
}

/** Of a query whose caller is gone. */
export function abandoned(): WriterHubError {
  return new WriterHubError('query_timeout', 'the caller did not wait for the result');
}
