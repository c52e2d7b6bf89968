import {
  COLUMN_MEMBERS,
  VALUE_KINDS,
  type ColumnKind,
  type SampleBucket,
  type SampleBuckets,
  type SampleColumn,
  type SamplePage,
  type TimedValue,
  type ValueKind,
} from '../store/contract/parameter-store';

/** What samples are summed up to. */
export const AGGREGATES = ['count', 'min', 'max', 'mean', 'sum', 'first', 'last'] as const;

export type Aggregate = (typeof AGGREGATES)[number];

/** Those that are values of samples, which have times of their own. */
const TIMED: ReadonlySet<Aggregate> = new Set(['min', 'max', 'first', 'last']);

/** Those that only numbers have. */
const NUMERIC: ReadonlySet<Aggregate> = new Set(['min', 'max', 'mean', 'sum']);

/** A page of samples as JSON text in the form of a package, with `next`; timestamps are given from `epoch` on. */
export function* renderSamples(page: SamplePage, epoch: bigint): Iterable<string> {
  const { timestamps, values, tags, after, more } = page;
  yield `{"epoch":${epoch},"timestamps":[${timestamps.map((timestamp) => timestamp - epoch).join(',')}]`;
  for (const kind of VALUE_KINDS) yield* member(COLUMN_MEMBERS[kind], columnsOf(values[kind], kind));
  yield* member(COLUMN_MEMBERS.tags, columnsOf(tags, 'tags'));
  yield `,"next":${more ? JSON.stringify(after) : 'null'}}`;
}

/** What the buckets of an answer are. */
export interface BucketForm {
  readonly interval: bigint;
  readonly aggregates: readonly Aggregate[];
  /** Whether there are buckets without samples between the first and the last. */
  readonly filled: boolean;
}

/** Buckets as JSON text: their starts, and for each parameter a column of each aggregate. */
export function* renderBuckets(all: SampleBuckets, { interval, aggregates, filled }: BucketForm): Iterable<string> {
  const starts = startsOf(all, filled ? interval : undefined);
  yield `{"interval":${interval},"timestamps":[${starts.join(',')}]`;
  for (const kind of VALUE_KINDS) {
    const wanted = aggregates.filter((aggregate) => kind === 'numeric' || !NUMERIC.has(aggregate));
    yield `,"${COLUMN_MEMBERS[kind]}":{`;
    yield* sumsOf(all[kind], { kind, starts, aggregates: wanted });
    yield '}';
  }
  yield '}';
}

function* member(name: string, members: Iterable<string>): Iterable<string> {
  yield `,"${name}":{`;
  let between = '';
  for (const text of members) {
    yield between + text;
    between = ',';
  }
  yield '}';
}

function* columnsOf(columns: ReadonlyMap<string, SampleColumn>, kind: ColumnKind): Iterable<string> {
  for (const [id, column] of columns) {
    yield `${JSON.stringify(id)}:[${column.map((text) => textOf(text, kind)).join(',')}]`;
  }
}

/** Digits of numbers are written as they are. */
function textOf(text: string | null, kind: ColumnKind): string {
  if (text === null) return 'null';
  return kind === 'numeric' ? text : JSON.stringify(text);
}

/** The columns of each parameter, one by one: each takes as long as there are buckets. */
function* sumsOf(
  columns: ReadonlyMap<string, readonly SampleBucket[]>,
  { kind, starts, aggregates }: { kind: ValueKind; starts: readonly bigint[]; aggregates: readonly Aggregate[] },
): Iterable<string> {
  let between = '';
  for (const [id, buckets] of columns) {
    const found = new Map(buckets.map((bucket) => [bucket.start, bucket]));
    const column = (of: (bucket: SampleBucket) => string): string =>
      `[${starts.map((start) => (found.has(start) ? of(found.get(start)!) : 'null')).join(',')}]`;
    yield `${between}${JSON.stringify(id)}:{`;
    between = '';
    for (const aggregate of aggregates) {
      if (TIMED.has(aggregate)) {
        const timed = (bucket: SampleBucket): TimedValue => bucket[aggregate as 'first'];
        yield `${between}"${aggregate}":${column((bucket) => textOf(timed(bucket).text, kind))}`;
        yield `,"${aggregate}Timestamps":${column((bucket) => String(timed(bucket).timestamp))}`;
      } else yield `${between}"${aggregate}":${column((bucket) => numberOf(bucket, aggregate))}`;
      between = ',';
    }
    yield '}';
    between = ',';
  }
}

function numberOf({ count, sum = 0 }: SampleBucket, aggregate: Aggregate): string {
  if (aggregate === 'count') return String(count);
  const number = aggregate === 'mean' ? sum / count : sum;
  // Numbers whose sum is beyond what a double holds.
  return Number.isFinite(number) ? String(number) : 'null';
}

/** Where the buckets of all parameters begin, in order; with an interval, those between as well. */
function startsOf(all: SampleBuckets, interval: bigint | undefined): bigint[] {
  const found = new Set<bigint>();
  for (const kind of VALUE_KINDS)
    for (const buckets of all[kind].values()) for (const { start } of buckets) found.add(start);
  const starts = [...found].sort((a, b) => (a < b ? -1 : 1));
  if (interval === undefined || starts.length === 0) return starts;
  const filled: bigint[] = [];
  for (let start = starts[0]!; start <= starts.at(-1)!; start += interval) filled.push(start);
  return filled;
}
