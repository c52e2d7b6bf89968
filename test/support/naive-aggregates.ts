import { WriterHubError } from '../../src/errors';
import type {
  AggregateQuery,
  SampleBucket,
  SampleBuckets,
  TimedValue,
  ValueKind,
} from '../../src/store/contract/parameter-store';
import { compareDecimals } from './decimals';

/** A sample of a parameter. */
export interface Sample {
  readonly timestamp: bigint;
  readonly kind: ValueKind;
  readonly id: string;
  readonly text: string;
}

type Grid = Pick<AggregateQuery, 'interval' | 'origin' | 'maxBuckets'>;

/** What samples come to that are in order of time, one after another. */
export function bucketsOf(samples: readonly Sample[], grid: Pick<Grid, 'interval' | 'origin'>): SampleBuckets {
  const ofKind = (kind: ValueKind): ReadonlyMap<string, readonly SampleBucket[]> => {
    const all = samples.filter((sample) => sample.kind === kind);
    return new Map([...new Set(all.map(({ id }) => id))].map((id) => [id, bucketsOfOne(all, id, grid)]));
  };
  return { numeric: ofKind('numeric'), string: ofKind('string'), binary: ofKind('binary') };
}

/** Throws `invalid_query` when a span of time has more buckets than are allowed. */
export function checkBuckets({ least, greatest }: { least: bigint; greatest: bigint }, grid: Grid): void {
  const { interval, maxBuckets } = grid;
  const count = (startOf(greatest, grid) - startOf(least, grid)) / interval + 1n;
  if (count <= BigInt(maxBuckets)) return;
  const steps = BigInt(Math.max(1, maxBuckets - 1));
  const needed = (greatest - least + steps) / steps;
  throw new WriterHubError(
    'invalid_query',
    `there are ${count} buckets, ${maxBuckets} at the most: take an interval of ${needed} nanoseconds or more`,
  );
}

function bucketsOfOne(all: readonly Sample[], id: string, grid: Pick<Grid, 'interval' | 'origin'>): SampleBucket[] {
  const byStart = new Map<bigint, Sample[]>();
  for (const sample of all.filter((each) => each.id === id)) {
    const start = startOf(sample.timestamp, grid);
    byStart.set(start, [...(byStart.get(start) ?? []), sample]);
  }
  return Array.from(byStart, ([start, samples]) => bucketOf(start, samples));
}

function bucketOf(start: bigint, samples: readonly Sample[]): SampleBucket {
  const ends = { first: toValue(samples[0]!), last: toValue(samples.at(-1)!) };
  const bucket = { start, count: samples.length, ...ends };
  if (samples[0]!.kind !== 'numeric') return bucket;
  return {
    ...bucket,
    min: toValue(samples.reduce((least, each) => (compareDecimals(each.text, least.text) < 0 ? each : least))),
    max: toValue(samples.reduce((most, each) => (compareDecimals(each.text, most.text) > 0 ? each : most))),
    sum: samples.reduce((sum, { text }) => sum + Number(text), 0),
  };
}

function toValue({ text, timestamp }: Sample): TimedValue {
  return { text, timestamp };
}

function startOf(timestamp: bigint, { interval, origin }: Pick<Grid, 'interval' | 'origin'>): bigint {
  let steps = (timestamp - origin) / interval;
  if (origin + steps * interval > timestamp) steps -= 1n;
  return origin + steps * interval;
}
