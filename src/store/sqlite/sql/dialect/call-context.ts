import type { Comparisons, Operand } from './comparisons';
import type { Edits } from './edits';
import type { Call } from './nodes';

/** What the rules of functions work with. */
export interface CallContext {
  readonly edits: Edits;
  readonly comparisons: Comparisons;
}

/** One call: what it is given is known already. */
export interface CallOf extends CallContext {
  readonly node: Call;
  readonly args: readonly Operand[];
}
