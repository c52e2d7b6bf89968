/**
 * Answers questions in SQL about topics and data sources. Each is a table of its own name; what a query may read is
 * decided name by name, and nothing else that the store keeps can be reached.
 *
 * Every rejection is a `WriterHubError`: `invalid_sql`, `forbidden`, `unknown_data_source`, `query_timeout`,
 * `result_too_large`, `store_busy` when too many queries wait, `store_unavailable`.
 */
export interface SqlEngine {
  /** The formats of results, by the names that a `FORMAT` clause has for them; the first one is the default. */
  readonly formats: readonly string[];

  query(query: SqlQuery): Promise<SqlResult>;

  /**
   * Stops the queries under way and releases everything. Called before the store closes; queries after it are rejected.
   */
  close(): Promise<void>;
}

export interface SqlQuery {
  /** One SELECT in SQLite's dialect, with or without a `FORMAT` clause at its end. */
  readonly text: string;
  /** The format of the result when the query asks for none: one of `formats`, in any case; absent: the first. */
  readonly defaultFormat?: string;
  /** Whether integers of 64 bits and more stand in quotes in the JSON formats. */
  readonly quoteLargeIntegers: boolean;
  /**
   * Whether the caller may read the topic or data source of this name; asked of every name a query reads, whether there
   * is such or not.
   */
  mayRead(name: string): boolean;
  /** Whose share of the places for queries it takes. */
  readonly holder: string;
  /** Aborted when the caller is gone; the query is given up, wherever it is. */
  readonly signal?: AbortSignal;
}

export interface SqlResult {
  /** Media type of the body. */
  readonly contentType: string;
  /** The body in pieces, to be sent one after another. */
  readonly chunks: readonly Uint8Array[];
  /** Bytes of all pieces together. */
  readonly bytes: number;
}

/** How the values of a column are written into a result. */
export type SqlValueForm =
  /** By what each value is: a number, a text. */
  | 'plain'
  /** An integer of 64 bits and more, kept as an integer or as digits. */
  | 'large_integer'
  /** A number kept as digits. */
  | 'decimal'
  /** 0 and 1. */
  | 'bool'
  /** Text of a JSON array or object. */
  | 'json';

/** A column of a data source, in its order. */
export interface SqlColumn {
  readonly name: string;
  /** The type as results name it: `LowCardinality(Nullable(String))`. */
  readonly type: string;
  readonly nullable: boolean;
  readonly form: SqlValueForm;
}
