import type { Database } from 'better-sqlite3';
import { WriterHubError } from '../../../errors';
import type { ColumnConversion } from '../../contract/row-store';
import { inForm, misfit, type KeptValue } from '../../contract/value-form';
import { addColumn, rowTable, unusedColumns } from '../file/data-source-tables';
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
  /** The columns that hold what is rewritten. */
  readonly numbers: readonly number[];
  readonly #database: Database;
  readonly #source: RowTable;
  readonly #converted: readonly ColumnConversion[];

  /** `numbers`: those of an earlier converter that is to be gone on with. Throws `schema_changed` if they are gone. */
  constructor(
    database: Database,
    source: RowTable,
    converted: readonly ColumnConversion[],
    numbers: readonly number[] | undefined,
  ) {
    this.#database = database;
    this.#source = source;
    this.#converted = converted;

    this.numbers = numbers === undefined ? this.#makeColumns() : this.#checkColumns(numbers);
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
      `UPDATE ${table} SET ${this.numbers.map((number) => `c${number} = ?`).join(', ')} WHERE offset = ?`,
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

  #makeColumns(): number[] {
    const { id, columns } = this.#source;
    const { unused, next } = unusedColumns(this.#database, id, columns);
    const free = [...unused];
    let number = next;
    return this.#converted.map(({ storage }) => {
      const found = free.findIndex((column) => column.storage === storage);
      if (found >= 0) return free.splice(found, 1)[0]!.number;
      if (number > MOST_COLUMNS) {
        throw new WriterHubError('invalid_schema', 'its table has no room for a column that is rewritten');
      }
      addColumn(this.#database, id, number, { name: '', storage, fill: null });
      return number++;
    });
  }

  /** The table was made anew when they are not there. */
  #checkColumns(numbers: readonly number[]): readonly number[] {
    const { id, columns } = this.#source;
    const unused = new Set(unusedColumns(this.#database, id, columns).unused.map(({ number }) => number));
    if (numbers.every((number) => unused.has(number))) return numbers;
    throw new WriterHubError('schema_changed', 'the data source changed while it was rewritten');
  }
}
