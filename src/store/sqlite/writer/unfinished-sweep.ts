import type { Database } from 'better-sqlite3';
import { quarantineTable, rowTable } from '../file/data-source-tables';
import { EventDeletion } from '../file/event-deletion';
import type { SweepTask } from './sweep-task';

/** How many rows, and quarantined rows, are deleted by one statement. */
const ROWS_AT_ONCE = 100;
const QUARANTINED_AT_ONCE = 50;

/** What is left of a long append that nobody goes on with. */
interface Rest {
  readonly topic: number;
  readonly lastOffset: number;
  /** Of the topic; absent where the append would have made it. */
  readonly name: string | null;
  readonly kind: 'events' | 'rows' | null;
  readonly nextOffset: number;
  readonly nextQuarantineOffset: number;
}

/** What tells which long appends have no end. */
export interface UnfinishedSweepSettings {
  /** Of this opening of the store. */
  readonly epoch: number;
  /** The last commit that is known to have failed: whatever had begun by then has failed with it. */
  lastFailure(): number;
  /** Called with the name of a topic or data source behind whose end nothing lies any more. */
  onCleared(name: string): void;
}

/** Deletes what is left of long appends that were not finished: what lies behind the ends of their topics. */
export class UnfinishedSweep implements SweepTask {
  readonly #statements: ReturnType<typeof prepareStatements>;
  /** The events of the topic at hand. */
  #events: { readonly topic: number; readonly deletion: EventDeletion } | undefined;
  readonly #database: Database;
  readonly #settings: UnfinishedSweepSettings;

  constructor(database: Database, settings: UnfinishedSweepSettings) {
    this.#database = database;
    this.#settings = settings;

    this.#statements = prepareStatements(database);
  }

  deleteSome(): boolean {
    const rest = this.#statements.next.get(this.#settings.epoch, this.#settings.lastFailure());
    if (rest === undefined) return false;
    if (rest.kind === null) this.#statements.removeTopic.run(rest.topic);
    else if (rest.kind === 'events' ? this.#deleteEvents(rest) : this.#deleteRows(rest)) return true;
    this.#statements.forget.run(rest.topic);
    if (rest.name !== null) this.#settings.onCleared(rest.name);
    return true;
  }

  /** Says whether there was something. */
  #deleteEvents({ topic, nextOffset, lastOffset }: Rest): boolean {
    if (this.#events?.topic !== topic) {
      this.#events = { topic, deletion: new EventDeletion(this.#database, topic) };
    }
    const events = this.#events.deletion;
    const last = events.next(nextOffset, lastOffset);
    if (last === undefined) return false;
    events.run(nextOffset, last);
    return true;
  }

  #deleteRows({ topic, nextOffset, nextQuarantineOffset }: Rest): boolean {
    return (
      this.#deleteFrom(rowTable(topic), nextOffset, ROWS_AT_ONCE) ||
      this.#deleteFrom(quarantineTable(topic), nextQuarantineOffset, QUARANTINED_AT_ONCE)
    );
  }

  #deleteFrom(table: string, first: number, count: number): boolean {
    const some = `SELECT offset FROM ${table} WHERE offset >= ? ORDER BY offset LIMIT ?`;
    const { changes } = this.#database.prepare(`DELETE FROM ${table} WHERE offset IN (${some})`).run(first, count);
    return changes > 0;
  }
}

function prepareStatements(database: Database) {
  return {
    next: database.prepare<[number, number], Rest>(
      `SELECT u.topic, u.last_offset AS lastOffset, t.name, t.kind, t.next_offset AS nextOffset,
         t.next_quarantine_offset AS nextQuarantineOffset
       FROM unfinished_appends AS u LEFT JOIN topics AS t ON t.id = u.topic
       WHERE u.epoch <> ? OR u.began <= ? LIMIT 1`,
    ),
    forget: database.prepare<[number]>('DELETE FROM unfinished_appends WHERE topic = ?'),
    removeTopic: database.prepare<[number]>(`INSERT INTO removals (topic, kind) VALUES (?, 'events')`),
  };
}
