import type { Database, Statement } from 'better-sqlite3';
import type { Block } from '../../samples/block';
import { GREATEST_LEVEL, MERGED_AT_ONCE } from '../file/block-levels';

/** A block of a level, with its samples. */
export type StoredBlock = Pick<Block, 'minTimestamp' | 'zones' | 'data'> & { readonly id: number };

/** Reads blocks that are to be put together. */
export class SmallBlockReader {
  readonly #ofLevel: Statement<[bigint, bigint], Omit<StoredBlock, 'id'> & { readonly id: bigint }>;

  constructor(database: Database) {
    this.#ofLevel = database
      .prepare<[bigint, bigint], Omit<StoredBlock, 'id'> & { readonly id: bigint }>(
        `SELECT b.id, b.min_timestamp AS minTimestamp, d.zones, d.data
         FROM blocks AS b JOIN block_data AS d ON d.id = b.id
         WHERE b.series = ? AND b.level = ? AND b.level < ${GREATEST_LEVEL} ORDER BY b.id LIMIT ${MERGED_AT_ONCE}`,
      )
      .safeIntegers();
  }

  /** The first blocks of a level, at most as many as are put together. */
  ofLevel(series: number, level: number): StoredBlock[] {
    return this.#ofLevel.all(BigInt(series), BigInt(level)).map(({ id, ...block }) => ({ id: Number(id), ...block }));
  }
}
