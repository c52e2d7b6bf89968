import type { Database, Statement } from 'better-sqlite3';

/** The most events, and bytes of their texts, that are deleted by one statement: it takes about a millisecond. */
const EVENTS_AT_ONCE = 500;
const BYTES_AT_ONCE = 1024 * 1024;

interface Extent {
  readonly last: number | null;
  readonly bytes: number | null;
}

/** Deletes events of a topic from a span of offsets, the first ones first, a few at a time. */
export class EventDeletion {
  readonly #measure: Statement<[number, number, number], Extent>;
  readonly #delete: Statement<[number, number]>;

  constructor(database: Database, topic: number) {
    // The lengths of long texts are known without reading them.
    this.#measure = database.prepare(
      `SELECT max(offset) AS last, sum(bytes) AS bytes FROM (
         SELECT offset, coalesce(octet_length(value), 0) + coalesce(octet_length(tags), 0) AS bytes
         FROM events_${topic} WHERE offset BETWEEN ? AND ? ORDER BY offset LIMIT ?)`,
    );
    this.#delete = database.prepare(`DELETE FROM events_${topic} WHERE offset BETWEEN ? AND ?`);
  }

  /** The offset up to which the next few lie; `undefined`: there is none in the span. */
  next(first: number, last: number): number | undefined {
    for (let count = EVENTS_AT_ONCE; ; count = Math.ceil(count / 8)) {
      const extent = this.#measure.get(first, last, count);
      if (typeof extent?.last !== 'number') return undefined;
      if (count === 1 || (extent.bytes ?? 0) <= BYTES_AT_ONCE) return extent.last;
    }
  }

  /** Deletes those in a span that `next` gave. */
  run(first: number, last: number): void {
    this.#delete.run(first, last);
  }
}
