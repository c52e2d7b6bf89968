import {
  VALUE_KINDS,
  type SampleBucket,
  type SampleBuckets,
  type TimedValue,
  type ValueKind,
} from '../contract/parameter-store';
import { fromBucketColumns, type BucketColumns } from './bucket-columns';
import { extentOf, type TimeSpan } from './bucket-sums';
import { RunningSummary } from './running-summary';
import { timestampOf, type SamplePoint, type Summary } from './summary';

/** Some buckets of one parameter, in order of time. */
export interface BucketPart {
  readonly id: string;
  readonly kind: ValueKind;
  readonly buckets: BucketColumns;
}

/** Buckets of some parameters, put together of parts that each have some of the samples. */
export class AddedBuckets {
  readonly #sums: Readonly<Record<ValueKind, Map<string, Map<bigint, RunningSummary>>>> = {
    numeric: new Map(),
    string: new Map(),
    binary: new Map(),
  };
  #extent: TimeSpan | undefined;

  /** Where the first bucket of any parameter begins, and the last. */
  get extent(): TimeSpan | undefined {
    return this.#extent;
  }

  /** How many buckets the parameter with the most has. */
  get most(): number {
    const counts = VALUE_KINDS.flatMap((kind) => Array.from(this.#sums[kind].values(), ({ size }) => size));
    return counts.reduce((most, count) => Math.max(most, count), 0);
  }

  add({ id, kind, buckets }: BucketPart): void {
    const [least, greatest] = [buckets.starts[0], buckets.starts.at(-1)];
    if (least === undefined || greatest === undefined) return;
    this.#extent = extentOf([this.#extent, { least, greatest }]);
    const sums = this.#sums[kind].get(id) ?? new Map<bigint, RunningSummary>();
    this.#sums[kind].set(id, sums);
    for (const [start, sum] of fromBucketColumns(buckets)) {
      const known = sums.get(start) ?? new RunningSummary();
      known.add(sum);
      sums.set(start, known);
    }
  }

  /** Moves what was put together to `all`; the extent stays. */
  moveTo(all: Readonly<Record<ValueKind, Map<string, readonly SampleBucket[]>>>): void {
    for (const kind of VALUE_KINDS) {
      for (const [id, sums] of this.#sums[kind]) all[kind].set(id, bucketsOf(sums));
      this.#sums[kind].clear();
    }
  }
}

/** Buckets by parameter, of which there are none yet. */
export function noBuckets(): { [Kind in keyof SampleBuckets]: Map<string, readonly SampleBucket[]> } {
  return { numeric: new Map(), string: new Map(), binary: new Map() };
}

function bucketsOf(sums: ReadonlyMap<bigint, RunningSummary>): SampleBucket[] {
  return [...sums].sort(([a], [b]) => (a < b ? -1 : 1)).map(([start, { summary }]) => toBucket(start, summary));
}

function toBucket(start: bigint, { count, first, last, numbers }: Summary): SampleBucket {
  const bucket = { start, count, first: toValue(first), last: toValue(last) };
  if (numbers === undefined) return bucket;
  return { ...bucket, min: toValue(numbers.min), max: toValue(numbers.max), sum: numbers.sum };
}

function toValue(point: SamplePoint): TimedValue {
  return { text: point.text ?? '', timestamp: timestampOf(point) };
}
