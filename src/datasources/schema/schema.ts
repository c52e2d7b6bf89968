import type { ColumnType } from './column-type';

/** The value of a column whose field is missing or null. */
export type ColumnDefault =
  | { readonly kind: 'constant'; readonly value: string | number | bigint | boolean | null }
  /** The time at which the row arrives: `now()`, `now64()` and `today()`. */
  | { readonly kind: 'now' };

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  /** The keys from the row to the field, outermost first; empty for the whole row. */
  readonly path: readonly string[];
  readonly default?: ColumnDefault;
  /** Set on a column of times that was inferred from texts: what a number in it means is not known. */
  readonly inferred?: true;
}

/** The schema of a data source. Columns keep their order: new ones come last. */
export interface Schema {
  readonly columns: readonly Column[];
  readonly description?: string;
  /** How long rows are kept after they were stored, in milliseconds, as `ENGINE_TTL` among `kept` has it. */
  readonly keepFor?: number;
  /** Instructions of its file that have no effect here, such as `ENGINE "MergeTree"`; kept to be returned with it. */
  readonly kept?: readonly string[];
}
