import type { ColumnType } from './column-type';

/** What stands in for a field that is missing or null. */
export type ColumnDefault =
  | { readonly kind: 'constant'; readonly value: string | number | bigint | boolean | null }
  /** The time at which the row is taken in: `now()`, `now64()` and `today()`. */
  | { readonly kind: 'now' };

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  /** Keys that lead from the row to the field, outermost first; none: the whole row. */
  readonly path: readonly string[];
  readonly default?: ColumnDefault;
}

/** The schema of a data source. Columns keep their order: new ones come last. */
export interface Schema {
  readonly columns: readonly Column[];
  readonly description?: string;
  /** Instructions of its file that mean nothing here, such as `ENGINE "MergeTree"`; they are handed back with it. */
  readonly kept?: readonly string[];
}
