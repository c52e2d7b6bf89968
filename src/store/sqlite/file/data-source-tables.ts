import type { Database } from 'better-sqlite3';
import { WriterHubError } from '../../../errors';
import type { ColumnStorage, DataSourceChange } from '../../contract/row-store';

/** A value as it stands in a column. */
type Fill = DataSourceChange['added'][number]['fill'];

/**
 * The declared type whose affinity keeps values as they are meant: none at all keeps each as it comes, while `ANY`
 * would make numbers of digits. https://www.sqlite.org/datatype3.html
 */
const DECLARED_TYPES: Readonly<Record<ColumnStorage, string>> = {
  integer: 'INTEGER',
  real: 'REAL',
  text: 'TEXT',
  any: '',
};

/** A column in the table of a data source's rows. Where values were rewritten, numbers are out of order. */
export interface PlacedColumn {
  /** It is called `c` and this number. */
  readonly number: number;
  readonly storage: ColumnStorage;
}

/** The table of a data source's rows. */
export function rowTable(topic: number): string {
  return `rows_${topic}`;
}

/** The table of a data source's quarantined rows. */
export function quarantineTable(topic: number): string {
  return `quarantine_${topic}`;
}

/** A table that nobody reads any more; its rows are to be deleted. */
export function discardedTable(id: number): string {
  return `discarded_${id}`;
}

/**
 * The columns are called `c1`, `c2` and so on, so that they may have any name outside. The table is not STRICT: adding
 * a column to one that is makes SQLite read all its rows.
 */
export function createRowTable(database: Database, topic: number, columns: readonly PlacedColumn[]): void {
  const declared = columns.map(({ number, storage }) => `, ${declare(number, storage)}`);
  database.exec(`CREATE TABLE ${rowTable(topic)} (offset INTEGER PRIMARY KEY, rest TEXT${declared.join('')})`);
}

export function createQuarantineTable(database: Database, topic: number): void {
  database.exec(
    `CREATE TABLE ${quarantineTable(topic)} (
       offset INTEGER PRIMARY KEY,
       raw BLOB NOT NULL,
       columns TEXT NOT NULL,
       reasons TEXT NOT NULL,
       originals TEXT NOT NULL,
       inserted_at INTEGER NOT NULL
     ) STRICT`,
  );
}

/** The most rows that are deleted at once. */
const FEW_ROWS = 1000;

/**
 * Removes a table of this many rows. A large one is renamed, which takes the same time however many rows it has (but
 * longer the more tables there are); its rows are deleted later, when discarded tables are emptied.
 */
export function removeTable(database: Database, table: string, rowCount: number): void {
  if (rowCount <= FEW_ROWS) {
    database.exec(`DROP TABLE ${table}`);
    return;
  }
  // Makes room for the table that takes its place, for a database that may grow no more.
  database.exec(deleteFirst(table, FEW_ROWS));
  const { lastInsertRowid } = database.prepare('INSERT INTO discarded DEFAULT VALUES').run();
  database.exec(`ALTER TABLE ${table} RENAME TO ${discardedTable(Number(lastInsertRowid))}`);
}

/**
 * The statement that deletes about `count` rows, those with the least offsets, or none if there are no more than that.
 */
export function deleteFirst(table: string, count: number): string {
  return `DELETE FROM ${table} WHERE offset <= (SELECT offset FROM ${table} ORDER BY offset LIMIT 1 OFFSET ${count})`;
}

/** Adds a column behind those there are, at no cost a row: it is the default of rows that do not have it. */
export function addColumn(
  database: Database,
  topic: number,
  number: number,
  { name, storage, fill }: DataSourceChange['added'][number],
): void {
  const declared = `${declare(number, storage)} DEFAULT ${literal(name, fill)}`;
  database.exec(`ALTER TABLE ${rowTable(topic)} ADD COLUMN ${declared}`);
}

/** The columns of a table of rows that hold nothing anybody reads, and the number that the next column gets. */
export function unusedColumns(
  database: Database,
  topic: number,
  used: readonly PlacedColumn[],
): { readonly unused: readonly PlacedColumn[]; readonly next: number } {
  const numbers = new Set(used.map(({ number }) => number));
  const present = database
    .prepare<[string], { name: string; type: string }>('SELECT name, type FROM pragma_table_info(?)')
    .all(rowTable(topic))
    .filter(({ name }) => /^c\d+$/.test(name))
    .map(({ name, type }) => ({ number: Number(name.slice(1)), storage: storageOf(type) }));
  const next = Math.max(0, ...present.map(({ number }) => number)) + 1;
  return { unused: present.filter(({ number }) => !numbers.has(number)), next };
}

function storageOf(declared: string): ColumnStorage {
  const storages = Object.keys(DECLARED_TYPES) as ColumnStorage[];
  return storages.find((storage) => DECLARED_TYPES[storage] === declared) ?? 'any';
}

/**
 * The statement that inserts rows; its parameters are the first offset and the text of an array of them. `over`: what
 * lies at their offsets is written over.
 */
export function insertRows(topic: number, columns: readonly PlacedColumn[], over: boolean): string {
  // The offsets begin at the first parameter: `key` is the index of the element. A blob would be read as JSONB, hence
  // the cast.
  const values = columns.map((_, index) => `, value->>'$[${index + 1}]'`).join('');
  return `${insertInto(topic, columns, over)} SELECT ? + key, value->>'$[0]'${values} FROM jsonb_each(CAST(? AS TEXT))`;
}

/** The statement that inserts one row; its parameters are the offset, the unknown fields and the values. */
export function insertRow(topic: number, columns: readonly PlacedColumn[], over: boolean): string {
  return `${insertInto(topic, columns, over)} VALUES (?, ?${', ?'.repeat(columns.length)})`;
}

function insertInto(topic: number, columns: readonly PlacedColumn[], over: boolean): string {
  const names = columns.map(({ number }) => `, c${number}`).join('');
  return `${insert(over)} INTO ${rowTable(topic)} (offset, rest${names})`;
}

function insert(over: boolean): string {
  return over ? 'INSERT OR REPLACE' : 'INSERT';
}

/**
 * The statement that inserts quarantined rows; its parameters are the first offset, the time, and the text of an array
 * of them.
 */
export function insertQuarantine(topic: number, over: boolean): string {
  return `${insert(over)} INTO ${quarantineTable(topic)} (offset, raw, columns, reasons, originals, inserted_at)
    SELECT ? + key, ${BASE64_BYTES}(value->>'$[0]'), value->>'$[1]', value->>'$[2]', value->>'$[3]', ?
    FROM jsonb_each(CAST(? AS TEXT))`;
}

/**
 * The statement that deletes the quarantined rows at the offsets in a JSON array; its parameters are that and the
 * offset where the quarantine ends.
 */
export function deleteQuarantine(topic: number): string {
  return `DELETE FROM ${quarantineTable(topic)} WHERE offset IN (SELECT value FROM json_each(?)) AND offset < ?`;
}

const BASE64_BYTES = 'base64_bytes';

/** Defines the function with which `insertQuarantine` decodes base64. */
export function defineBase64(database: Database): void {
  database.function(BASE64_BYTES, { deterministic: true }, (text: string) => Buffer.from(text, 'base64'));
}

function declare(number: number, storage: ColumnStorage): string {
  return `c${number} ${DECLARED_TYPES[storage]}`.trimEnd();
}

function literal(column: string, fill: Fill): string {
  if (fill === null) return 'NULL';
  if (typeof fill !== 'string') return String(fill);
  if (fill.includes('\0')) {
    throw new WriterHubError(
      'invalid_schema',
      `the column "${column}" cannot be added: the value for the rows there are holds a NUL character`,
    );
  }
  return `'${fill.replaceAll("'", "''")}'`;
}
