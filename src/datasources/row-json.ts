import { distinctNames } from '../store/sql/distinct-names';
import { JsonRows } from '../store/sql/formats/json';
import { ResultColumn, type ValueType } from '../store/sql/result-column';
import type { SqlColumn } from '../store/contract/sql-engine';
import type { StoredMisfit, StoredRow } from '../store/contract/row-store';

const JSON_OBJECT: ValueType = { type: 'JSON', nullable: true, form: 'json' };
const STRINGS: ValueType = { type: 'Array(String)', nullable: false, form: 'json' };
const TEXT: ValueType = { type: 'Nullable(String)', nullable: true, form: 'plain' };

/** What stands around a name. */
const NAME_BYTES = 4;

/** How integers of 64 bits and more are written. */
export interface RowJsonOptions {
  readonly quoteLargeIntegers: boolean;
}

/** Writes rows and quarantined rows of one schema as objects: as SQL does with `SELECT *` and `FORMAT JSONEachRow`. */
export class RowJson {
  readonly #rows: JsonRows;
  readonly #misfits: JsonRows;
  readonly #columns: number;
  /** Bytes that the names of the columns take in each text, about. */
  readonly nameBytes: number;

  constructor(columns: readonly SqlColumn[], options: RowJsonOptions) {
    this.#columns = columns.length;
    this.nameBytes = columns.reduce((bytes, { name }) => bytes + name.length + NAME_BYTES, 0);
    this.#rows = rowsOf([...columns.map((column) => [column.name, column] as const), ['_rest', JSON_OBJECT]], options);
    this.#misfits = rowsOf(
      [
        ['c__error_column', STRINGS],
        ['c__error', STRINGS],
        ['c__import_id', TEXT],
        ...columns.map(({ name }) => [name, TEXT] as const),
        ['insertion_date', TEXT],
        ['c__row', TEXT],
      ],
      options,
    );
  }

  row({ values, rest }: StoredRow): string {
    return this.#rows.row([...values, rest]);
  }

  misfit({ columns, reasons, originals, storedAt, raw }: StoredMisfit): string {
    // It may have come when there were fewer columns.
    const had = JSON.parse(originals) as (string | null)[];
    const values = Array.from({ length: this.#columns }, (_, index) => had[index] ?? null);
    const time = new Date(storedAt).toISOString().slice(0, 19).replace('T', ' ');
    const text = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength).toString();
    return this.#misfits.row([columns, reasons, null, ...values, time, text]);
  }
}

function rowsOf(named: readonly (readonly [name: string, type: ValueType])[], options: RowJsonOptions): JsonRows {
  const names = distinctNames(
    named.map(([name]) => name),
    (name) => name.toLowerCase(),
  );
  const columns = named.map(([, type], index) => new ResultColumn(names[index]!, type));
  return new JsonRows({ ...options, columns }, 'object');
}
