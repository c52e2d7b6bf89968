import type { Database, Statement } from 'better-sqlite3';
import { EventDeletion } from '../file/event-deletion';

/** What is to be deleted in the background: what a topic of events or a data source leaves behind, or a stream. */
export type Removal =
  | { readonly topic: number; readonly kind: 'events' | 'rows' }
  | { readonly topic: number; readonly kind: 'stream'; readonly stream: number };

/** Begins the removal of topics and streams; `RemovalSweep` carries it out. */
export class TopicRemoval {
  readonly #insert: Statement<[number, string, number | null]>;
  readonly #keepNumber: Statement<[number]>;
  readonly #deleteStream: Statement<[number]>;
  readonly #deleteDefinitions: Statement<[number]>;
  readonly #lastStream: Statement<[], { last: number }>;
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;

    this.#insert = database.prepare('INSERT INTO removals (topic, kind, stream) VALUES (?, ?, ?)');
    this.#keepNumber = database.prepare('UPDATE stream_ids SET last = max(last, ?)');
    this.#deleteStream = database.prepare('DELETE FROM streams WHERE id = ?');
    this.#deleteDefinitions = database.prepare('DELETE FROM definitions WHERE stream = ?');
    this.#lastStream = database.prepare(
      'SELECT max(last, coalesce((SELECT max(id) FROM streams), 0)) AS last FROM stream_ids',
    );
  }

  /** Has what belongs to a topic or stream deleted. */
  begin(removal: Removal): void {
    // Makes room for the note, for a database that may grow no more.
    if (removal.kind === 'events') this.#deleteFew(removal.topic);
    this.#insert.run(removal.topic, removal.kind, removal.kind === 'stream' ? removal.stream : null);
  }

  /** A number of a stream is not given to another one. */
  keepNumber(stream: number): void {
    this.#keepNumber.run(stream);
  }

  /** Deletes the row of a stream; its number is not used again. */
  deleteStream(stream: number): void {
    this.keepNumber(stream);
    this.#deleteDefinitions.run(stream);
    this.#deleteStream.run(stream);
  }

  /** The greatest number that a stream ever had. */
  lastStream(): number {
    return this.#lastStream.get()?.last ?? 0;
  }

  #deleteFew(topic: number): void {
    const events = new EventDeletion(this.#database, topic);
    const last = events.next(0, Number.MAX_SAFE_INTEGER);
    if (last !== undefined) events.run(0, last);
  }
}
