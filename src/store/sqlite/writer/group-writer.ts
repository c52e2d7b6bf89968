import type { Failure, IndexedFailure } from '../channel/messages';
import { isEngineFailure, toFailure } from '../channel/failure';

/**
 * Writes the groups of one kind of append that a request holds, in their order. A further kind of append is a further
 * subclass of this.
 */
export abstract class GroupWriter {
  protected readonly failures: IndexedFailure[] = [];
  #next = 0;

  /** Number of groups. */
  protected abstract readonly count: number;

  /** Writes a group; throws what breaks a rule, having changed nothing, or a failure of the engine. */
  protected abstract write(group: number): void;

  /** Writes the groups before this one that are not written yet. */
  writeUntil(group: number): void {
    for (; this.#next < group; this.#next++) {
      const failure = attempt(() => {
        this.write(this.#next);
      });
      if (failure !== undefined) this.failures.push({ index: this.#next, failure });
    }
  }

  /** Writes the groups that are left. */
  writeRest(): void {
    this.writeUntil(this.count);
  }
}

/** Does one step and returns its failure. Throws it if it is one of the engine: that concerns the whole transaction. */
export function attempt(step: () => void): Failure | undefined {
  try {
    step();
    return undefined;
  } catch (error) {
    if (isEngineFailure(error)) throw error;
    return toFailure('write', error);
  }
}
