import { floorDivide } from '../exact/wall-clock';
import type { TimeRange } from './interval';

/** Samples of one parameter that lie in one stretch of time, summed up. */
export interface Bucket {
  /** When it begins, in nanoseconds since 1970. */
  readonly start: bigint;
  readonly count: number;
  readonly min: number;
  readonly max: number;
  /** The digits of both, where a double rounds them. */
  readonly minText?: string | undefined;
  readonly maxText?: string | undefined;
  /** Null: beyond a 64-bit float. */
  readonly mean: number | null;
}

/**
 * Buckets of one length, by time, to which samples are added as they come. Starts are multiples of the length, as those
 * of the server are.
 */
export class BucketSeries {
  readonly length: bigint;
  readonly #buckets: Bucket[];

  constructor(length: bigint, buckets: readonly Bucket[]) {
    this.length = length;
    this.#buckets = [...buckets];
  }

  get buckets(): readonly Bucket[] {
    return this.#buckets;
  }

  /** Adds a sample, wherever it belongs. */
  add(timestamp: bigint, value: number): void {
    const start = floorDivide(timestamp, this.length) * this.length;
    const index = this.#buckets.findLastIndex((bucket) => bucket.start <= start);
    const found = this.#buckets[index];
    if (found?.start === start) this.#buckets[index] = withSample(found, value);
    else this.#buckets.splice(index + 1, 0, { start, count: 1, min: value, max: value, mean: value });
  }

  /** Removes buckets that end before a time. */
  removeBefore(time: bigint): void {
    const first = this.#buckets.findIndex(({ start }) => start + this.length > time);
    this.#buckets.splice(0, first < 0 ? this.#buckets.length : first);
  }
}

function withSample({ start, count, min, max, mean, minText, maxText }: Bucket, value: number): Bucket {
  return {
    start,
    count: count + 1,
    min: Math.min(min, value),
    max: Math.max(max, value),
    ...(minText !== undefined && value >= min && { minText }),
    ...(maxText !== undefined && value <= max && { maxText }),
    mean: mean === null ? null : mean + (value - mean) / (count + 1),
  };
}

/** Columns of a chart: times, and for each series a number or null, where there is none. */
export interface Columns {
  readonly starts: readonly bigint[];
  readonly values: readonly (readonly (number | null)[])[];
  /** Digits of values that a double rounds. */
  readonly texts?: readonly (readonly (string | null)[])[];
}

/** How many times the usual distance of two buckets makes a gap: senders are not punctual. */
const GAP_FACTOR = 3n;

/**
 * Minimum, maximum and mean of buckets as columns of a chart. Where buckets are much further apart than they usually
 * are there is a place without values: a gap is drawn as one.
 */
export function envelope({ buckets, length }: Pick<BucketSeries, 'buckets' | 'length'>): Required<Columns> {
  const starts: bigint[] = [];
  const values: [(number | null)[], (number | null)[], (number | null)[]] = [[], [], []];
  const texts: [(string | null)[], (string | null)[], (string | null)[]] = [[], [], []];
  const put = (start: bigint, bucket: Partial<Bucket>): void => {
    const { min = null, max = null, mean = null, minText = null, maxText = null } = bucket;
    starts.push(start);
    [min, max, mean].forEach((number, series) => values[series]!.push(number));
    [minText, maxText, null].forEach((text, series) => texts[series]!.push(text));
  };
  const longest = GAP_FACTOR * usualDistance(buckets);
  let before: bigint | undefined;
  for (const bucket of buckets) {
    const { start } = bucket;
    if (before !== undefined && start - before > longest) put(before + length, {});
    put(start, bucket);
    before = start;
  }
  return { starts, values, texts };
}

function usualDistance(buckets: readonly Bucket[]): bigint {
  const distances = buckets.slice(1).map(({ start }, index) => start - buckets[index]!.start);
  distances.sort((one, other) => (one < other ? -1 : Number(one > other)));
  return distances[(distances.length - 1) >> 1] ?? 0n;
}

/** Counts by bucket of time, and by kind. */
export type CountsByBucket = ReadonlyMap<bigint, ReadonlyMap<string, number>>;

/** Counts things by the bucket of their time, and by kind. */
export function countBy(
  things: Iterable<{ readonly timestamp: bigint; readonly id: string }>,
  length: bigint,
): CountsByBucket {
  const counts = new Map<bigint, Map<string, number>>();
  for (const { timestamp, id } of things) {
    const start = floorDivide(timestamp, length) * length;
    let bucket = counts.get(start);
    if (bucket === undefined) counts.set(start, (bucket = new Map<string, number>()));
    add(bucket, id, 1);
  }
  return counts;
}

export interface CountColumns extends Columns {
  /** Kinds, the most frequent first. */
  readonly names: readonly string[];
  /** How many further kinds the last column sums up; 0: there is no such column. */
  readonly others: number;
}

/**
 * Counts as columns of a chart, a place for each bucket of a range. Kinds beyond the `most` frequent ones are summed up
 * in one more column.
 */
export function countColumns(counts: CountsByBucket, length: bigint, range: TimeRange, most: number): CountColumns {
  const totals = new Map<string, number>();
  for (const bucket of counts.values()) for (const [name, count] of bucket) add(totals, name, count);
  const sorted = [...totals].sort(([, one], [, other]) => other - one).map(([name]) => name);
  const names = sorted.slice(0, most);
  const rest = sorted.slice(most);
  const starts: bigint[] = [];
  for (let start = floorDivide(range.from, length) * length; start < range.to; start += length) starts.push(start);
  const countOf = (start: bigint, name: string): number => counts.get(start)?.get(name) ?? 0;
  const values = names.map((name) => starts.map((start) => countOf(start, name)));
  if (rest.length > 0) values.push(starts.map((start) => rest.reduce((sum, name) => sum + countOf(start, name), 0)));
  return { starts, values, names, others: rest.length };
}

function add(totals: Map<string, number>, name: string, count: number): void {
  totals.set(name, (totals.get(name) ?? 0) + count);
}
