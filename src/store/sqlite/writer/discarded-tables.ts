import type { Database, Statement } from 'better-sqlite3';
import { deleteFirst, discardedTable } from '../file/data-source-tables';
import type { SweepTask } from './sweep-task';

const ROWS_AT_ONCE = 50;

/** Empties discarded tables, one after another. */
export class DiscardedTables implements SweepTask {
  readonly #next: Statement<[], { id: number }>;
  readonly #forget: Statement<[number]>;
  /** The table at hand. */
  #emptying: { readonly id: number; readonly deleteFirst: Statement<[]> } | undefined;
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;

    this.#next = database.prepare('SELECT id FROM discarded ORDER BY id LIMIT 1');
    this.#forget = database.prepare('DELETE FROM discarded WHERE id = ?');
  }

  deleteSome(): boolean {
    const id = this.#next.get()?.id;
    if (id === undefined) return false;
    const table = discardedTable(id);
    if (this.#emptying?.id !== id) {
      this.#emptying = { id, deleteFirst: this.#database.prepare(deleteFirst(table, ROWS_AT_ONCE)) };
    }
    // When no more than that is left, the table goes with it.
    if (this.#emptying.deleteFirst.run().changes > 0) return true;
    this.#emptying = undefined;
    this.#database.exec(`DROP TABLE ${table}`);
    this.#forget.run(id);
    return true;
  }
}
