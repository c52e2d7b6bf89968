import type { Database, Statement } from 'better-sqlite3';
import type { Retention } from '../../contract/retention';
import { DiscardedTables } from './discarded-tables';
import { RemovalSweep } from './removal-sweep';
import { RetentionRules } from '../file/retention-rules';
import { RetentionSweep } from './retention-sweep';
import type { SweepTask } from './sweep-task';

/**
 * How long a step goes on (milliseconds). With its own commit it takes about twice as long, and so long a commit may
 * have to wait for it.
 */
const STEP_LASTS = 6;
const RECORDS_AT_ONCE = 100;

/** What a sweeper needs besides the database. */
export interface SweeperSettings {
  /** How long topics keep what they hold that have no retention of their own. */
  readonly retention: Required<Retention>;
  /** Called with the name of a data source that has lost rows. */
  readonly onRowsRemoved: (name: string) => void;
}

/**
 * Deletes what nobody can see any more, and what is not kept any longer, in small steps between commits: discarded
 * tables, removed topics and streams, the old in what remains, and expired idempotency records. They take turns.
 */
export class Sweeper {
  readonly #begin: Statement<[]>;
  readonly #end: Statement<[]>;
  readonly #retention: RetentionSweep;
  #tasks: readonly SweepTask[];
  readonly #database: Database;

  constructor(database: Database, { retention, onRowsRemoved }: SweeperSettings) {
    this.#database = database;

    this.#begin = database.prepare('BEGIN IMMEDIATE');
    this.#end = database.prepare('COMMIT');
    this.#retention = new RetentionSweep(database, new RetentionRules(database, retention), onRowsRemoved);
    this.#tasks = this.#newTasks();
  }

  /** Has the next step look at what topics keep, even if it was looked at just now. */
  lookAgain(): void {
    this.#retention.lookAgain();
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
      this.#tasks = this.#newTasks();
      if (this.#database.inTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  #deleteSome(): boolean {
    let isMore = false;
    for (const task of this.#tasks) if (task.deleteSome()) isMore = true;
    return isMore;
  }

  #newTasks(): SweepTask[] {
    const database = this.#database;
    return [new DiscardedTables(database), new RemovalSweep(database), this.#retention, new ExpiredRecords(database)];
  }
}

/** Deletes idempotency records whose time is over. */
class ExpiredRecords implements SweepTask {
  readonly #delete: Statement<[number, number]>;

  constructor(database: Database) {
    this.#delete = database.prepare(
      `DELETE FROM idempotency_records WHERE rowid IN
         (SELECT rowid FROM idempotency_records WHERE expires_at <= ? ORDER BY expires_at LIMIT ?)`,
    );
  }

  deleteSome(): boolean {
    return this.#delete.run(Date.now(), RECORDS_AT_ONCE).changes === RECORDS_AT_ONCE;
  }
}
