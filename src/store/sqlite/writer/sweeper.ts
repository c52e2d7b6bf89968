import type { Database, Statement } from 'better-sqlite3';
import type { Retention } from '../../contract/retention';
import { DiscardedTables } from './discarded-tables';
import { RemovalSweep } from './removal-sweep';
import { RetentionRules } from '../file/retention-rules';
import { RetentionSweep } from './retention-sweep';
import type { SweepTask } from './sweep-task';
import { UnfinishedSweep } from './unfinished-sweep';

/**
 * How long a step goes on (milliseconds). With its own commit it takes about twice as long, and so long a commit may
 * have to wait for it.
 */
const STEP_LASTS = 6;
const RECORDS_AT_ONCE = 100;

/** What a sweeper needs besides the database. */
export interface SweeperSettings {
  /** How long topics keep what they hold that have no retention of their own. */
  retention(): Required<Retention>;
  /** When it is for records that expire, milliseconds since the Unix epoch. */
  now(): number;
  /** Of this opening of the store. */
  readonly epoch: number;
  /** Whether topics keep everything, whatever their retention says. Default: they do not. */
  readonly keepsAll?: boolean;
  /** The last commit that is known to have failed. */
  lastFailure(): number;
  /** Called with the name of a topic or data source that has lost what the writer may know of. */
  onRowsRemoved(name: string): void;
}

/**
 * Deletes what nobody can see any more, and what is not kept any longer, in small steps between commits: what is left
 * of long appends, discarded tables, removed topics and streams, the old in what remains, and expired idempotency
 * records. They take turns.
 */
export class Sweeper {
  readonly #begin: Statement<[]>;
  readonly #end: Statement<[]>;
  readonly #retention: RetentionSweep;
  #tasks: readonly SweepTask[];
  readonly #database: Database;
  readonly #settings: SweeperSettings;

  constructor(database: Database, settings: SweeperSettings) {
    this.#database = database;
    this.#settings = settings;

    this.#begin = database.prepare('BEGIN IMMEDIATE');
    this.#end = database.prepare('COMMIT');
    const onRowsRemoved = (name: string): void => {
      settings.onRowsRemoved(name);
    };
    this.#retention = new RetentionSweep(
      database,
      new RetentionRules(database, () => settings.retention()),
      onRowsRemoved,
    );
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
    const { epoch, keepsAll = false } = this.#settings;
    const unfinished = new UnfinishedSweep(database, {
      epoch,
      lastFailure: () => this.#settings.lastFailure(),
      onCleared: (name) => {
        this.#settings.onRowsRemoved(name);
      },
    });
    return [
      unfinished,
      new DiscardedTables(database),
      new RemovalSweep(database),
      ...(keepsAll ? [] : [this.#retention]),
      new ExpiredRecords(database, () => this.#settings.now()),
    ];
  }
}

/** Deletes idempotency records whose time is over. */
class ExpiredRecords implements SweepTask {
  readonly #now: () => number;
  readonly #delete: Statement<[number, number]>;

  constructor(database: Database, now: () => number) {
    this.#now = now;
    this.#delete = database.prepare(
      `DELETE FROM idempotency_records WHERE rowid IN
         (SELECT rowid FROM idempotency_records WHERE expires_at <= ? ORDER BY expires_at LIMIT ?)`,
    );
  }

  deleteSome(): boolean {
    return this.#delete.run(this.#now(), RECORDS_AT_ONCE).changes === RECORDS_AT_ONCE;
  }
}
