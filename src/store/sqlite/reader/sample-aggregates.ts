import type { Database } from 'better-sqlite3';
import { WriterHubError } from '../../../errors';
import { type BlockReader, nearParts, samplesOf } from '../../samples/block';
import { toBucketColumns } from '../../samples/bucket-columns';
import { BucketSums, checkBuckets, extentOf, type TimeSpan } from '../../samples/bucket-sums';
import { ColumnSpace } from '../../samples/column-space';
import { keptSamples } from '../../samples/kept-samples';
import { parsePackage, type PackageColumns } from '../../samples/package-columns';
import { samplesOfPackage } from '../../samples/package-samples';
import { SummedBlocks } from '../../samples/summed-blocks';
import { timestampOf, type SamplePoint } from '../../samples/summary';
import type { AggregateRequest, SampleSums } from '../channel/reader-messages';
import { BlockTable } from '../file/block-table';
import { RecentPackages } from '../file/recent-packages';
import type { Series } from '../file/series';
import { PackageReads } from './package-reads';
import { int64Window } from './time-window';

/** So many packages that are not in blocks are looked at at once, and characters of them. */
const PACKAGES_AT_ONCE = 2000;
const CHARACTERS_AT_ONCE = 2 * 1024 * 1024;

/** A stream whose samples are read. */
export interface SampledStream {
  readonly topic: number;
  readonly stream: number;
  /** Packages before it were removed, though blocks may still have their samples. */
  readonly firstOffset: number;
  /** Up to here its packages are in blocks. */
  readonly packedOffset: number;
}

type Request = Omit<AggregateRequest, 'topic' | 'streamId' | 'parameters'>;

/** Sums up samples in buckets of time. */
export class SampleAggregates {
  readonly #blocks: BlockTable;
  readonly #recent: RecentPackages;
  /** What is summed up is not kept. */
  readonly #space = new ColumnSpace();
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;

    this.#blocks = new BlockTable(database);
    this.#recent = new RecentPackages(database);
  }

  /**
   * What the samples of some series come to, or a part of it: that in blocks and some packages behind, or, with
   * `after`, the packages behind that offset. Throws `invalid_query` when there are more buckets than are allowed.
   */
  sums(stream: SampledStream, series: readonly Series[], request: Request): SampleSums {
    const span = int64Window(request.from, request.to);
    const all = new SeriesSums(series, request, span);
    const { after } = request;
    const rest = { ...stream, after: Math.max(after ?? stream.packedOffset, stream.firstOffset - 1) };
    if (after === undefined) {
      this.#checkBlocks(series, request, span);
      for (const each of series) this.#addBlocks(all, each, span, stream.firstOffset);
    }
    const next = rest.after < stream.packedOffset ? this.#addPacked(all, rest) : this.#addRecent(all, rest, span);
    all.check(request);
    const isAll = after === undefined && next === undefined;
    return { sums: all.results(isAll, (each, point) => this.#textAt(stream, each, point)), next };
  }

  /** Before anything is summed up: there may be many blocks. */
  #checkBlocks(series: readonly Series[], request: Request, span: TimeSpan): void {
    const extent = extentOf(series.map(({ id }) => this.#blocks.extent(id, span)));
    if (extent === undefined) return;
    const least = extent.least < span.least ? span.least : extent.least;
    checkBuckets({ least, greatest: extent.greatest > span.greatest ? span.greatest : extent.greatest }, request);
  }

  #addBlocks(all: SeriesSums, series: Series, span: TimeSpan, firstOffset: number): void {
    const buckets = all.of(series);
    for (const some of this.#blocks.summed(series.id, span)) {
      for (const block = new SummedBlocks(some); block.next();) {
        const isKept = block.leastOffset >= firstOffset;
        if (isKept && buckets.addSummed(block)) continue;
        const reader = this.#blocks.openZones(series.kind, { id: BigInt(block.id), minTimestamp: block.base });
        this.#addZones(buckets, reader, isKept ? 1 : firstOffset);
      }
    }
  }

  /** Adds zone by zone what came with packages from an offset on. */
  #addZones(buckets: BucketSums, reader: BlockReader, firstOffset: number): void {
    for (const zone of reader.zones) {
      if (firstOffset === 1 && buckets.addSummed(zone)) continue;
      this.#space.reset();
      const samples = reader.samples(zone, this.#space);
      buckets.addSamples(firstOffset === 1 ? samples : keptSamples(samples, firstOffset));
    }
  }

  /** Adds packages that are not in blocks; gives the offset behind which to go on, if there are more. */
  #addRecent(all: SeriesSums, stream: SampledStream & { readonly after: number }, span: TimeSpan): number | undefined {
    let [packages, characters] = [0, 0];
    for (const run of this.#recent.runs(stream, span)) {
      for (const { offset, data } of this.#recent.inRun(stream.topic, run, span)) {
        all.addPackage(Number(offset), parsePackage(data));
        packages += 1;
        characters += data.length;
        if (packages === PACKAGES_AT_ONCE || characters > CHARACTERS_AT_ONCE) return Number(offset);
      }
    }
    return undefined;
  }

  /** What was not in blocks when the blocks were looked at, and is by now. */
  #addPacked(
    all: SeriesSums,
    { topic, stream, packedOffset, after }: SampledStream & { readonly after: number },
  ): number {
    const reads = new PackageReads(this.#database, topic);
    const range = { stream, after, until: packedOffset, limit: PACKAGES_AT_ONCE, hasStream: () => true };
    const page = reads.page(range);
    for (const [index, text] of page.texts.entries()) all.addPackage(page.offsets[index]!, parsePackage(text));
    return page.after;
  }

  /** The text of a sample that is too long for summaries. */
  #textAt({ topic, stream, packedOffset }: SampledStream, series: Series, point: SamplePoint): string {
    const time = timestampOf(point);
    const span = { least: time, greatest: time };
    for (const block of this.#blocks.between(series.id, span)) {
      const reader = this.#blocks.open(series.kind, block);
      for (const zone of reader.zones) {
        if (zone.first > time || zone.last < time) continue;
        const { origins, text } = reader.samples(zone);
        const { offsets, indexes } = origins;
        const found = Array.from(offsets).findIndex(
          (offset, i) => offset === point.offset && indexes[i] === point.index,
        );
        if (found >= 0) return text(found);
      }
    }
    for (const run of this.#recent.runs({ topic, stream, after: packedOffset }, span)) {
      for (const { offset, data } of this.#recent.inRun(topic, run, span)) {
        if (Number(offset) !== point.offset) continue;
        const text = parsePackage(data).values[series.kind].get(series.name)?.[point.index];
        if (typeof text === 'string') return text;
      }
    }
    throw new WriterHubError('store_unavailable', 'the store cannot read: a sample is not where it should be');
  }
}

/** The sums of some series. */
class SeriesSums {
  readonly #sums: ReadonlyMap<string, { readonly series: Series; readonly buckets: BucketSums }>;

  constructor(series: readonly Series[], request: Request, span: TimeSpan) {
    this.#sums = new Map(
      series.map((each) => [keyOf(each.kind, each.name), { series: each, buckets: new BucketSums(request, span) }]),
    );
  }

  of({ kind, name }: Series): BucketSums {
    return this.#sums.get(keyOf(kind, name))!.buckets;
  }

  addPackage(offset: number, columns: PackageColumns): void {
    for (const { id, kind, samples } of samplesOfPackage(offset, columns, (id, kind) =>
      this.#sums.has(keyOf(kind, id)),
    )) {
      if (samples.length === 0) continue;
      const { buckets } = this.#sums.get(keyOf(kind, id))!;
      const sorted = samples.sorted();
      for (const part of nearParts(sorted)) buckets.addSamples(samplesOf(kind, sorted, part));
    }
  }

  /** Throws `invalid_query` when there are more buckets than are allowed. */
  check(request: Request): void {
    const extent = extentOf(Array.from(this.#sums.values(), ({ buckets }) => buckets.extent));
    if (extent !== undefined) checkBuckets(extent, request);
  }

  /** `lookUp` gives the text of a sample; `isAll`: what is not summed up further needs no order of arrival. */
  results(isAll: boolean, lookUp: (series: Series, point: SamplePoint) => string): SampleSums['sums'] {
    return Array.from(this.#sums.values(), ({ series, buckets }) => {
      const textOf = (point: SamplePoint): string => point.text ?? lookUp(series, point);
      const columns = toBucketColumns(buckets.buckets, { textOf, withOrigins: !isAll });
      return { id: series.name, kind: series.kind, buckets: columns };
    });
  }
}

function keyOf(kind: string, id: string): string {
  return `${kind} ${id}`;
}
