import type { Database } from 'better-sqlite3';
import { VALUE_KINDS, type ValueKind } from '../../contract/parameter-store';
import { makeBlocks, BlockReader, type Block } from '../../samples/block';
import { packPackagesInSteps, type PlacedPackage } from '../../samples/package-chunk';
import { parsePackageInSteps } from '../../samples/package-columns';
import { samplesOfPackage } from '../../samples/package-samples';
import { SampleList } from '../../samples/sample-list';
import { packageTable, PackageTableNames } from '../file/package-table';
import { BlockWriter, levelOf } from './block-writer';
import { PackageBacklog } from './package-backlog';

/** What is packed at once: so many packages, or so many characters of their texts. */
const PACKED_PACKAGES = 512;
const PACKED_CHARACTERS = 1024 * 1024;

interface PackageRow {
  readonly offset: number;
  readonly stream: number;
  readonly data: string;
}

interface TopicPlace {
  readonly packedOffset: number;
  readonly nextOffset: number;
}

/** A series of a stream that has new blocks, and the samples that are to be in them. */
interface NewSamples {
  readonly stream: number;
  readonly name: string;
  readonly kind: ValueKind;
  readonly samples: SampleList;
}

type Job = Generator<void, void, void>;

/**
 * Packs packages that came a while ago: several become one row, and their samples go into blocks, of which small ones
 * are put together to larger ones. It works for a few milliseconds at a time; what it makes is written at once.
 */
export class PackagePacker {
  #job: Job | undefined;
  /** Transactions so far. */
  #written = 0;
  /** Series that may have many small blocks, each with a level. */
  readonly #toMerge: { readonly series: number; readonly kind: ValueKind; readonly level: number }[] = [];
  readonly #backlog: PackageBacklog;
  readonly #names: PackageTableNames;
  readonly #blocks: BlockWriter;
  readonly #statements: ReturnType<typeof prepareStatements>;
  readonly #database: Database;

  /** `packAfter`: how long a few packages wait for others to be packed with (milliseconds). */
  constructor(database: Database, packAfter: number) {
    this.#database = database;

    this.#statements = prepareStatements(database);
    this.#names = new PackageTableNames(database);
    this.#blocks = new BlockWriter(database);
    this.#backlog = new PackageBacklog(packAfter);
    for (const { id } of this.#statements.topics.all()) this.#backlog.addOld(id);
  }

  /** Notes packages that were stored. */
  note(topic: number, packages: number, bytes: number): void {
    this.#backlog.add(topic, packages, bytes);
  }

  /** Milliseconds after which there is something to do; `undefined`: nothing is there to be packed. */
  get wait(): number | undefined {
    return this.#job !== undefined || this.#toMerge.length > 0 ? 0 : this.#backlog.wait;
  }

  /** Works until a time (milliseconds of `performance.now`); gives how many transactions it has written meanwhile. */
  work(deadline: number): number {
    const before = this.#written;
    try {
      do {
        this.#job ??= this.#nextJob();
        if (this.#job === undefined) break;
        if (this.#job.next().done === true) this.#job = undefined;
      } while (performance.now() < deadline);
      return this.#written - before;
    } catch (error) {
      this.#job = undefined;
      throw error;
    }
  }

  #nextJob(): Job | undefined {
    const merge = this.#toMerge.pop();
    if (merge !== undefined) return this.#merge(merge);
    const topic = this.#backlog.next();
    return topic === undefined ? undefined : this.#pack(topic);
  }

  *#pack(topic: number): Job {
    const place = this.#statements.place.get(topic);
    if (place === undefined || !this.#names.has(topic)) {
      this.#backlog.remove(topic);
      return;
    }
    const rows = this.#rows(topic, place);
    if (rows.length === 0) {
      this.#backlog.remove(topic);
      return;
    }
    const packages: PlacedPackage[] = [];
    for (const { offset, stream, data } of rows) {
      packages.push({ offset, stream, columns: yield* parsePackageInSteps(data) });
      yield;
    }
    const packed = yield* packPackagesInSteps(packages);
    const made: { readonly of: NewSamples; readonly blocks: readonly Block[] }[] = [];
    for (const each of samplesBySeries(packages)) {
      made.push({ of: each, blocks: makeBlocks(each.kind, each.samples.sorted()) });
      yield;
    }
    const [first, last] = [rows[0]!.offset, rows.at(-1)!.offset];
    this.#inTransaction(() => {
      // What was removed meanwhile is packed another time, without it.
      if (!this.#isAsRead(topic, place, rows)) return;
      this.#replaceRows(topic, { first, last, packed });
      for (const { of, blocks } of made) this.#insertBlocks(topic, of, blocks);
      this.#statements.setPacked.run(last, topic);
    });
    this.#backlog.packed(
      topic,
      rows.length,
      rows.reduce((sum, { data }) => sum + data.length, 0),
    );
  }

  *#merge({ series, kind, level }: { series: number; kind: ValueKind; level: number }): Job {
    if (!this.#blocks.isDue(series, level)) return;
    const old = this.#blocks.ofLevel(series, level);
    const samples = new SampleList();
    for (const block of old) {
      const reader = new BlockReader(kind, block);
      for (const zone of reader.zones) {
        const { base, at, offsets, indexes, tags, text } = reader.samples(zone);
        for (let i = 0; i < at.length; i++) {
          const origin = { offset: offsets[i]!, index: indexes[i]!, tags: tags[i]! };
          samples.add(base + BigInt(at[i]!), origin, text(i));
        }
      }
      yield;
    }
    const sorted = samples.sorted();
    yield;
    const blocks = makeBlocks(kind, sorted);
    yield;
    this.#inTransaction(() => {
      // Some may have been removed meanwhile.
      const found = old.filter((block) => this.#blocks.delete(series, block)).length;
      if (found < old.length) throw new Interrupted();
      for (const block of blocks) this.#blocks.insert(series, block, level + 1);
    });
    this.#toMerge.push({ series, kind, level: level + 1 });
  }

  #rows(topic: number, { packedOffset, nextOffset }: TopicPlace): PackageRow[] {
    const rows: PackageRow[] = [];
    let characters = 0;
    const statement = this.#database.prepare<[number, number], PackageRow>(
      `SELECT offset, stream, data FROM ${packageTable(topic)} WHERE offset > ? AND offset < ?
       ORDER BY offset LIMIT ${PACKED_PACKAGES}`,
    );
    for (const row of statement.iterate(packedOffset, nextOffset)) {
      rows.push(row);
      characters += row.data.length;
      if (characters >= PACKED_CHARACTERS) break;
    }
    return rows;
  }

  #isAsRead(topic: number, { packedOffset }: TopicPlace, rows: readonly PackageRow[]): boolean {
    if (this.#statements.place.get(topic)?.packedOffset !== packedOffset) return false;
    const { count } = this.#database
      .prepare<[number, number], { count: number }>(
        `SELECT count(*) AS count FROM ${packageTable(topic)} WHERE offset > ? AND offset <= ?`,
      )
      .get(packedOffset, rows.at(-1)!.offset)!;
    return count === rows.length;
  }

  /** The packed row spans the times of all that it takes the place of. */
  #replaceRows(
    topic: number,
    { first, last, packed }: { readonly first: number; readonly last: number; readonly packed: Buffer },
  ): void {
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

  #insertBlocks(topic: number, { stream, name, kind }: NewSamples, blocks: readonly Block[]): void {
    const series = this.#statements.series.get(stream, topic, name, VALUE_KINDS.indexOf(kind))?.id;
    // The stream is being removed.
    if (series === undefined) return;
    for (const block of blocks) {
      const level = levelOf(block.count);
      this.#blocks.insert(series, block, level);
      if (this.#blocks.isDue(series, level)) this.#toMerge.push({ series, kind, level });
    }
  }

  #inTransaction(act: () => void): void {
    this.#statements.begin.run();
    try {
      act();
      this.#statements.commit.run();
      this.#written += 1;
    } catch (error) {
      if (this.#database.inTransaction) this.#database.exec('ROLLBACK');
      if (!(error instanceof Interrupted)) throw error;
    }
  }
}

/** What was being replaced is not there any more. */
class Interrupted extends Error {}

/** The samples of packages, series by series. */
function samplesBySeries(packages: readonly PlacedPackage[]): Iterable<NewSamples> {
  const found = new Map<string, NewSamples>();
  for (const { offset, stream, columns } of packages) {
    for (const { id, kind, samples } of samplesOfPackage(offset, columns)) {
      if (samples.length === 0) continue;
      const key = `${stream} ${kind} ${id}`;
      const known = found.get(key);
      if (known === undefined) found.set(key, { stream, name: id, kind, samples });
      else known.samples.addAll(samples);
    }
  }
  return found.values();
}

function prepareStatements(database: Database) {
  return {
    begin: database.prepare('BEGIN IMMEDIATE'),
    commit: database.prepare('COMMIT'),
    topics: database.prepare<[], { id: number }>('SELECT id FROM topics WHERE package_count > 0'),
    place: database.prepare<[number], TopicPlace>(
      'SELECT packed_offset AS packedOffset, next_offset AS nextOffset FROM topics WHERE id = ?',
    ),
    setPacked: database.prepare<[number, number]>('UPDATE topics SET packed_offset = ? WHERE id = ?'),
    series: database.prepare<[number, number, string, number], { id: number }>(
      `SELECT s.id FROM parameters AS p JOIN series AS s ON s.parameter = p.id AND s.stream = ?
       WHERE p.topic = ? AND p.name = ? AND s.kind = ?`,
    ),
  };
}
