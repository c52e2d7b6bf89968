/** How many characters of the path an error quotes. */
const LONGEST_PATH = 200;

/** A value that an encoding cannot write, which is the sender's error. */
export class UnwritableError extends TypeError {
  override readonly name = 'TypeError';
  readonly #reason: string;
  readonly #path: string;

  /** `reason` is a sentence: `NaN has no JSON form`. */
  constructor(reason: string, path = '') {
    super(path === '' ? reason : `at ${path.slice(0, LONGEST_PATH)}: ${reason}`);
    this.#reason = reason;
    this.#path = path;
  }

  /** The same error, located in the item or property `step` of something. */
  within(step: string | number): UnwritableError {
    return new UnwritableError(
      this.#reason,
      `[${typeof step === 'number' ? step : JSON.stringify(step)}]${this.#path}`,
    );
  }
}

/** An error located in the item or property `step` of what is being written; any other error as it is. */
export function located(error: unknown, step: string | number): unknown {
  return error instanceof UnwritableError ? error.within(step) : error;
}
