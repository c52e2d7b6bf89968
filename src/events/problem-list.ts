import { type ErrorCode, type Problem, WriterHubError } from '../errors';

/** The most problems that one response lists. */
const LIMIT = 20;

/** The broken rules of a batch in the order they were found, as many as a response lists. */
export class ProblemList {
  readonly #problems: Problem[] = [];
  readonly #code: ErrorCode;
  readonly #noun: string | undefined;

  /** `noun`: what the indexes of problems count; absent: each message says where it is wrong. */
  constructor(code: ErrorCode, noun?: string) {
    this.#code = code;
    this.#noun = noun;
  }

  /** Whether no more problems are added: the sender has enough to fix. */
  get full(): boolean {
    return this.#problems.length >= LIMIT;
  }

  add(problem: Problem): void {
    if (!this.full) this.#problems.push(problem);
  }

  /** Throws if there is a problem; the message gives the first one and how many more there are. */
  throwIfAny(): void {
    const [first] = this.#problems;
    if (first === undefined) return;
    const others = this.#problems.length - 1;
    const besides = others === 0 ? '' : ` (and ${others} more${this.full ? ' at least' : ''})`;
    const place = this.#noun === undefined ? '' : `${this.#noun} ${first.index}, ${first.path}: `;
    throw new WriterHubError(this.#code, `${place}${first.message}${besides}`, { problems: this.#problems });
  }
}
