import type { Database, Statement } from 'better-sqlite3';
import { WriterHubError } from '../../../errors';
import { StoredRowReader, type StoredValue } from './stored-row-reader';
import { insertRow, insertRows, type PlacedColumn } from '../file/data-source-tables';

/** A way to insert rows from their JSON text. */
export interface RowInsert {
  /** Whether a failure to insert these rows leaves nothing behind without a savepoint. */
  isAtomic(rows: Uint8Array): boolean;
  /** Inserts a JSON array of rows from this offset on and returns how many there were. */
  run(firstOffset: number, rows: Uint8Array): number;
}

/** SQLite finds a value by walking past those before it, so for more columns than this binding each value is faster. */
const FEW_COLUMNS = 24;

/** A table of rows that is written to, and how. */
export interface InsertTarget {
  readonly topic: number;
  readonly columns: readonly PlacedColumn[];
  /** Whether what lies at the offsets of the rows is written over. */
  readonly over: boolean;
}

/** The fastest way for rows of these columns. */
export function rowInsert(database: Database, target: InsertTarget): RowInsert {
  return target.columns.length <= FEW_COLUMNS ? new TextInsert(database, target) : new ValueInsert(database, target);
}

/** A text that is longer holds a row of that length, as others are divided. */
const LONG_ROW = 1024 * 1024;

/**
 * One statement for all rows: SQLite reads the text. As it copies a value each time it is looked at, the values of a
 * row that is very long are taken out of it here.
 */
class TextInsert implements RowInsert {
  readonly #insert: Statement<[number, Uint8Array]>;
  #insertLong: ValueInsert | undefined;
  readonly #database: Database;
  readonly #target: InsertTarget;

  constructor(database: Database, target: InsertTarget) {
    this.#database = database;
    this.#target = target;

    const { topic, columns, over } = target;
    this.#insert = database.prepare(insertRows(topic, columns, over));
  }

  isAtomic(rows: Uint8Array): boolean {
    return rows.length <= LONG_ROW;
  }

  run(firstOffset: number, rows: Uint8Array): number {
    if (rows.length > LONG_ROW) {
      this.#insertLong ??= new ValueInsert(this.#database, this.#target);
      return this.#insertLong.run(firstOffset, rows);
    }
    return this.#insert.run(firstOffset, rows).changes;
  }
}

/** A statement for each row, its values taken out of the text here. */
class ValueInsert implements RowInsert {
  readonly #insert: Statement<StoredValue[]>;
  readonly #storages: readonly PlacedColumn['storage'][];

  constructor(database: Database, { topic, columns, over }: InsertTarget) {
    this.#storages = columns.map(({ storage }) => storage);

    this.#insert = database.prepare(insertRow(topic, columns, over));
  }

  isAtomic(): boolean {
    return false;
  }

  run(firstOffset: number, rows: Uint8Array): number {
    const reader = new StoredRowReader(rows.subarray(1, -1), this.#storages);
    let count = 0;
    for (let row = reader.next(); row !== undefined; row = reader.next()) {
      if (row.length !== this.#storages.length + 1) {
        throw new WriterHubError('internal', `a row has ${row.length - 1} values for ${this.#storages.length} columns`);
      }
      this.#insert.run(firstOffset + count, ...row);
      count += 1;
    }
    return count;
  }
}
