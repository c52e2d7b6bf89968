import type { Database, Statement } from 'better-sqlite3';
import type { Block } from '../../samples/block';

/** Of so many blocks of one level of a series one of the next level is made, up to the greatest level. */
export const MERGED_AT_ONCE = 8;
export const GREATEST_LEVEL = 4;

/** The level of a block of so many samples that was not put together of others. */
export function levelOf(count: number): number {
  return Math.min(GREATEST_LEVEL, Math.floor(Math.log(count) / Math.log(MERGED_AT_ONCE) + 1e-9));
}

/** A block of a level, with its samples. */
export type StoredBlock = Pick<Block, 'minTimestamp' | 'zones' | 'data'> & { readonly id: number };

/** Inserts blocks and takes them out again. */
export class BlockWriter {
  readonly #insertData: Statement<[Buffer, Buffer], { id: number }>;
  readonly #insert: Statement<[number, bigint, number, bigint, number, number, Buffer]>;
  readonly #ofLevel: Statement<[bigint, bigint], { id: bigint; minTimestamp: bigint; zones: Buffer; data: Buffer }>;
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
    this.#ofLevel = database
      .prepare<[bigint, bigint], { id: bigint; minTimestamp: bigint; zones: Buffer; data: Buffer }>(
        `SELECT b.id, b.min_timestamp AS minTimestamp, d.zones, d.data
         FROM blocks AS b JOIN block_data AS d ON d.id = b.id
         WHERE b.series = ? AND b.level = ? AND b.level < ${GREATEST_LEVEL} ORDER BY b.id LIMIT ${MERGED_AT_ONCE}`,
      )
      .safeIntegers();
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

  insert(series: number, block: Block, level: number): void {
    const { minTimestamp, maxTimestamp, lastOffset, summary, zones, data } = block;
    const { id } = this.#insertData.get(zones, data)!;
    this.#insert.run(series, minTimestamp, id, maxTimestamp, lastOffset, level, summary);
  }

  /** Whether there are so many blocks of a level that they are put together. */
  isDue(series: number, level: number): boolean {
    return (this.#countOfLevel.get(series, level)?.count ?? 0) >= MERGED_AT_ONCE;
  }

  /** The first blocks of a level, at most as many as are put together. */
  ofLevel(series: number, level: number): StoredBlock[] {
    return this.#ofLevel.all(BigInt(series), BigInt(level)).map(({ id, ...block }) => ({ id: Number(id), ...block }));
  }

  /** Takes a block out; false: it was not there. */
  delete(series: number, { id, minTimestamp }: Pick<StoredBlock, 'id' | 'minTimestamp'>): boolean {
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
