import type { Database, Statement } from 'better-sqlite3';

/** What a topic held at some time: everything up to an offset, stored by then, and its bytes since the beginning. */
export interface Mark {
  readonly offset: number;
  /** Milliseconds since the Unix epoch. */
  readonly storedAt: number;
  readonly bytes: number;
}

/** The marks of all topics: by them what is old, or too much, is found without a look at the events. */
export class MarkTable {
  readonly #first: Statement<[number], Mark>;
  readonly #all: Statement<[number], Mark>;
  readonly #put: Statement<[number, number, number, number]>;
  readonly #deleteUntil: Statement<[number, number]>;

  constructor(database: Database) {
    this.#first = database.prepare(
      'SELECT offset, stored_at AS storedAt, bytes FROM marks WHERE topic = ? ORDER BY offset LIMIT 1',
    );
    this.#all = database.prepare(
      'SELECT offset, stored_at AS storedAt, bytes FROM marks WHERE topic = ? ORDER BY offset',
    );
    this.#put = database.prepare('INSERT OR REPLACE INTO marks (topic, offset, stored_at, bytes) VALUES (?, ?, ?, ?)');
    this.#deleteUntil = database.prepare('DELETE FROM marks WHERE topic = ? AND offset <= ?');
  }

  /** The first mark of a topic. */
  first(topic: number): Mark | undefined {
    return this.#first.get(topic);
  }

  /** The marks of a topic, one after another, and this one at its end. */
  *from(topic: number, end: Mark): Iterable<Mark> {
    for (const mark of this.#all.iterate(topic)) if (mark.offset < end.offset) yield mark;
    yield end;
  }

  put(topic: number, { offset, storedAt, bytes }: Mark): void {
    this.#put.run(topic, offset, storedAt, bytes);
  }

  /** Deletes the marks up to an offset: a few, as they are deleted one after another. */
  deleteUntil(topic: number, offset: number): void {
    this.#deleteUntil.run(topic, offset);
  }
}
