import type { AppendReceipt } from '../contract/event-log';
import type {
  AggregateQuery,
  PackageAppend,
  PackagePage,
  PackageQuery,
  ParameterStore,
  SampleBucket,
  SampleBuckets,
  SamplePage,
  SampleQuery,
  SeenParameter,
  TimedValue,
  ValueKind,
} from '../contract/parameter-store';
import { checkBuckets, extentOf } from '../samples/bucket-sums';
import { RunningSummary } from '../samples/running-summary';
import { timestampOf, type SamplePoint, type Summary } from '../samples/summary';
import type { SampleSums } from './channel/reader-messages';
import { toPlace, toPosition } from './channel/offsets';
import type { StoreThreads } from './queue/store-threads';

/** So many parameters are summed up at once: others read in between. */
const PARAMETERS_AT_ONCE = 8;

/** The parameter data of the embedded store. */
export class SqliteParameterStore implements ParameterStore {
  readonly #threads: StoreThreads;

  constructor(threads: StoreThreads) {
    this.#threads = threads;
  }

  appendPackage(append: PackageAppend): Promise<AppendReceipt> {
    return this.#threads.appendPackage(append);
  }

  async readPackages({ after, ...query }: PackageQuery): Promise<PackagePage> {
    const place = after === undefined ? undefined : toPlace(after);
    const page = await this.#threads.ask<'packages'>({ kind: 'packages', query: { ...query, after: place } });
    const { generation, offsets, streamIds, texts, more, head } = page;
    const packages = offsets.map((offset, index) => ({
      position: toPosition(offset, generation),
      streamId: streamIds[index]!,
      json: texts[index]!,
    }));
    const end = head === undefined ? {} : { end: toPosition(head, generation) };
    return { packages, position: toPosition(page.after, generation), more, ...end };
  }

  readSamples(query: SampleQuery): Promise<SamplePage> {
    return this.#threads.ask<'samples'>({ kind: 'samples', query });
  }

  async aggregateSamples({ parameters, ...query }: AggregateQuery): Promise<SampleBuckets> {
    const all = { numeric: new Map(), string: new Map(), binary: new Map() } satisfies Record<
      ValueKind,
      Map<string, Sums>
    >;
    for (const some of parameters === undefined ? [undefined] : slices(parameters)) {
      await this.#addSums(all, { ...query, parameters: some });
    }
    return { numeric: bucketsOf(all.numeric), string: bucketsOf(all.string), binary: bucketsOf(all.binary) };
  }

  async seenParameters(
    topic: string,
    streamIds: readonly string[],
  ): Promise<ReadonlyMap<string, readonly SeenParameter[]>> {
    const seen = new Map<string, SeenParameter[]>();
    const rows = await this.#threads.ask<'seen_parameters'>({ kind: 'seen_parameters', topic, streamIds });
    for (const { streamId, id, kind } of rows) seen.set(streamId, [...(seen.get(streamId) ?? []), { id, kind }]);
    return seen;
  }

  /** Adds what samples come to, part by part. */
  async #addSums(all: Record<ValueKind, Map<string, Sums>>, query: AggregateQuery): Promise<void> {
    let after: number | undefined;
    do {
      const part: SampleSums = await this.#threads.ask<'aggregates'>({
        kind: 'aggregates',
        query: { ...query, after },
      });
      for (const { id, kind, buckets } of part.sums) {
        const sums = all[kind].get(id) ?? new Map<bigint, RunningSummary>();
        all[kind].set(id, sums);
        for (const [start, sum] of buckets) {
          const known = sums.get(start) ?? new RunningSummary();
          known.add(sum);
          sums.set(start, known);
        }
      }
      checkExtent(all, query);
      after = part.next;
    } while (after !== undefined);
  }
}

type Sums = Map<bigint, RunningSummary>;

/** The buckets of all parameters together, some of which may be far from others, are no more than are allowed. */
function checkExtent(all: Record<ValueKind, Map<string, Sums>>, query: AggregateQuery): void {
  const starts = Object.values(all).flatMap((sums) => [...sums.values()].map((buckets) => [...buckets.keys()]));
  const extents = starts.map((each) => extentOf(each.map((start) => ({ least: start, greatest: start }))));
  const extent = extentOf(extents);
  if (extent !== undefined) checkBuckets(extent, query);
}

function* slices(parameters: readonly string[]): Iterable<readonly string[]> {
  const different = [...new Set(parameters)];
  for (let start = 0; start < different.length; start += PARAMETERS_AT_ONCE) {
    yield different.slice(start, start + PARAMETERS_AT_ONCE);
  }
}

function bucketsOf(sums: ReadonlyMap<string, Sums>): Map<string, SampleBucket[]> {
  const found = [...sums].filter(([, buckets]) => buckets.size > 0);
  return new Map(
    found.map(([id, buckets]) => [
      id,
      [...buckets].sort(([a], [b]) => (a < b ? -1 : 1)).map(([start, { summary }]) => toBucket(start, summary)),
    ]),
  );
}

function toBucket(start: bigint, { count, first, last, numbers }: Summary): SampleBucket {
  const bucket = { start, count, first: toValue(first), last: toValue(last) };
  if (numbers === undefined) return bucket;
  return { ...bucket, min: toValue(numbers.min), max: toValue(numbers.max), sum: numbers.sum };
}

function toValue(point: SamplePoint): TimedValue {
  return { text: point.text ?? '', timestamp: timestampOf(point) };
}
