import type { Database, Statement } from 'better-sqlite3';
import { packPackages, unpackPackages } from '../../samples/package-chunk';
import { packageTable } from '../file/package-table';

/** The most rows, and bytes of them, that are deleted by one statement. */
const ROWS_AT_ONCE = 200;
const BYTES_AT_ONCE = 1024 * 1024;

interface PackageRow {
  readonly offset: number;
  readonly stream: number;
  readonly data: string | Buffer;
}

/** How many packages of each stream are gone, by the number of the stream. */
export type DeletedPackages = ReadonlyMap<number, number>;

/** Deletes packages of a topic, a few at a time. */
export class PackageDeletion {
  readonly #first: Statement<[number], { offset: number; bytes: number }>;
  readonly #rows: Statement<[number, number], PackageRow>;
  readonly #delete: Statement<[number]>;
  readonly #deleteUntil: Statement<[number]>;
  readonly #replace: Statement<[Buffer, number]>;

  constructor(database: Database, topic: number) {
    const table = packageTable(topic);
    this.#first = database.prepare(
      `SELECT offset, octet_length(data) AS bytes FROM ${table} WHERE offset <= ? ORDER BY offset LIMIT ${ROWS_AT_ONCE}`,
    );
    this.#rows = database.prepare(`SELECT offset, stream, data FROM ${table} WHERE offset >= ? AND offset <= ?`);
    this.#delete = database.prepare(`DELETE FROM ${table} WHERE offset = ?`);
    this.#deleteUntil = database.prepare(`DELETE FROM ${table} WHERE offset <= ?`);
    this.#replace = database.prepare(`UPDATE ${table} SET data = ? WHERE offset = ?`);
  }

  /** The offset up to which the first few rows lie; `undefined`: there is none up to `until`. */
  next(until: number): number | undefined {
    let last: number | undefined;
    let bytes = 0;
    for (const row of this.#first.iterate(until)) {
      last = row.offset;
      bytes += row.bytes;
      if (bytes > BYTES_AT_ONCE) break;
    }
    return last;
  }

  /** Deletes the rows up to an offset that `next` gave. */
  run(last: number): DeletedPackages {
    const counts = new Map<number, number>();
    for (const row of this.#rows.iterate(0, last)) {
      const streams = row.stream > 0 ? [row.stream] : unpackPackages(row.data as Buffer).map(({ stream }) => stream);
      for (const stream of streams) counts.set(stream, (counts.get(stream) ?? 0) + 1);
    }
    this.#deleteUntil.run(last);
    return counts;
  }

  /** Deletes the packages of a stream from the row that holds an offset on; gives the offset behind that row. */
  deleteOfStream(stream: number, offset: number): number | undefined {
    const row = this.#rows.get(offset, Number.MAX_SAFE_INTEGER);
    if (row === undefined) return undefined;
    if (row.stream === stream) {
      this.#delete.run(row.offset);
    } else if (typeof row.data !== 'string') {
      const packages = unpackPackages(row.data);
      const others = packages.filter((each) => each.stream !== stream);
      // The place of the row in the order stays, though nothing may be left of it.
      if (others.length < packages.length) this.#replace.run(packPackages(others), row.offset);
    }
    return row.offset + 1;
  }
}
