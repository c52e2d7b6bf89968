import type { Comparisons, Operand } from './comparisons';
import type { Edits } from './edits';
import { isWide, typeText, type Kind, type Valued } from './kinds';
import { refused } from './literals';
import { bare, type Binary, type Expression, type InList, type Query } from './nodes';

/** Values of subqueries cannot be changed one by one, so they have to be of the form that they are compared with. */
export class QueryValues {
  readonly #edits: Edits;
  readonly #comparisons: Comparisons;
  /** The columns of the subqueries that were looked at. */
  readonly #columns = new Map<Query, readonly Valued[]>();

  constructor(edits: Edits, comparisons: Comparisons) {
    this.#edits = edits;
    this.#comparisons = comparisons;
  }

  remember(query: Query, columns: readonly Valued[]): void {
    this.#columns.set(query, columns);
  }

  /** `x IN (SELECT …)`, `(x, y) IN (SELECT …)`. */
  lookUp(node: InList, operand: Operand, parts: readonly Operand[], columns: readonly Valued[]): void {
    for (const [index, part] of parts.entries()) {
      const column = columns[index];
      if (column !== undefined) this.#checkForm(part, column);
    }
    // NULL in a row is in no list on ClickHouse.
    if (parts.length > 1 && operand.nullable) this.#edits.wrap(node, 'coalesce(', node.negated ? ', 1)' : ', 0)');
  }

  /** Whether a side of a comparison has several columns: then both of them are compared here. */
  compare(node: Binary, sides: readonly [readonly Operand[], readonly Operand[]]): boolean {
    const [left, right] = [this.#width(node.left, sides[0]), this.#width(node.right, sides[1])];
    if (left.length < 2 && right.length < 2) return false;
    const ordered = /^[<>]=?$/.test(node.operator);
    for (const [index, part] of left.entries()) {
      const other = right[index];
      if (other === undefined) continue;
      const wide = ordered && [part, other].some(({ kind }) => isWide(kind) || kind.is === 'uuid');
      if (wide)
        throw refused(
          `rows of ${typeText(part.kind)} are not compared with ${node.operator}; compare the columns one by one`,
        );
      this.#checkForm(part, other);
    }
    return true;
  }

  #width(expression: Expression, parts: readonly Operand[]): readonly Operand[] {
    const inner = bare(expression);
    const columns = inner.kind === 'query' && !inner.exists ? this.#columns.get(inner.query) : undefined;
    return columns === undefined ? parts : columns.map((column) => ({ ...column, expression }));
  }

  #checkForm(operand: Operand, { kind }: Valued): void {
    this.#comparisons.distinct(operand);
    this.#comparisons.distinct({ ...operand, kind });
    if (kind.is === 'null' || kind.is === 'unknown' || operand.kind.is === 'unknown') return;
    if (formOf(operand.kind) === formOf(kind)) return;
    throw refused(
      `${this.#edits.slice(operand.expression)} and the values of the SELECT are of different types; make them one with CAST or datetime(…)`,
    );
  }
}

/** Values are found among others when this is the same: ClickHouse looks them up by their bytes. */
function formOf(kind: Kind): string {
  if (kind.is === 'integer') return isWide(kind) ? typeText(kind) : 'integer';
  return kind.is === 'fixed'
    ? 'string'
    : typeText(kind.is === 'decimal' ? { ...kind, precision: kind.text ? 76 : 15 } : kind);
}
