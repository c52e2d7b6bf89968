import type { SqlValueForm } from '../contract/sql-engine';

/** The values of one row of a result. */
export type Row = readonly (bigint | number | string | Buffer | null)[];

/** How the values of a stored column are written into a result. */
export interface ValueType {
  readonly type: string;
  readonly nullable: boolean;
  readonly form: SqlValueForm;
}

/** Kinds of values that a column has held, as bits. */
const INTEGER = 1;
const REAL = 2;
const TEXT = 4;
const NULL = 8;

/** A column of a result. */
export class ResultColumn {
  #seen = 0;

  /** `stored` is the type of the stored column that the values come from; `undefined` for an expression. */
  constructor(
    readonly name: string,
    readonly stored: ValueType | undefined,
  ) {}

  /** Records the kind of a value, for the type of an expression. */
  observe(value: Row[number]): void {
    if (value === null) this.#seen |= NULL;
    else if (typeof value === 'bigint') this.#seen |= INTEGER;
    else if (typeof value === 'number') this.#seen |= REAL;
    else this.#seen |= TEXT;
  }

  /** The type, once all rows are observed. That of an expression is the one that holds all its values. */
  get type(): string {
    const nulls = (this.#seen & NULL) !== 0;
    if (this.stored !== undefined) {
      const { type, nullable } = this.stored;
      return nulls && !nullable ? `Nullable(${type})` : type;
    }
    const type = (this.#seen & TEXT) !== 0 ? 'String' : (this.#seen & REAL) !== 0 ? 'Float64' : 'Int64';
    const base = (this.#seen & ~NULL) === 0 ? 'String' : type;
    return nulls ? `Nullable(${base})` : base;
  }
}
