import type { TextCut } from '../../json/text-cuts';
import type { IdempotencyRecord } from './idempotency';
import type { KeptValue } from './kept-value';
import type { Position, StartPoint } from './position';
import type { ValueForm } from './value-form';

/**
 * Data sources: topics that hold rows of a schema, and the rows that did not fit it. Writes are durable, atomic and
 * ordered as those of an `EventLog` are; the writes to one data source take effect in the order of the calls.
 *
 * Methods that name a data source reject with `unknown_topic`, and with `wrong_topic_kind` for a topic of events. Those
 * that take a `holder` let holders take turns; what comes before them in the data source is what was called before.
 */
export interface RowStore {
  /** Makes a data source. Rejects with `topic_exists`, `topic_limit`, `over_share`. */
  createDataSource(source: DataSourceRecord, holder?: string): Promise<void>;

  /**
   * Replaces the definition of a data source, rewrites columns, if any, in another form, and adds columns, if any,
   * behind those it has; its rows have `fill` in them. The schema gets another version either way. All of it happens at
   * once, but where columns are rewritten perhaps long after the call: what is called meanwhile finds them as they
   * were. Rejects with `schema_changed` when the version it was made for is not the present one, and with
   * `invalid_schema` when a `fill` holds a NUL character or a stored value does not fit the form, the first of which it
   * names.
   */
  changeDataSource(change: DataSourceChange, holder?: string): Promise<void>;

  /** Removes all rows, or all quarantined rows. Positions go on from where they were, and idempotency records last. */
  truncateDataSource(name: string, part: RowsPart, holder?: string): Promise<void>;

  /**
   * Removes a data source with all it holds, its idempotency records too. Writes called after it has resolved meet
   * `unknown_topic`.
   */
  dropDataSource(name: string, holder?: string): Promise<void>;

  /**
   * Appends rows, quarantined rows, or both, and removes the quarantined rows they were made of: all in one commit.
   * Rejects with `schema_changed` when the rows were made for another version of the schema, or when a quarantined row
   * to be removed is no longer there (so that none is replayed twice), with `invalid_query` when what is to be removed
   * is not the id of a quarantined row, and with `idempotency_mismatch`. An append that was stored before gets its
   * answer whatever has become of the schema and the rows since.
   */
  appendRows(append: RowsAppend): Promise<RowsReceipt>;

  /**
   * Quarantined rows in the order they came, those behind the row `after`, which need not be there any more; at most
   * `limit` and as many as fit a page. An empty page is the end. Rejects with `invalid_query` when `after` is not an id
   * of this store.
   */
  quarantinedRows(name: string, page: QuarantinePage): Promise<QuarantinedRow[]>;

  /**
   * The quarantined row at a position that `readQuarantine` gave; `undefined` if it was replaced. Rejects as
   * `readQuarantine` does for a position from which nothing can be read.
   */
  quarantinedRowAt(name: string, position: Position): Promise<QuarantinedRow | undefined>;

  /**
   * Rows in order of position, with the schema that they have at this moment: all of a page are of one state. Rejects
   * with `invalid_query` when `after` is not a position of the rows of this store, and with `position_gone` when rows
   * behind it were removed from the front, by retention or because all were, or it is of a data source that was
   * dropped: its `earliest` is the position to read on from.
   */
  readRows(query: RowQuery): Promise<RowPage<StoredRow>>;

  /**
   * Quarantined rows in order of position, as `readRows` gives rows. Their positions are not those of rows; what was
   * replaced is left out.
   */
  readQuarantine(query: RowQuery): Promise<RowPage<StoredMisfit>>;

  /**
   * The position at which a reader of rows, or of quarantined rows, begins. Rejects as `EventLog.resolve`.
   */
  resolveRows(name: string, part: RowsPart, start: StartPoint): Promise<Position>;
}

/** What a data source holds: the rows that fit its schema, or those that did not. */
export type RowsPart = 'rows' | 'quarantine';

/** Which rows to read. */
export interface RowQuery {
  readonly name: string;
  /** Only rows behind this position; absent: from the first one on. */
  readonly after?: Position;
  /** The most rows to return, at least 1. */
  readonly limit: number;
  /** Newest first, as in `ReadQuery`. */
  readonly descending?: boolean;
}

/** A page of rows. A store also bounds its bytes, so it may hold fewer than `limit`. */
export interface RowPage<Row> {
  readonly rows: readonly Row[];
  /** Of the schema that the rows have. */
  readonly schemaVersion: SchemaVersion;
  /** Text of the `.datasource` file of that schema. */
  readonly definition: string;
  /** Where to read on, as `after`. Given with every page, also with an empty one and at the end. */
  readonly position: Position;
  /** Whether more rows may follow now. */
  readonly more: boolean;
  /** Of a page in descending order: the position behind the last row; what is stored later follows. */
  readonly end?: Position;
}

/** A row as its columns keep it. */
export interface StoredRow {
  readonly position: Position;
  /** In the order of the columns; integers are bigints. */
  readonly values: readonly (KeptValue | null)[];
  /** JSON text of the unknown fields, if there were any. */
  readonly rest: string | null;
}

/** A quarantined row, and what was said of it. */
export interface StoredMisfit {
  readonly position: Position;
  /** The bytes as they were sent. */
  readonly raw: Uint8Array;
  /** JSON texts of arrays: the columns it failed at, why, and for each column what it had or `null`. */
  readonly columns: string;
  readonly reasons: string;
  readonly originals: string;
  /** Milliseconds since the Unix epoch. */
  readonly storedAt: number;
}

/**
 * Names one state of one data source's schema. An opaque text of the form of a `Position`: two states have different
 * versions, even those of two data sources that had the same name one after the other.
 */
export type SchemaVersion = string;

/** Names a quarantined row within its data source: an opaque text of the form of a `Position`, never given twice. */
export type QuarantinedRowId = string;

/** How the values of a column are kept: SQLite's storage classes; `any` keeps each value as it comes. */
export type ColumnStorage = 'integer' | 'real' | 'text' | 'any';

export interface StoredColumn {
  readonly name: string;
  readonly storage: ColumnStorage;
}

/** A data source as the store knows it: its definition means nothing to the store. */
export interface DataSourceRecord {
  readonly name: string;
  /** Text of its `.datasource` file. */
  readonly definition: string;
  /** In their order; names differ from each other, case not counted. */
  readonly columns: readonly StoredColumn[];
  /** Whose share of the topics it takes; absent: nobody's. */
  readonly creator?: string | undefined;
}

export interface DataSourceChange {
  readonly name: string;
  /** The version that the change was made for. */
  readonly schemaVersion: SchemaVersion;
  readonly definition: string;
  /** Columns whose values are rewritten. */
  readonly converted?: readonly ColumnConversion[];
  /** Columns to add, each with the value that the rows stored so far get. */
  readonly added: readonly (StoredColumn & { readonly fill: string | number | bigint | null })[];
}

/** How the values of a column are rewritten. */
export interface ColumnConversion {
  /** The place of the column, from 0. */
  readonly index: number;
  readonly storage: ColumnStorage;
  readonly form: ValueForm;
  /** Whether null fits. */
  readonly nullable: boolean;
  /** What cannot be done where a value does not fit, for the message. */
  readonly refusal: string;
}

/**
 * Rows as text. Made by the row scanner; a store may rely on all of this: each row is a JSON array (RFC 8259, valid
 * UTF-8) of first the unknown fields, as an object or `null`, then one value for each column in order: a string, a
 * number that the column's storage keeps exactly (integers within int64), `null`, or an array or object, whose text is
 * what is stored.
 */
export interface RowBatch {
  /**
   * UTF-8 text of the rows separated by commas, without the brackets of an array; not to be changed before the append
   * settles.
   */
  readonly json: Uint8Array;
  readonly count: number;
  /** Places, in order, at which the text of many rows can be divided; absent: it is short, or none were noted. */
  readonly cuts?: readonly TextCut[];
}

/**
 * Rows that did not fit, as text of the same form: each a JSON array of the raw row, base64 of its bytes; the columns
 * it failed at, an array of strings; the reasons, an array of as many strings; and the original values, an array with a
 * string or `null` for each column.
 */
export type QuarantineBatch = RowBatch;

export interface RowsAppend {
  /** Who writes: holders take turns at the disk, and what one of them writes keeps its order. Default: nobody. */
  readonly holder?: string | undefined;
  readonly topic: string;
  /** The version of the schema that the rows were made for. */
  readonly schemaVersion: SchemaVersion;
  readonly rows: RowBatch;
  readonly quarantine: QuarantineBatch;
  /** Quarantined rows that `rows` and `quarantine` replace. */
  readonly replaced?: readonly QuarantinedRowId[];
  /** Its scope is the data source. */
  readonly record?: IdempotencyRecord;
}

export interface RowsReceipt {
  /** The answer of the first time, if the record existed already; then nothing was stored. */
  readonly answer: string | undefined;
}

export interface QuarantinePage {
  /** Absent: from the first one on. */
  readonly after?: QuarantinedRowId;
  readonly limit: number;
}

export interface QuarantinedRow {
  readonly id: QuarantinedRowId;
  /** The bytes as they were sent. */
  readonly raw: Uint8Array;
}
