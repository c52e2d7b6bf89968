import type { Database } from 'better-sqlite3';
import type { ZoneSamples } from '../../samples/block';
import { firstFrom, type TimeSpan } from '../../samples/bucket-sums';
import { parsePackage } from '../../samples/package-columns';
import { samplesOfPackage } from '../../samples/package-samples';
import type { RowValue, SampleUnit } from '../../samples/row-merge';
import { BlockTable, type BlockRow } from '../file/block-table';
import { RecentPackages, type RecentPackage, type RecentRun, type RecentStream } from '../file/recent-packages';
import type { Series } from '../file/series';

/** Divides the samples of series into units, down to zones of blocks and packages. */
export class SampleUnits {
  readonly #blocks: BlockTable;
  readonly #recent: RecentPackages;

  constructor(database: Database) {
    this.#blocks = new BlockTable(database);
    this.#recent = new RecentPackages(database);
  }

  /** What may have samples in a span of time. */
  *of(stream: RecentStream, series: readonly Series[], span: TimeSpan): Iterable<SampleUnit> {
    for (const each of series) yield* this.#blockAfter(each, span);
    for (const run of this.#recent.runs(stream, span)) yield this.#run(stream.topic, run, series, span);
  }

  /** A block, which when its turn comes is divided into its zones and the next block. */
  *#blockAfter(series: Series, span: TimeSpan, before?: BlockRow): Iterable<SampleUnit> {
    const block = this.#blocks.next(series.id, span, before);
    if (block === undefined) return;
    const divide = (): SampleUnit[] => [...this.#zones(series, block, span), ...this.#blockAfter(series, span, block)];
    yield { least: block.minTimestamp, divide };
  }

  *#zones(series: Series, block: BlockRow, span: TimeSpan): Iterable<SampleUnit> {
    const reader = this.#blocks.open(series.kind, block);
    for (const zone of reader.zones) {
      if (zone.last < span.least || zone.first > span.greatest) continue;
      yield { least: zone.first, read: () => valuesOfZone(series, reader.samples(zone), span) };
    }
  }

  #run(topic: number, run: RecentRun, series: readonly Series[], span: TimeSpan): SampleUnit {
    const divide = (): SampleUnit[] =>
      this.#recent
        .inRun(topic, run, span)
        .map((recent) => ({ least: recent.minTimestamp, read: () => valuesOfPackage(recent, series) }));
    return { least: run.least, divide };
  }
}

function valuesOfZone({ name: id, kind }: Series, samples: ZoneSamples, span: TimeSpan): RowValue[] {
  const { base, at, tags } = samples;
  const { offsets, indexes } = samples.origins;
  const values: RowValue[] = [];
  const end = firstFrom(samples, span.greatest + 1n);
  for (let i = firstFrom(samples, span.least); i < end; i++) {
    const timestamp = base + BigInt(at[i]!);
    const text = samples.text(i);
    values.push({ timestamp, offset: offsets[i]!, index: indexes[i]!, id, kind, text, tags: tags[i]! });
  }
  return values;
}

function* valuesOfPackage({ offset, data }: RecentPackage, series: readonly Series[]): Iterable<RowValue> {
  const wanted = new Set(series.map(({ kind, name }) => `${kind} ${name}`));
  const found = samplesOfPackage(Number(offset), parsePackage(data), (id, kind) => wanted.has(`${kind} ${id}`));
  for (const { id, kind, samples } of found) {
    const { timestamps, offsets, indexes, tags, values } = samples;
    for (const [i, text] of values.entries()) {
      yield { timestamp: timestamps[i]!, offset: offsets[i]!, index: indexes[i]!, id, kind, text, tags: tags[i]! };
    }
  }
}
