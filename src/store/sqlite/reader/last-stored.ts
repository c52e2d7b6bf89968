import type { Database, Statement } from 'better-sqlite3';

/** Finds how far topics of either kind went at some time, by their marks. */
export class LastStored {
  readonly #find: Statement<[{ id: number; time: number }], { offset: number }>;

  constructor(database: Database) {
    // A mark says by when everything up to it was stored, and a topic by when all of it was.
    this.#find = database.prepare(
      `SELECT coalesce(
         (SELECT next_offset FROM topics WHERE id = @id AND stored_at < @time),
         (SELECT max(offset) FROM marks WHERE topic = @id AND stored_at < @time),
         0) AS offset`,
    );
  }

  /** An offset behind which lies all that was stored at a time or later; milliseconds since the Unix epoch. */
  before(topic: number, time: number): number {
    return this.#find.get({ id: topic, time })!.offset;
  }
}
