import Database from 'better-sqlite3';
import { WriterHubError } from '../../../errors';
import { createView } from './identifier';
import { toSqlError } from './sql-error';

/** What SQLite says when a name in a query stands for nothing. */
const UNKNOWN_TABLE = /^no such table: ([^]*)$/;

/** Names that no view can have. */
const RESERVED = /^sqlite_/i;

/** Tables one query may read. */
const MOST_NAMES = 100;

/**
 * Finds out which names a query reads, by compiling it against a database in memory that holds nothing: whatever SQLite misses is asked
 * for and put there as an empty view. A query that compiles in the end has no name that was not asked for, except those SQLite knows by
 * itself, which the check of the program is for.
 */
export class NameProbe {
  readonly #database = new Database(':memory:');

  /**
   * Calls `find` once for each name the query reads, which gives the names of its columns or rejects. `given` are names to
   * begin with. Rejects with `invalid_sql`.
   */
  async names(
    sql: string,
    given: readonly string[],
    find: (name: string) => Promise<readonly string[]>,
  ): Promise<Set<string>> {
    const found = new Set<string>();
    this.#database.exec('BEGIN');
    try {
      for (const name of given) await this.#add(name, found, find);
      for (;;) {
        const missing = this.#missing(sql);
        if (missing === undefined) return found;
        if (found.size === MOST_NAMES)
          throw new WriterHubError('invalid_sql', `the query reads more than ${MOST_NAMES} tables`);
        // The name of a database stands in front: `main.cars` in place of `"main.cars"`.
        if (found.has(missing))
          throw new WriterHubError('invalid_sql', `there is no table ${missing}; quote names as a whole`);
        await this.#add(missing, found, find);
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

  /** The first name that is not there; `undefined` when all are. */
  #missing(sql: string): string | undefined {
    try {
      this.#database.prepare(sql);
      return undefined;
    } catch (error) {
      const message = error instanceof Error ? error.message : '';
      const name = UNKNOWN_TABLE.exec(message)?.[1];
      if (name === undefined) throw toSqlError(error);
      return name;
    }
  }

  close(): void {
    this.#database.close();
  }
}
