import type { Database, Statement } from 'better-sqlite3';
import { deleteFirst, discardedTable } from '../file/data-source-tables';

/** How long a step goes on, and a commit may have to wait for it (milliseconds). */
const STEP_LASTS = 10;
/** How much is deleted between two looks at the clock. */
const ROWS_AT_ONCE = 50;
const RECORDS_AT_ONCE = 100;

/**
 * Deletes what nobody can see any more, in small steps between commits: discarded tables and expired idempotency
 * records.
 */
export class Sweeper {
  readonly #begin: Statement<[]>;
  readonly #end: Statement<[]>;
  readonly #nextDiscarded: Statement<[], { id: number }>;
  readonly #forgetDiscarded: Statement<[number]>;
  readonly #deleteExpired: Statement<[number, number]>;
  /** The discarded table at hand. */
  #emptying: { readonly id: number; readonly deleteFirst: Statement<[]> } | undefined;
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;

    this.#begin = database.prepare('BEGIN IMMEDIATE');
    this.#end = database.prepare('COMMIT');
    this.#nextDiscarded = database.prepare('SELECT id FROM discarded ORDER BY id LIMIT 1');
    this.#forgetDiscarded = database.prepare('DELETE FROM discarded WHERE id = ?');
    this.#deleteExpired = database.prepare(
      `DELETE FROM idempotency_records WHERE rowid IN
         (SELECT rowid FROM idempotency_records WHERE expires_at <= ? ORDER BY expires_at LIMIT ?)`,
    );
  }

  /** Deletes for a moment, in a transaction of its own; says whether more is left. */
  step(): boolean {
    this.#begin.run();
    try {
      const deadline = performance.now() + STEP_LASTS;
      let isMore: boolean;
      do isMore = this.#deleteSome();
      while (isMore && performance.now() < deadline);
      this.#end.run();
      return isMore;
    } catch (error) {
      this.#emptying = undefined;
      if (this.#database.inTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  #deleteSome(): boolean {
    const discarded = this.#nextDiscarded.get();
    if (discarded !== undefined) {
      this.#deleteFrom(discarded.id);
      return true;
    }
    return this.#deleteExpired.run(Date.now(), RECORDS_AT_ONCE).changes === RECORDS_AT_ONCE;
  }

  #deleteFrom(id: number): void {
    const table = discardedTable(id);
    if (this.#emptying?.id !== id) {
      this.#emptying = { id, deleteFirst: this.#database.prepare(deleteFirst(table, ROWS_AT_ONCE)) };
    }
    // When no more than that is left, the table goes with it.
    if (this.#emptying.deleteFirst.run().changes > 0) return;
    this.#emptying = undefined;
    this.#database.exec(`DROP TABLE ${table}`);
    this.#forgetDiscarded.run(id);
  }
}
