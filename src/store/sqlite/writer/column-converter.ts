import type { Database } from 'better-sqlite3';
import { WriterHubError } from '../../../errors';
import type { ColumnConversion, ColumnStorage } from '../../contract/row-store';
import { inForm, misfit, type KeptValue } from '../../contract/kept-value';
import { addColumn, rowTable, unusedColumns, type PlacedColumn } from '../file/data-source-tables';
import type { RowTable } from './row-table';

/** Rows that are looked at together. */
const PAGE = 500;

/** SQLite takes 2000 columns; those that were rewritten stay in the table until it is emptied. */
const MOST_COLUMNS = 1990;

type Value = KeptValue | null;

/**
 * Rewrites columns of a data source into unused ones of its table, so that what is read stays as it is until all is
 * rewritten. Unused columns are used again.
 */
export class ColumnConverter {
  readonly #numbers: number[];
  readonly #database: Database;
  readonly #source: RowTable;
  readonly #converted: readonly ColumnConversion[];

  /** `numbers`: those of an earlier converter that is to be gone on with. Throws `schema_changed` if they are gone. */
  constructor(
    database: Database,
    source: RowTable,
    converted: readonly ColumnConversion[],
    numbers: readonly number[] = [],
  ) {
    this.#database = database;
    this.#source = source;
    this.#converted = converted;
    this.#numbers = [...numbers];

    const unused = new Set(this.#unused.map(({ number }) => number));
    if (numbers.every((number) => unused.has(number))) return;
    // The table was made anew.
    throw new WriterHubError('schema_changed', 'the data source changed while it was rewritten');
  }

  /** The columns that hold what is rewritten, of those that are to be rewritten the first. */
  get numbers(): readonly number[] {
    return this.#numbers;
  }

  /** Finds or makes columns for what is rewritten until a time; says whether all are there. */
  makeColumns(deadline: number): boolean {
    const taken = new Set(this.#numbers);
    const free = this.#unused.filter(({ number }) => !taken.has(number));
    for (const { storage, refusal } of this.#converted.slice(this.#numbers.length)) {
      const found = free.findIndex((column) => column.storage === storage);
      this.#numbers.push(found >= 0 ? free.splice(found, 1)[0]!.number : this.#addColumn(storage, refusal));
      if (performance.now() >= deadline) break;
    }
    return this.#numbers.length === this.#converted.length;
  }

  /**
   * Rewrites the rows from an offset on until a time, and returns the offset behind them. Throws `invalid_schema` with
   * the first value that does not fit.
   */
  run(from: number, deadline: number): number {
    const { nextOffset, columns } = this.#source;
    const table = rowTable(this.#source.id);
    const olds = this.#converted.map(({ index }) => `c${columns[index]!.number}`);
    const select = this.#database
      .prepare<[number, number], [bigint, ...Value[]]>(
        `SELECT offset, ${olds.join(', ')} FROM ${table} WHERE offset >= ? AND offset < ? ORDER BY offset LIMIT ${PAGE}`,
      )
      .raw()
      .safeIntegers();
    const update = this.#database.prepare<Value[]>(
      `UPDATE ${table} SET ${this.#numbers.map((number) => `c${number} = ?`).join(', ')} WHERE offset = ?`,
    );
    for (let until = from; ;) {
      const page = select.all(until, nextOffset);
      if (page.length === 0) return nextOffset;
      for (const [offset, ...values] of page) {
        update.run(...values.map((value, at) => this.#convert(value, this.#converted[at]!)), offset);
        until = Number(offset) + 1;
        if (performance.now() >= deadline) return until;
      }
    }
  }

  #convert(value: Value, { form, nullable, refusal }: ColumnConversion): Value {
    const converted = value === null ? null : inForm(value, form);
    if (converted !== undefined && (converted !== null || nullable)) return converted;
    throw new WriterHubError('invalid_schema', `${refusal}: ${misfit(value, form)}`);
  }

  get #unused(): readonly PlacedColumn[] {
    const { id, columns } = this.#source;
    return unusedColumns(this.#database, id, columns).unused;
  }

  #addColumn(storage: ColumnStorage, refusal: string): number {
    const { id, columns } = this.#source;
    const { next } = unusedColumns(this.#database, id, columns);
    if (next > MOST_COLUMNS) {
      throw new WriterHubError(
        'invalid_schema',
        `${refusal}: its table has no room until the data source is truncated`,
      );
    }
    addColumn(this.#database, id, next, { name: '', storage, fill: null });
    return next;
  }
}
