import type { Database } from 'better-sqlite3';
import { VALUE_KINDS } from '../../contract/parameter-store';
import type {
  MergedBlocks,
  NewBlocks,
  PackedPackages,
  Replaced,
  SentBlock,
  SmallBlocks,
} from '../channel/packing-messages';
import { GREATEST_LEVEL, levelOf } from '../file/block-levels';
import { packageTable, PackageTableNames } from '../file/package-table';
import { BlockWriter } from './block-writer';

/** Puts packed packages, and blocks that were put together, in the place of what they were made of. */
export class PackageReplacer {
  readonly #names: PackageTableNames;
  readonly #blocks: BlockWriter;
  readonly #statements: ReturnType<typeof prepareStatements>;
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
    this.#statements = prepareStatements(database);
    this.#names = new PackageTableNames(database);
    this.#blocks = new BlockWriter(database);
  }

  /** In a transaction of its own. `undefined`: some of what they were made of is not there any more. */
  replace(made: PackedPackages | MergedBlocks): Replaced | undefined {
    const started = performance.now();
    const due: SmallBlocks[] = [];
    const act = (): boolean => (made.kind === 'packages' ? this.#packages(made, due) : this.#merged(made, due));
    if (!this.#inTransaction(act)) return undefined;
    return { due, bytes: bytesOf(made), milliseconds: performance.now() - started };
  }

  #packages(made: PackedPackages, due: SmallBlocks[]): boolean {
    if (!this.#isAsRead(made)) return false;
    this.#replaceRows(made);
    for (const series of made.series) this.#insertBlocks(made.topic, series, due);
    this.#statements.setPacked.run(made.last, made.topic);
    return true;
  }

  #merged({ of, old, blocks }: MergedBlocks, due: SmallBlocks[]): boolean {
    const { series, kind, level } = of;
    const found = old.filter((block) => this.#blocks.delete(series, block)).length;
    if (found < old.length) return false;
    for (const block of blocks) this.#blocks.insert(series, block, level + 1);
    for (const each of [level, level + 1]) {
      if (each < GREATEST_LEVEL && this.#blocks.isDue(series, each)) due.push({ series, kind, level: each });
    }
    return true;
  }

  /** What was removed meanwhile is packed another time, without it. */
  #isAsRead({ topic, generation, packedOffset, last, count }: PackedPackages): boolean {
    const place = this.#statements.place.get(topic);
    if (place?.generation !== generation || place.packedOffset !== packedOffset || !this.#names.has(topic))
      return false;
    const { found } = this.#database
      .prepare<[number, number], { found: number }>(
        `SELECT count(*) AS found FROM ${packageTable(topic)} WHERE offset > ? AND offset <= ?`,
      )
      .get(packedOffset, last)!;
    return found === count;
  }

  /** The packed row spans the times of all that it takes the place of. */
  #replaceRows({ topic, first, last, packed }: PackedPackages): void {
    const table = packageTable(topic);
    this.#database
      .prepare(
        `UPDATE ${table} SET stream = @stream, data = @packed,
           min_timestamp = (SELECT min(min_timestamp) FROM ${table} WHERE offset BETWEEN @first AND @last),
           max_timestamp = (SELECT max(max_timestamp) FROM ${table} WHERE offset BETWEEN @first AND @last)
         WHERE offset = @last`,
      )
      .run({ stream: -first, packed, first, last });
    this.#database.prepare(`DELETE FROM ${table} WHERE offset >= ? AND offset < ?`).run(first, last);
  }

  #insertBlocks(topic: number, { stream, name, kind, blocks }: NewBlocks, due: SmallBlocks[]): void {
    const series = this.#statements.series.get(stream, topic, name, VALUE_KINDS.indexOf(kind))?.id;
    // The stream is being removed.
    if (series === undefined) return;
    const levels = new Set<number>();
    for (const block of blocks) {
      const level = levelOf(block.count);
      this.#blocks.insert(series, block, level);
      levels.add(level);
    }
    for (const level of levels) if (this.#blocks.isDue(series, level)) due.push({ series, kind, level });
  }

  /** Undoes what `act` has done when it says that it was in vain. */
  #inTransaction(act: () => boolean): boolean {
    this.#statements.begin.run();
    try {
      const isDone = act();
      if (isDone) this.#statements.commit.run();
      return isDone;
    } finally {
      if (this.#database.inTransaction) this.#database.exec('ROLLBACK');
    }
  }
}

function bytesOf(made: PackedPackages | MergedBlocks): number {
  const sum = (blocks: readonly SentBlock[]): number =>
    blocks.reduce((bytes, { summary, zones, data }) => bytes + summary.length + zones.length + data.length, 0);
  if (made.kind === 'blocks') return sum(made.blocks);
  return made.series.reduce((bytes, { blocks }) => bytes + sum(blocks), made.packed.length);
}

function prepareStatements(database: Database) {
  return {
    begin: database.prepare('BEGIN IMMEDIATE'),
    commit: database.prepare('COMMIT'),
    place: database.prepare<[number], { generation: number; packedOffset: number }>(
      'SELECT generation, packed_offset AS packedOffset FROM topics WHERE id = ?',
    ),
    setPacked: database.prepare<[number, number]>('UPDATE topics SET packed_offset = ? WHERE id = ?'),
    series: database.prepare<[number, number, string, number], { id: number }>(
      `SELECT s.id FROM parameters AS p JOIN series AS s ON s.parameter = p.id AND s.stream = ?
       WHERE p.topic = ? AND p.name = ? AND s.kind = ?`,
    ),
  };
}
