import { WriterHubError } from '../../errors';
import { LARGEST_INTEGER } from './integer-column';
import { RunningSummary, type SummedSamples } from './running-summary';
import { summarise, type Samples, type Summary } from './summary';

/** How time is divided: into buckets of one length, which begin at `origin` plus whole intervals. In nanoseconds. */
export interface TimeGrid {
  readonly interval: bigint;
  readonly origin: bigint;
  /** The most buckets that lie between the first sample and the last. */
  readonly maxBuckets: number;
}

/** A span of time, both ends included, nanoseconds. */
export interface TimeSpan {
  readonly least: bigint;
  readonly greatest: bigint;
}

/** What the samples of one series come to, bucket by bucket. */
export class BucketSums {
  /** Those that have samples, by where they begin. */
  readonly #sums = new Map<bigint, Bucket>();
  #latest: Bucket | undefined;
  #near: Distances | undefined;
  #least: bigint | undefined;
  #greatest: bigint | undefined;
  readonly #grid: TimeGrid;
  readonly #span: TimeSpan;

  constructor(grid: TimeGrid, span: TimeSpan) {
    this.#grid = grid;
    this.#span = span;
  }

  /** Where the first bucket begins, and the last; of more than may be there, too. */
  get extent(): TimeSpan | undefined {
    if (this.#least === undefined || this.#greatest === undefined) return undefined;
    return { least: this.#least, greatest: this.#greatest };
  }

  /** The buckets that have samples, by where they begin, in order of time. */
  get buckets(): [start: bigint, sum: Summary][] {
    const found = Array.from(this.#sums.values(), ({ start, sums }): [bigint, Summary] => [start, sums.summary]);
    return found.sort(([a], [b]) => (a < b ? -1 : 1));
  }

  /** Adds samples that are summed up already; false: they are not all of one bucket, and were not added. */
  addSummed(samples: SummedSamples): boolean {
    const { base } = samples;
    let near = this.#near;
    let apart = near === undefined ? FAR : distance(near.base, base);
    const at = samples.firstAt + apart;
    if (near?.bucket !== this.#latest || near === undefined || at < near.start || at >= near.end || isFar(apart)) {
      near = this.#near = this.#distances(base, this.#bucketOf(base + BigInt(samples.firstAt)));
      apart = 0;
    }
    const [firstAt, lastAt] = [samples.firstAt + apart, samples.lastAt + apart];
    if (firstAt < near.least || lastAt > near.greatest || lastAt >= near.end) return false;
    const sums = this.#sumsOf(near.bucket);
    if (sums !== undefined) samples.addTo(sums);
    return true;
  }

  /** Adds those of some samples that lie in the span. */
  addSamples(samples: Samples): void {
    const { least, greatest } = this.#span;
    const end = firstFrom(samples, greatest + 1n);
    for (let from = firstFrom(samples, least); from < end;) {
      const bucket = this.#bucketOf(samples.base + BigInt(samples.at[from]!));
      const next = Math.min(end, firstFrom(samples, bucket.end));
      this.#sumsOf(bucket)?.add(summarise(samples, from, next));
      from = next;
    }
  }

  #distances(base: bigint, bucket: Bucket): Distances {
    const from = (time: bigint): number => distance(base, time);
    const { least, greatest } = this.#span;
    const [start, end] = [from(bucket.start), from(bucket.end)];
    return { base, bucket, least: from(least), greatest: from(greatest), start, end };
  }

  /** The bucket that a time lies in: most times are in the one of the time before. */
  #bucketOf(timestamp: bigint): Bucket {
    const latest = this.#latest;
    if (latest !== undefined && timestamp >= latest.start && timestamp < latest.end) return latest;
    const start = startOf(timestamp, this.#grid);
    this.#latest = this.#sums.get(start) ?? {
      ...{ start, end: start + this.#grid.interval },
      ...{ sums: new RunningSummary(), isKept: false },
    };
    return this.#latest;
  }

  /** `undefined`: there are more buckets than there may be, of which nothing but the extent is needed. */
  #sumsOf(bucket: Bucket): RunningSummary | undefined {
    const { start } = bucket;
    if (bucket.isKept) return bucket.sums;
    if (this.#least === undefined || start < this.#least) this.#least = start;
    if (this.#greatest === undefined || start > this.#greatest) this.#greatest = start;
    if (this.#sums.size === this.#grid.maxBuckets) return undefined;
    bucket.isKept = true;
    this.#sums.set(start, bucket);
    return bucket.sums;
  }
}

/** How far the span and a bucket lie from a time, nanoseconds, or `FAR` where they are farther than any sample. */
interface Distances extends Record<'least' | 'greatest' | 'start' | 'end', number> {
  readonly base: bigint;
  readonly bucket: Bucket;
}

const FAR = 2 ** 53;

/** How far one time lies behind another, exactly, or `FAR`, nanoseconds. */
function distance(from: bigint, to: bigint): number {
  return Math.max(-FAR, Math.min(FAR, Number(to - from)));
}

/** Whether samples, which lie near to the first of their block, may be farther than what is exact. */
function isFar(apart: number): boolean {
  return Math.abs(apart) > LARGEST_INTEGER;
}

/** A part of the time. */
interface Bucket {
  readonly start: bigint;
  readonly end: bigint;
  readonly sums: RunningSummary;
  /** Whether it has samples. */
  isKept: boolean;
}

/** The span of time of several; `undefined`: there is none. */
export function extentOf(extents: Iterable<TimeSpan | undefined>): TimeSpan | undefined {
  let all: TimeSpan | undefined;
  for (const extent of extents) {
    if (extent === undefined) continue;
    const { least, greatest } = all ?? extent;
    all = {
      least: extent.least < least ? extent.least : least,
      greatest: extent.greatest > greatest ? extent.greatest : greatest,
    };
  }
  return all;
}

/** Throws `invalid_query` when a span of time has more buckets than are allowed. */
export function checkBuckets({ least, greatest }: TimeSpan, grid: TimeGrid): void {
  const { interval, maxBuckets } = grid;
  const count = (startOf(greatest, grid) - startOf(least, grid)) / interval + 1n;
  if (count <= BigInt(maxBuckets)) return;
  // Wherever buckets begin, a time that is n intervals long at the most lies in n + 1 of them.
  const most = BigInt(Math.max(1, maxBuckets - 1));
  const atLeast = (greatest - least + most - 1n) / most;
  throw new WriterHubError(
    'invalid_query',
    `there are ${count} buckets between the first sample and the last, ${maxBuckets} at the most for so many parameters: take an interval of ${atLeast} nanoseconds or more, or a shorter time`,
  );
}

/** Where the bucket of a time begins; times before the origin are in buckets before it. */
function startOf(timestamp: bigint, { interval, origin }: TimeGrid): bigint {
  const rest = (timestamp - origin) % interval;
  return timestamp - (rest < 0n ? rest + interval : rest);
}

/** The index of the first sample at a time or later. */
export function firstFrom({ base, at }: Pick<Samples, 'base' | 'at'>, timestamp: bigint): number {
  const distance = timestamp - base;
  if (distance <= 0n) return 0;
  // Distances of samples are exact in doubles; this one is where it is less than all of them.
  const wanted = Number(distance);
  let [low, high] = [0, at.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (at[middle]! < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}
