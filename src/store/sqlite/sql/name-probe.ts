import Database from 'better-sqlite3';
import { WriterHubError } from '../../../errors';
import { TRANSLATED_FUNCTIONS, withCounterpart } from './dialect/counterparts';
import { createView } from './identifier';
import { toSqlError } from './sql-error';

/** SQLite's message for a name that does not exist. */
const UNKNOWN_TABLE = /^no such table: ([^]*)$/;

/** Names that SQLite does not allow for views. */
const RESERVED = /^sqlite_/i;

/** How many tables one query may read. */
const MAX_NAMES = 100;

/**
 * Finds the names that a query reads by compiling it against an empty database in memory: each name that SQLite misses
 * is looked up and added as an empty view. When the query compiles, every name in it has been looked up, except those
 * built into SQLite, for which the program is checked.
 */
export class NameProbe {
  readonly #database = new Database(':memory:');

  constructor() {
    for (const name of TRANSLATED_FUNCTIONS) this.#database.function(name, { varargs: true }, () => null);
  }

  /**
   * Calls `find` once for each name that the query reads; it resolves with the names of the columns. `given` are names
   * that are looked up in any case. Rejects with `invalid_sql`, and as `find` does.
   */
  async names(
    sql: string,
    given: readonly string[],
    find: (name: string) => Promise<readonly string[]>,
  ): Promise<Set<string>> {
    const found = new Set<string>();
    const columns = new Set<string>();
    const findColumns = async (name: string): Promise<readonly string[]> => {
      const names = await find(name);
      for (const column of names) columns.add(column.toLowerCase());
      return names;
    };
    this.#database.exec('BEGIN');
    try {
      for (const name of given) await this.#add(name, found, findColumns);
      for (;;) {
        const missing = this.#findMissing(sql, columns);
        if (missing === undefined) return found;
        if (found.size === MAX_NAMES)
          throw new WriterHubError('invalid_sql', `the query reads more than ${MAX_NAMES} tables`);
        // With a database's name in front, such as `main.cars`, SQLite does not find the view.
        if (found.has(missing))
          throw new WriterHubError('invalid_sql', `there is no table ${missing}; quote names as a whole`);
        await this.#add(missing, found, findColumns);
      }
    } finally {
      this.#database.exec('ROLLBACK');
    }
  }

  async #add(name: string, found: Set<string>, find: (name: string) => Promise<readonly string[]>): Promise<void> {
    if (RESERVED.test(name))
      throw new WriterHubError('invalid_sql', `SQL cannot read ${name}: SQLite keeps names that begin so to itself`);
    const columns = await find(name);
    found.add(name);
    this.#database.exec(createView(name, columns, `SELECT ${columns.map(() => 'NULL').join(', ')}`));
  }

  /** The first name that does not exist; `undefined` if all do. */
  #findMissing(sql: string, columns: ReadonlySet<string>): string | undefined {
    try {
      this.#database.prepare(sql);
      return undefined;
    } catch (error) {
      const message = error instanceof Error ? error.message : '';
      const name = UNKNOWN_TABLE.exec(message)?.[1];
      if (name === undefined) throw withPart(withCounterpart(toSqlError(error)), columns);
      return name;
    }
  }

  close(): void {
    this.#database.close();
  }
}

/** SQLite's message about `json.key`, which it takes for a column of a table. */
function withPart(error: WriterHubError, columns: ReadonlySet<string>): WriterHubError {
  const [, column, key] = /^no such column: (\w+)\.([\w.]+)$/.exec(error.message) ?? [];
  if (column === undefined || key === undefined || !columns.has(column.toLowerCase())) return error;
  const path = key.includes('.') ? `$.${key}` : key;
  return new WriterHubError('invalid_sql', `${error.message}; write ${column} ->> '${path}'`, { cause: error });
}
