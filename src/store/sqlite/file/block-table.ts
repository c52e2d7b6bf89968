import type { Database, Statement } from 'better-sqlite3';
import type { ValueKind } from '../../contract/parameter-store';
import { BlockReader, type Block } from '../../samples/block';
import type { TimeSpan } from '../../samples/bucket-sums';
import type { BlockColumns } from '../../samples/summed-blocks';

/** Where a block is among those of its series. */
export interface BlockRow extends Pick<Block, 'minTimestamp'> {
  readonly id: bigint;
}

/** Summaries, and for each the id, the least timestamp and how far the greatest is from it. */
type JoinedValues = [summaries: Buffer | null, places: string | null];

/** Reads the blocks of series. */
export class BlockTable {
  readonly #between: Statement<[bigint, bigint, bigint], BlockRow>;
  readonly #joined: Statement<[bigint, bigint, bigint, bigint, bigint], JoinedValues>;
  readonly #next: Statement<[bigint, bigint, bigint, bigint, bigint], BlockRow>;
  readonly #extent: Statement<[bigint, bigint, bigint], { least: bigint | null; greatest: bigint | null }>;
  readonly #data: Statement<[bigint], Pick<Block, 'zones' | 'data'>>;
  readonly #zones: Statement<[bigint], Buffer>;
  readonly #part: Statement<[number, number, bigint], Buffer>;

  constructor(database: Database) {
    const some = 'FROM blocks WHERE series = ? AND min_timestamp <= ? AND max_timestamp >= ?';
    const rows = `SELECT id, min_timestamp AS minTimestamp ${some}`;
    const behind = 'AND (min_timestamp, id) > (?, ?)';
    const order = 'ORDER BY min_timestamp, id';
    this.#between = database.prepare<[bigint, bigint, bigint], BlockRow>(`${rows} ${order}`).safeIntegers();
    // Joined to one value: a row, with memory of its own, for each block takes twice the time.
    this.#joined = database
      .prepare<[bigint, bigint, bigint, bigint, bigint], JoinedValues>(
        // What is selected from is in order, and so is what is joined.
        `SELECT CAST(group_concat(summary, '') AS BLOB),
           group_concat(id || ' ' || min_timestamp || ' ' || (max_timestamp - min_timestamp), ' ')
         FROM (SELECT * ${some} ${behind} ${order} LIMIT ${JOINED})`,
      )
      .raw();
    this.#next = database
      .prepare<[bigint, bigint, bigint, bigint, bigint], BlockRow>(`${rows} ${behind} ${order} LIMIT 1`)
      .safeIntegers();
    this.#extent = database
      .prepare<[bigint, bigint, bigint], { least: bigint | null; greatest: bigint | null }>(
        `SELECT min(min_timestamp) AS least, max(max_timestamp) AS greatest ${some}`,
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
    return this.#between.all(BigInt(series), greatest, least);
  }

  /** The same, some at a time, for those who need what they come to. */
  *summed(series: number, { least, greatest }: TimeSpan): Iterable<BlockColumns> {
    let { minTimestamp, id } = BEFORE_ALL;
    for (;;) {
      const [summaries, places] = this.#joined.get(BigInt(series), greatest, least, minTimestamp, id)!;
      if (summaries === null || places === null) return;
      const blocks = toColumns(summaries, places);
      yield blocks;
      if (blocks.ids.length < JOINED) return;
      [minTimestamp, id] = [blocks.minTimestamps.at(-1)!, BigInt(blocks.ids.at(-1)!)];
    }
  }

  /** The one of them that follows another. */
  next(
    series: number,
    { least, greatest }: TimeSpan,
    { minTimestamp, id }: BlockRow = BEFORE_ALL,
  ): BlockRow | undefined {
    return this.#next.get(BigInt(series), greatest, least, minTimestamp, id);
  }

  /** The times that the blocks of a series have samples of; `undefined`: it has none in the span. */
  extent(series: number, span: TimeSpan): TimeSpan | undefined {
    const { least = null, greatest = null } = this.#extent.get(BigInt(series), span.greatest, span.least) ?? {};
    return least === null || greatest === null ? undefined : { least, greatest };
  }

  /** The samples of a block. */
  open(kind: ValueKind, { id, minTimestamp }: BlockRow): BlockReader {
    return new BlockReader(kind, { minTimestamp, ...this.#data.get(id)! });
  }

  /** The same for those who need the samples of few of its zones. */
  openZones(kind: ValueKind, { id, minTimestamp }: BlockRow): BlockReader {
    const zones = this.#zones.get(id)!;
    return new BlockReader(kind, {
      minTimestamp,
      zones,
      data: (start, length) => this.#part.get(start + 1, length, id)!,
    });
  }
}

/** So many blocks are joined at once. */
const JOINED = 4096;

const BEFORE_ALL: BlockRow = { minTimestamp: -(2n ** 63n), id: -1n };

function toColumns(summaries: Buffer, places: string): BlockColumns {
  const columns = { ids: [] as number[], minTimestamps: [] as bigint[], lengths: [] as number[], summaries };
  const texts = places.split(' ');
  for (let i = 0; i < texts.length; i += 3) {
    columns.ids.push(Number(texts[i]));
    columns.minTimestamps.push(BigInt(texts[i + 1]!));
    columns.lengths.push(Number(texts[i + 2]));
  }
  return columns;
}
