import { compareNumbers } from '../../json/decimal-text';
import type { ByteWriter } from './byte-writer';

/** Where a sample is among others of its series: its time, and with equal times the order of arrival. */
export interface SamplePlace {
  /** Nanoseconds since the Unix epoch to which `at` is added. */
  readonly base: bigint;
  /** Nanoseconds, a whole number. */
  readonly at: number;
  /** Of its package. */
  readonly offset: number;
  /** Of its timestamp in the package. */
  readonly index: number;
}

/** A sample that stands out. */
export interface SamplePoint extends SamplePlace {
  /** `undefined`: it is long, and has to be looked up. */
  readonly text: string | undefined;
  readonly value: number;
}

/** Longer texts are not kept in summaries, unless they are numbers. */
const LONGEST_TEXT = 64;

/** What some samples of a series come to. */
export interface Summary {
  readonly count: number;
  readonly first: SamplePoint;
  readonly last: SamplePoint;
  /** Of numbers alone. */
  readonly numbers: NumberSummary | undefined;
}

export interface NumberSummary {
  readonly sum: number;
  /** The earliest of equal ones. */
  readonly min: SamplePoint;
  readonly max: SamplePoint;
}

/** Samples of one series in order of time; those of equal times in the order in which they came. */
export interface Samples {
  readonly base: bigint;
  /** Nanoseconds after `base`. */
  readonly at: Float64Array;
  readonly offsets: ArrayLike<number>;
  readonly indexes: ArrayLike<number>;
  /** Of numbers alone. */
  readonly values: Float64Array | undefined;
  /** Whether numbers of equal values are equal, whatever their texts. */
  readonly isExact: boolean;
  readonly text: (index: number) => string;
}

/** Sums up the samples `start <= index < end`, of which there is one at least. */
export function summarise(samples: Samples, start: number, end: number): Summary {
  const { values } = samples;
  const count = end - start;
  const [first, last] = [new PointAmong(samples, start), new PointAmong(samples, end - 1)];
  if (values === undefined) return { count, first, last, numbers: undefined };
  let [min, max, sum, rest] = [start, start, 0, 0];
  for (let i = start; i < end; i++) {
    const value = values[i]!;
    // What the sum loses of the smaller of its two terms is added at the end (Neumaier, 1974).
    const next = sum + value;
    rest += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum;
    sum = next;
    if (value < values[min]! || (value === values[min] && isLess(samples, i, min))) min = i;
    if (value > values[max]! || (value === values[max] && isLess(samples, max, i))) max = i;
  }
  const numbers = {
    sum: Number.isFinite(sum) ? sum + rest : sum,
    min: new PointAmong(samples, min),
    max: new PointAmong(samples, max),
  };
  return { count, first, last, numbers };
}

export function comparePlaces(a: SamplePlace, b: SamplePlace): number {
  if (a.base === b.base) {
    if (a.at !== b.at) return a.at - b.at;
  } else {
    const difference = a.base + BigInt(a.at) - (b.base + BigInt(b.at));
    if (difference !== 0n) return difference < 0n ? -1 : 1;
  }
  return a.offset - b.offset || a.index - b.index;
}

export function timestampOf({ base, at }: SamplePlace): bigint {
  return base + BigInt(at);
}

/** Writes a summary of samples with a common base; offsets are taken from the least one. */
export function writeSummary(writer: ByteWriter, { count, first, last, numbers }: Summary, leastOffset: number): void {
  writer.natural(count);
  writePoint(writer, first, leastOffset);
  writePoint(writer, last, leastOffset);
  writer.byte(Number(numbers !== undefined));
  if (numbers === undefined) return;
  writer.float64(numbers.sum);
  writePoint(writer, numbers.min, leastOffset);
  writePoint(writer, numbers.max, leastOffset);
}

/** Texts are read when they are needed, so that numbers are written besides. */
function writePoint(writer: ByteWriter, { at, offset, index, text, value }: SamplePoint, leastOffset: number): void {
  writer.natural(at);
  writer.natural(offset - leastOffset);
  writer.natural(index);
  writer.float64(value);
  writer.byte(Number(text !== undefined));
  if (text !== undefined) writer.text(text);
}

/** A sample as a summary has it. */
export class WrittenPoint implements SamplePoint {
  readonly base: bigint;
  readonly at: number;
  readonly offset: number;
  readonly index: number;
  readonly value: number;
  readonly #text: Buffer | undefined;

  constructor({ base, at, offset, index }: SamplePlace, value: number, text: Buffer | undefined) {
    this.base = base;
    this.at = at;
    this.offset = offset;
    this.index = index;
    this.value = value;
    this.#text = text;
  }

  get text(): string | undefined {
    return this.#text?.toString();
  }
}

/** A sample among others, of which is read what is asked for. */
class PointAmong implements SamplePoint {
  readonly base: bigint;
  readonly at: number;
  readonly value: number;
  readonly #samples: Samples;
  readonly #index: number;

  constructor(samples: Samples, index: number) {
    this.base = samples.base;
    this.at = samples.at[index]!;
    this.value = samples.values?.[index] ?? NaN;
    this.#samples = samples;
    this.#index = index;
  }

  get offset(): number {
    return this.#samples.offsets[this.#index]!;
  }

  get index(): number {
    return this.#samples.indexes[this.#index]!;
  }

  get text(): string | undefined {
    const text = this.#samples.text(this.#index);
    return this.#samples.values === undefined && text.length > LONGEST_TEXT ? undefined : text;
  }
}

/** Whether the number at one index is less than that at another, where both are the same double. */
function isLess(samples: Samples, index: number, other: number): boolean {
  return !samples.isExact && compareNumbers(samples.text(index), samples.text(other)) < 0;
}

/** Whether a number is beyond another in this direction, or equal and earlier. */
export function isOutside(point: SamplePoint, other: SamplePoint, direction: -1 | 1): boolean {
  const order = point.value === other.value ? compareNumbers(point.text!, other.text!) : point.value - other.value;
  return order === 0 ? comparePlaces(point, other) < 0 : Math.sign(order) === direction;
}
