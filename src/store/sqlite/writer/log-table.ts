import type { Database, Statement } from 'better-sqlite3';
import type { AppliedLog, CommitRecord, KeptChunk } from '../channel/messages';

interface StoredLog {
  readonly identity: string;
  readonly next: number;
  readonly outcomes: string;
}

/** Who has written into a log, how often, and when last, milliseconds since the Unix epoch. */
interface RememberedWriter {
  readonly writer: string;
  readonly number: number;
  readonly wroteAt: number;
}

/** Nobody sends again what was put into a log, or was not, so long ago; milliseconds. */
const REMEMBERED_FOR = 7 * 24 * 3600 * 1000;

/**
 * How far the logs are carried out that this database is a view of: written in the transaction that carries something
 * out, so that nothing is ever carried out twice or left out.
 */
export class LogTable {
  readonly #find: Statement<[string], StoredLog>;
  readonly #all: Statement<[], { readonly name: string; readonly identity: string; readonly next: number }>;
  readonly #put: Statement<[string, string, number, string]>;
  readonly #writers: Statement<[string], [writer: string, number: number]>;
  readonly #updateWriter: Statement<[number, number, string, string]>;
  readonly #insertWriter: Statement<[string, string, number, number]>;
  readonly #forgetWriters: Statement<[string, number]>;
  readonly #deleteWriters: Statement<[string]>;
  readonly #delete: Statement<[string]>;
  readonly #chunks: Statement<[string], KeptChunk>;
  readonly #keepChunk: Statement<[string, string, number, Uint8Array]>;
  readonly #dropChunks: Statement<[string, string]>;
  readonly #forgetChunks: Statement<[string]>;
  readonly #deleteChunks: Statement<[string]>;

  constructor(database: Database) {
    this.#find = database.prepare('SELECT identity, next_offset AS next, outcomes FROM applied_logs WHERE name = ?');
    this.#all = database.prepare('SELECT name, identity, next_offset AS next FROM applied_logs');
    this.#put = database.prepare(
      `INSERT INTO applied_logs (name, identity, next_offset, outcomes) VALUES (?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET identity = excluded.identity, next_offset = excluded.next_offset,
         outcomes = excluded.outcomes`,
    );
    this.#writers = database
      .prepare<[string], [writer: string, number: number]>('SELECT writer, number FROM log_writers WHERE log = ?')
      .raw();
    this.#updateWriter = database.prepare(
      'UPDATE log_writers SET number = ?, wrote_at = ? WHERE log = ? AND writer = ?',
    );
    this.#insertWriter = database.prepare(
      'INSERT INTO log_writers (log, writer, number, wrote_at) VALUES (?, ?, ?, ?)',
    );
    this.#forgetWriters = database.prepare('DELETE FROM log_writers WHERE log = ? AND wrote_at < ?');
    this.#deleteWriters = database.prepare('DELETE FROM log_writers WHERE log = ?');
    this.#delete = database.prepare('DELETE FROM applied_logs WHERE name = ?');
    this.#chunks = database.prepare(
      'SELECT writer, place AS "index", bytes FROM log_chunks WHERE log = ? ORDER BY writer, place',
    );
    this.#keepChunk = database.prepare('INSERT INTO log_chunks (log, writer, place, bytes) VALUES (?, ?, ?, ?)');
    this.#dropChunks = database.prepare('DELETE FROM log_chunks WHERE log = ? AND writer = ?');
    this.#deleteChunks = database.prepare('DELETE FROM log_chunks WHERE log = ?');
    // Those of a writer that has ended in between.
    this.#forgetChunks = database.prepare(
      `DELETE FROM log_chunks WHERE log = ?
         AND NOT EXISTS (SELECT 1 FROM log_writers w WHERE w.log = log_chunks.log AND w.writer = log_chunks.writer)`,
    );
  }

  /** All of them. */
  get logs(): AppliedLog[] {
    return this.#all
      .all()
      .map((log) => ({ ...log, writers: this.#writers.all(log.name), chunks: this.#chunks.all(log.name) }));
  }

  /** The offset that is carried out next, and what the last writes came to; `undefined`: nothing of it ever was. */
  find(log: string): { readonly next: number; readonly outcomes: readonly CommitRecord[] } | undefined {
    const found = this.#find.get(log);
    return found && { next: found.next, outcomes: JSON.parse(found.outcomes) as CommitRecord[] };
  }

  /** `at`: when the last of what is carried out was put into the log, milliseconds since the Unix epoch. */
  put({ name, identity, next, writers }: AppliedLog, outcomes: readonly CommitRecord[], at: number): void {
    this.#put.run(name, identity, next, JSON.stringify(outcomes));
    let hasNew = false;
    for (const [writer, number] of writers) {
      if (this.#updateWriter.run(number, at, name, writer).changes > 0) continue;
      this.#insertWriter.run(name, writer, number, at);
      hasNew = true;
    }
    if (!hasNew) return;
    this.#forgetWriters.run(name, at - REMEMBERED_FOR);
    this.#forgetChunks.run(name);
  }

  /** Keeps a part of a write; the first one takes the place of all before it. */
  keepChunk(log: string, { writer, index, bytes }: KeptChunk): void {
    if (index === 0) this.dropChunks(log, writer);
    this.#keepChunk.run(log, writer, index, bytes);
  }

  dropChunks(log: string, writer: string): void {
    this.#dropChunks.run(log, writer);
  }

  /** What a log says of itself takes the place of this. */
  forget(log: string): void {
    this.#deleteWriters.run(log);
    this.#deleteChunks.run(log);
  }

  /** Somebody had written so many times, the last time at `wroteAt`. */
  restoreWriter(log: string, { writer, number, wroteAt }: RememberedWriter): void {
    this.#insertWriter.run(log, writer, number, wroteAt);
  }

  /** The log is there no more. */
  delete(log: string): void {
    this.#delete.run(log);
    this.#deleteWriters.run(log);
    this.#forgetChunks.run(log);
  }
}
