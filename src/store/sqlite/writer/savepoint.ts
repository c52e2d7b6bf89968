import type { Database, Statement } from 'better-sqlite3';

/** Makes several statements in a transaction one: all are done or none. */
export class Savepoint {
  readonly #begin: Statement<[]>;
  readonly #release: Statement<[]>;
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;

    this.#begin = database.prepare('SAVEPOINT step');
    this.#release = database.prepare('RELEASE step');
  }

  /** What `step` throws is thrown after everything it did is undone. */
  around<Result>(step: () => Result): Result {
    this.#begin.run();
    try {
      const result = step();
      this.#release.run();
      return result;
    } catch (error) {
      // Some failures make SQLite undo the whole transaction by itself; then there is no savepoint either.
      if (this.#database.inTransaction) this.#database.exec('ROLLBACK TO step; RELEASE step');
      throw error;
    }
  }
}
