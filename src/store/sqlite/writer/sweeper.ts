import type { Database, Statement } from 'better-sqlite3';
import { deleteFirst, discardedTable } from '../file/data-source-tables';

/** A step goes on for so long (milliseconds), which is what a commit may have to wait for it. */
const stepLasts = 10;
/** So much is deleted between two looks at the clock. */
const rowsAtOnce = 50;
const claimsAtOnce = 100;

/** Deletes what nobody can see any more, in small steps between commits: discarded tables and expired claims. */
export class Sweeper {
  private readonly begin: Statement<[]>;
  private readonly end: Statement<[]>;
  private readonly nextDiscarded: Statement<[], { id: number }>;
  private readonly forgetDiscarded: Statement<[number]>;
  private readonly deleteExpired: Statement<[number, number]>;
  /** The discarded table at hand. */
  private emptying: { readonly id: number; readonly deleteFirst: Statement<[]> } | undefined;

  constructor(private readonly database: Database) {
    this.begin = database.prepare('BEGIN IMMEDIATE');
    this.end = database.prepare('COMMIT');
    this.nextDiscarded = database.prepare('SELECT id FROM discarded ORDER BY id LIMIT 1');
    this.forgetDiscarded = database.prepare('DELETE FROM discarded WHERE id = ?');
    this.deleteExpired = database.prepare(
      `DELETE FROM idempotency_keys WHERE rowid IN
         (SELECT rowid FROM idempotency_keys WHERE expires_at <= ? ORDER BY expires_at LIMIT ?)`,
    );
  }

  /** Deletes for a moment, in a transaction of its own; says whether more is left. */
  step(): boolean {
    this.begin.run();
    try {
      const deadline = performance.now() + stepLasts;
      let isMore: boolean;
      do isMore = this.deleteSome();
      while (isMore && performance.now() < deadline);
      this.end.run();
      return isMore;
    } catch (error) {
      this.emptying = undefined;
      if (this.database.inTransaction) this.database.exec('ROLLBACK');
      throw error;
    }
  }

  private deleteSome(): boolean {
    const discarded = this.nextDiscarded.get();
    if (discarded !== undefined) {
      this.deleteFrom(discarded.id);
      return true;
    }
    return this.deleteExpired.run(Date.now(), claimsAtOnce).changes === claimsAtOnce;
  }

  private deleteFrom(id: number): void {
    const table = discardedTable(id);
    if (this.emptying?.id !== id) {
      this.emptying = { id, deleteFirst: this.database.prepare(deleteFirst(table, rowsAtOnce)) };
    }
    // When no more than that is left, the table goes with it.
    if (this.emptying.deleteFirst.run().changes > 0) return;
    this.emptying = undefined;
    this.database.exec(`DROP TABLE ${table}`);
    this.forgetDiscarded.run(id);
  }
}
