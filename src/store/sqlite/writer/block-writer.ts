import type { Database, Statement } from 'better-sqlite3';
import type { BlockKey, SentBlock } from '../channel/packing-messages';
import { GREATEST_LEVEL, MERGED_AT_ONCE } from '../file/block-levels';

/** Inserts blocks and takes them out again. */
export class BlockWriter {
  readonly #insertData: Statement<[Uint8Array, Uint8Array], { id: number }>;
  readonly #insert: Statement<[number, bigint, number, bigint, number, number, Uint8Array]>;
  readonly #countOfLevel: Statement<[number, number], { count: number }>;
  readonly #delete: Statement<[number, bigint, number]>;
  readonly #deleteData: Statement<[number]>;
  readonly #some: Statement<[bigint, bigint], { id: bigint; minTimestamp: bigint }>;

  constructor(database: Database) {
    this.#insertData = database.prepare('INSERT INTO block_data (zones, data) VALUES (?, ?) RETURNING id');
    this.#insert = database.prepare(
      `INSERT INTO blocks (series, min_timestamp, id, max_timestamp, last_offset, level, summary)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#countOfLevel = database.prepare(
      `SELECT count(*) AS count FROM blocks WHERE series = ? AND level = ? AND level < ${GREATEST_LEVEL}`,
    );
    this.#delete = database.prepare('DELETE FROM blocks WHERE series = ? AND min_timestamp = ? AND id = ?');
    this.#deleteData = database.prepare('DELETE FROM block_data WHERE id = ?');
    this.#some = database
      .prepare<[bigint, bigint], { id: bigint; minTimestamp: bigint }>(
        `SELECT id, min_timestamp AS minTimestamp FROM blocks WHERE series = ? AND last_offset <= ? LIMIT ${DELETED_AT_ONCE}`,
      )
      .safeIntegers();
  }

  insert(series: number, block: SentBlock, level: number): void {
    const { minTimestamp, maxTimestamp, lastOffset, summary, zones, data } = block;
    const { id } = this.#insertData.get(zones, data)!;
    this.#insert.run(series, minTimestamp, id, maxTimestamp, lastOffset, level, summary);
  }

  /** Whether there are so many blocks of a level that they are put together. */
  isDue(series: number, level: number): boolean {
    return (this.#countOfLevel.get(series, level)?.count ?? 0) >= MERGED_AT_ONCE;
  }

  /** Takes a block out; false: it was not there. */
  delete(series: number, { id, minTimestamp }: BlockKey): boolean {
    this.#deleteData.run(id);
    return this.#delete.run(series, minTimestamp, id).changes > 0;
  }

  /** Deletes a few blocks of a series that hold nothing behind an offset; says whether there were any. */
  deleteSome(series: number, until: number): boolean {
    const some = this.#some.all(BigInt(series), BigInt(until));
    for (const { id, minTimestamp } of some) this.delete(series, { id: Number(id), minTimestamp });
    return some.length > 0;
  }
}

const DELETED_AT_ONCE = 50;
