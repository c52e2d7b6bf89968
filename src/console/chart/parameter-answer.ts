import type { Bucket } from './bucket-series';
import type { TimeRange } from './interval';

type Digits = { toString(): string };

/** What `GET …/parameters/data?interval=…` answers of one parameter of numbers. */
interface Aggregates {
  readonly count?: readonly (number | null)[];
  readonly min?: readonly (Digits | null)[];
  readonly max?: readonly (Digits | null)[];
  readonly mean?: readonly (number | null)[];
  readonly firstTimestamps?: readonly (Digits | null)[];
  readonly lastTimestamps?: readonly (Digits | null)[];
}

export interface AggregateAnswer {
  readonly timestamps: readonly Digits[];
  readonly numericValues: Readonly<Record<string, Aggregates>>;
  readonly stringValues: Readonly<Record<string, Aggregates>>;
  readonly binaryValues: Readonly<Record<string, Aggregates>>;
}

/** Buckets of one parameter; those without samples are left out. */
export function bucketsOf({ timestamps, numericValues }: AggregateAnswer, parameter: string): Bucket[] {
  const values = Object.hasOwn(numericValues, parameter) ? numericValues[parameter] : undefined;
  if (values === undefined) return [];
  const { count = [], min = [], max = [], mean = [] } = values;
  return timestamps.flatMap((start, index) => {
    const [least, greatest] = [min[index] ?? null, max[index] ?? null];
    if (least === null || greatest === null) return [];
    return {
      start: BigInt(start.toString()),
      count: count[index] ?? 0,
      min: Number(least.toString()),
      max: Number(greatest.toString()),
      ...(isRounded(least) && { minText: least.toString() }),
      ...(isRounded(greatest) && { maxText: greatest.toString() }),
      mean: mean[index] ?? null,
    };
  });
}

/** Numbers that a double holds are read as such, and others as their digits. */
function isRounded(value: Digits): boolean {
  return typeof value !== 'number';
}

/** From the first sample to behind the last one, of whatever kind; undefined: there is none. */
export function rangeOfSamples(answer: AggregateAnswer, parameter: string): TimeRange | undefined {
  const kinds = [answer.numericValues, answer.stringValues, answer.binaryValues];
  const all = kinds
    .flatMap((kind) => (Object.hasOwn(kind, parameter) ? [kind[parameter]!] : []))
    .flatMap(({ firstTimestamps = [], lastTimestamps = [] }) => [...firstTimestamps, ...lastTimestamps])
    .filter((at) => at !== null)
    .map((at) => BigInt(at.toString()));
  const [first] = all;
  if (first === undefined) return undefined;
  const least = all.reduce((one, other) => (one < other ? one : other), first);
  const greatest = all.reduce((one, other) => (one > other ? one : other), first);
  return { from: least, to: greatest + 1n };
}

/** A package as `ReadParameters` gives it, with times as texts. */
export interface SentPackage {
  readonly epoch: Digits;
  readonly timestamps: readonly Digits[];
  readonly numericValues: Readonly<Record<string, readonly (number | null)[]>>;
}

/** The samples of one parameter in a package. */
export function samplesOf(
  { epoch, timestamps, numericValues }: SentPackage,
  parameter: string,
): readonly (readonly [timestamp: bigint, value: number])[] {
  const column = Object.hasOwn(numericValues, parameter) ? numericValues[parameter]! : [];
  const start = BigInt(epoch.toString());
  return column.flatMap((value, index) => {
    const timestamp = timestamps[index];
    return value === null || timestamp === undefined ? [] : [[start + BigInt(timestamp.toString()), value] as const];
  });
}
