import { type Problem, WriterHubError } from '../errors';

/** Most problems one answer lists. */
const LIMIT = 20;

/** The broken rules of a batch in the order they were met, as many as an answer lists. */
export class ProblemList {
  readonly #problems: Problem[] = [];

  /** Whether no more problems are taken: the sender has enough to mend. */
  get full(): boolean {
    return this.#problems.length >= LIMIT;
  }

  add(problem: Problem): void {
    if (!this.full) this.#problems.push(problem);
  }

  /** The refusal of the batch, if there is a problem: the first one in words, and how many there are besides. */
  throwAny(): void {
    const [first] = this.#problems;
    if (first === undefined) return;
    const others = this.#problems.length - 1;
    const besides = others === 0 ? '' : ` (and ${others} more${this.full ? ' at least' : ''})`;
    const summary = `event ${first.index}, ${first.path}: ${first.message}${besides}`;
    throw new WriterHubError('invalid_events', summary, { problems: this.#problems });
  }
}
