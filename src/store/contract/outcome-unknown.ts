import { WriterHubError } from '../../errors';

/**
 * What a write rejects with when the store lost track of it and cannot find out now whether it is stored: it may be
 * there or not. Whoever would repeat the write asks `outcome` first.
 */
export class OutcomeUnknown extends WriterHubError {
  readonly #find: () => Promise<unknown>;

  /** `find` settles as the write would have; with an `OutcomeUnknown` while nobody can tell. */
  constructor(message: string, find: () => Promise<unknown>, cause?: unknown) {
    super('store_unavailable', message, { cause });
    this.#find = find;
  }

  /**
   * Finds out what became of the write: resolves if it is stored, rejects if it is not. Rejects with an
   * `OutcomeUnknown` as long as it cannot be found out; then it may be asked again.
   */
  outcome(): Promise<unknown> {
    return this.#find();
  }

  /** The same error, where something is to be done as soon as the write is known to be stored. */
  whenStored(next: (receipt: unknown) => unknown): OutcomeUnknown {
    const find = async (): Promise<unknown> => {
      try {
        return next(await this.outcome());
      } catch (error) {
        throw error instanceof OutcomeUnknown ? error.whenStored(next) : error;
      }
    };
    return new OutcomeUnknown(this.message, find, this.cause);
  }
}
