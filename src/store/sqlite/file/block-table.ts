import type { Database, Statement } from 'better-sqlite3';
import type { ValueKind } from '../../contract/parameter-store';
import { BlockReader, type Block } from '../../samples/block';
import type { TimeSpan } from '../../samples/bucket-sums';

/** A block without its samples. */
export interface BlockRow extends Pick<Block, 'minTimestamp' | 'maxTimestamp' | 'summary'> {
  readonly id: bigint;
}

type BlockColumns = [id: bigint, minTimestamp: bigint, maxTimestamp: bigint, summary: Buffer];

/** Behind which block of a series to go on. */
type BlockPlace = Pick<BlockRow, 'minTimestamp' | 'id'>;

/** Reads the blocks of series. */
export class BlockTable {
  readonly #between: Statement<[bigint, bigint, bigint], BlockColumns>;
  readonly #next: Statement<[bigint, bigint, bigint, bigint, bigint], BlockRow>;
  readonly #extent: Statement<[bigint, bigint, bigint], { least: bigint | null; greatest: bigint | null }>;
  readonly #data: Statement<[bigint], Pick<Block, 'zones' | 'data'>>;
  readonly #zones: Statement<[bigint], Buffer>;
  readonly #part: Statement<[number, number, bigint], Buffer>;

  constructor(database: Database) {
    const rows = `SELECT id, min_timestamp AS minTimestamp, max_timestamp AS maxTimestamp, summary FROM blocks
       WHERE series = ? AND min_timestamp <= ? AND max_timestamp >= ?`;
    const order = 'ORDER BY min_timestamp, id';
    this.#between = database.prepare<[bigint, bigint, bigint], BlockColumns>(`${rows} ${order}`).safeIntegers().raw();
    this.#next = database
      .prepare<[bigint, bigint, bigint, bigint, bigint], BlockRow>(
        `${rows} AND (min_timestamp, id) > (?, ?) ${order} LIMIT 1`,
      )
      .safeIntegers();
    this.#extent = database
      .prepare<[bigint, bigint, bigint], { least: bigint | null; greatest: bigint | null }>(
        `SELECT min(min_timestamp) AS least, max(max_timestamp) AS greatest FROM blocks
         WHERE series = ? AND min_timestamp <= ? AND max_timestamp >= ?`,
      )
      .safeIntegers();
    this.#data = database.prepare('SELECT zones, data FROM block_data WHERE id = ?');
    this.#zones = database.prepare<[bigint], Buffer>('SELECT zones FROM block_data WHERE id = ?').pluck();
    this.#part = database
      .prepare<[number, number, bigint], Buffer>('SELECT substr(data, ?, ?) FROM block_data WHERE id = ?')
      .pluck();
  }

  /** The blocks of a series that may have samples in a span of time, in order of their first. */
  between(series: number, { least, greatest }: TimeSpan): BlockRow[] {
    return this.#between
      .all(BigInt(series), greatest, least)
      .map(([id, minTimestamp, maxTimestamp, summary]) => ({ id, minTimestamp, maxTimestamp, summary }));
  }

  /** The one of them that follows another. */
  next(
    series: number,
    { least, greatest }: TimeSpan,
    { minTimestamp, id }: BlockPlace = BEFORE_ALL,
  ): BlockRow | undefined {
    return this.#next.get(BigInt(series), greatest, least, minTimestamp, id);
  }

  /** The times that the blocks of a series have samples of; `undefined`: it has none in the span. */
  extent(series: number, span: TimeSpan): TimeSpan | undefined {
    const { least = null, greatest = null } = this.#extent.get(BigInt(series), span.greatest, span.least) ?? {};
    return least === null || greatest === null ? undefined : { least, greatest };
  }

  /** The samples of a block. */
  open(kind: ValueKind, { id, minTimestamp }: BlockPlace): BlockReader {
    return new BlockReader(kind, { minTimestamp, ...this.#data.get(id)! });
  }

  /** The same for those who need the samples of few of its zones. */
  openZones(kind: ValueKind, { id, minTimestamp }: BlockPlace): BlockReader {
    const zones = this.#zones.get(id)!;
    return new BlockReader(kind, {
      minTimestamp,
      zones,
      data: (start, length) => this.#part.get(start + 1, length, id)!,
    });
  }
}

const BEFORE_ALL: BlockPlace = { minTimestamp: -(2n ** 63n), id: -1n };
