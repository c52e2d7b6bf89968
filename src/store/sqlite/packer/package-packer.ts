import type { Database } from 'better-sqlite3';
import { BlockReader, makeBlocks, type Block } from '../../samples/block';
import { packPackages, type PlacedPackage } from '../../samples/package-chunk';
import { parsePackage } from '../../samples/package-columns';
import { samplesOfPackage } from '../../samples/package-samples';
import { SampleList } from '../../samples/sample-list';
import type { MergedBlocks, NewBlocks, PackedPackages, SentBlock, SmallBlocks } from '../channel/packing-messages';
import { MERGED_AT_ONCE } from '../file/block-levels';
import { packageTable, PackageTableNames } from '../file/package-table';
import { SmallBlockReader } from './small-block-reader';

/** What is packed at once: so many packages, or so many characters of their texts. */
const PACKED_PACKAGES = 8192;
const PACKED_CHARACTERS = 1024 * 1024;

interface PackageRow {
  readonly offset: number;
  readonly stream: number;
  readonly data: string;
}

/** A topic, and which of its packages may be packed. */
interface TopicPlace {
  readonly generation: number;
  readonly packedOffset: number;
  readonly nextOffset: number;
}

/** Samples of a series of a stream. */
type NewSamples = Omit<NewBlocks, 'blocks'> & { readonly samples: SampleList };

/**
 * Makes what takes the place of packages that came a while ago: several become one row, and their samples go into
 * blocks, of which small ones are put together to larger ones. It reads alone; the writer replaces.
 */
export class PackagePacker {
  readonly #names: PackageTableNames;
  readonly #blocks: SmallBlockReader;
  readonly #place;
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
    this.#names = new PackageTableNames(database);
    this.#blocks = new SmallBlockReader(database);
    this.#place = database.prepare<[number], TopicPlace>(
      'SELECT generation, packed_offset AS packedOffset, next_offset AS nextOffset FROM topics WHERE id = ?',
    );
  }

  /** Packs the first packages of a topic that are not packed; `undefined`: there are none. */
  pack(topic: number): PackedPackages | undefined {
    const read = this.#database.transaction(() => this.#read(topic))();
    if (read === undefined) return undefined;
    const { place, rows } = read;
    const packages: PlacedPackage[] = rows.map(({ data, ...at }) => ({ ...at, columns: parsePackage(data) }));
    return {
      kind: 'packages',
      ...{ topic, generation: place.generation, packedOffset: place.packedOffset },
      ...{ first: rows[0]!.offset, last: rows.at(-1)!.offset, count: rows.length },
      characters: rows.reduce((sum, { data }) => sum + data.length, 0),
      packed: ownBytes(packPackages(packages)),
      series: Array.from(samplesBySeries(packages), ({ samples, ...of }) => ({
        ...of,
        blocks: makeBlocks(of.kind, samples.sorted()).map(toSend),
      })),
    };
  }

  /** Puts the first blocks of a level together; `undefined`: there are not enough. */
  merge(of: SmallBlocks): MergedBlocks | undefined {
    const old = this.#blocks.ofLevel(of.series, of.level);
    if (old.length < MERGED_AT_ONCE) return undefined;
    const samples = new SampleList();
    for (const block of old) {
      const reader = new BlockReader(of.kind, block);
      for (const zone of reader.zones) {
        const { base, at, origins, tags, text } = reader.samples(zone);
        const { offsets, indexes } = origins;
        for (let i = 0; i < at.length; i++) {
          const origin = { offset: offsets[i]!, index: indexes[i]!, tags: tags[i]! };
          samples.add(base + BigInt(at[i]!), origin, text(i));
        }
      }
    }
    return {
      ...{ kind: 'blocks', of },
      old: old.map(({ id, minTimestamp }) => ({ id, minTimestamp })),
      blocks: makeBlocks(of.kind, samples.sorted()).map(toSend),
    };
  }

  #read(topic: number): { readonly place: TopicPlace; readonly rows: readonly PackageRow[] } | undefined {
    const place = this.#place.get(topic);
    if (place === undefined || !this.#names.has(topic)) return undefined;
    const rows = this.#rows(topic, place);
    return rows.length === 0 ? undefined : { place, rows };
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
}

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

function toSend({ summary, zones, data, ...block }: Block): SentBlock {
  return { ...block, summary: ownBytes(summary), zones: ownBytes(zones), data: ownBytes(data) };
}

/** Bytes that are sent to another thread take all of their memory along, which others may share. */
function ownBytes(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes);
}
