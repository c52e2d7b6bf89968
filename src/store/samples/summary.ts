import { compareNumbers, isShort, SHORT } from '../../json/decimal-text';
import { ByteReader } from './byte-reader';
import type { ByteWriter } from './byte-writer';
import { LARGEST_INTEGER } from './integer-column';

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

/** Where samples came from: the offsets of their packages, and the indexes of their timestamps in them. */
export interface SampleOrigins {
  readonly offsets: ArrayLike<number>;
  readonly indexes: ArrayLike<number>;
}

/** Samples of one series in order of time; those of equal times in the order in which they came. */
export interface Samples {
  readonly base: bigint;
  /** Nanoseconds after `base`. */
  readonly at: Float64Array;
  readonly origins: SampleOrigins;
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
  const apart = a.base === b.base ? 0 : Number(a.base - b.base);
  // Where the bases are no farther apart than samples are from theirs, doubles are exact.
  if (Math.abs(apart) > LARGEST_INTEGER) {
    const difference = a.base + BigInt(a.at) - (b.base + BigInt(b.at));
    if (difference !== 0n) return difference < 0n ? -1 : 1;
  } else if (apart + a.at !== b.at) {
    return apart + a.at - b.at;
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

/** Goes on behind a summary as `writeSummary` has written it. */
export function skipSummary(reader: ByteReader): void {
  reader.natural();
  for (let points = 2; points > 0; points--) skipTimedPoint(reader);
  if (reader.byte() === 0) return;
  reader.skip(8);
  for (let points = 2; points > 0; points--) skipTimedPoint(reader);
}

function skipTimedPoint(reader: ByteReader): void {
  reader.natural();
  skipPoint(reader);
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

const NO_BYTES = Buffer.alloc(0);

/** A sample as a summary has it; another one after each `read`. */
export class WrittenPoint implements SamplePoint {
  base = 0n;
  at = 0;
  offset = 0;
  index = 0;
  value = 0;
  #bytes: Buffer = NO_BYTES;
  /** Where its text is in those; -1: it has none. */
  #textAt = -1;

  /** Reads one as `writeSummary` has written it, behind `at`. Its text is read when it is asked for. */
  read(reader: ByteReader, base: bigint, at: number, leastOffset: number): void {
    this.base = base;
    this.at = at;
    this.offset = leastOffset + reader.natural();
    this.index = reader.natural();
    this.value = reader.float64();
    this.#textAt = -1;
    if (reader.byte() === 0) return;
    this.#bytes = reader.source;
    this.#textAt = reader.position;
    reader.skip(reader.natural());
  }

  get text(): string | undefined {
    return this.#textAt < 0 ? undefined : new ByteReader(this.#bytes, this.#textAt).text();
  }

  /** The same as `isShort` of its text, which need not be made for it. */
  get isShort(): boolean {
    const length = this.#bytes[this.#textAt] ?? SHORT + 1;
    if (length > SHORT) return false;
    for (let i = 1; i <= length; i++) if ((this.#bytes[this.#textAt + i]! | LOWER_CASE) === LETTER_E) return false;
    return true;
  }
}

const LETTER_E = 0x65;
const LOWER_CASE = 0x20;

/** Goes on behind a point as `writeSummary` has written it, of which the time was read. */
export function skipPoint(reader: ByteReader): void {
  reader.natural();
  reader.natural();
  reader.skip(8);
  if (reader.byte() === 1) reader.skip(reader.natural());
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
    return this.#samples.origins.offsets[this.#index]!;
  }

  get index(): number {
    return this.#samples.origins.indexes[this.#index]!;
  }

  get text(): string | undefined {
    const text = this.#samples.text(this.#index);
    return this.#samples.values === undefined && text.length > LONGEST_TEXT ? undefined : text;
  }

  /** The same without the others. */
  get alone(): SamplePoint {
    return new PointAlone(this, this.#samples.origins, this.#index);
  }
}

/** A sample that was among others, of which it holds nothing but what says where they came from. */
class PointAlone implements SamplePoint {
  readonly base: bigint;
  readonly at: number;
  readonly value: number;
  readonly text: string | undefined;
  readonly #origins: SampleOrigins;
  readonly #index: number;

  constructor({ base, at, value, text }: Omit<SamplePoint, 'offset' | 'index'>, origins: SampleOrigins, index: number) {
    this.base = base;
    this.at = at;
    this.value = value;
    this.text = text;
    this.#origins = origins;
    this.#index = index;
  }

  get offset(): number {
    return this.#origins.offsets[this.#index]!;
  }

  get index(): number {
    return this.#origins.indexes[this.#index]!;
  }
}

/** A sample as it is kept for long: what it was among need not be. */
export function alone(point: SamplePoint): SamplePoint {
  return point instanceof PointAmong ? point.alone : point;
}

/** Whether the number at one index is less than that at another, where both are the same double. */
function isLess(samples: Samples, index: number, other: number): boolean {
  return !samples.isExact && compareNumbers(samples.text(index), samples.text(other)) < 0;
}

/** Whether a number is beyond another in this direction, or equal and earlier. */
export function isOutside(point: SamplePoint, other: SamplePoint, direction: -1 | 1): boolean {
  const order = point.value === other.value ? compareTexts(point, other) : point.value - other.value;
  return order === 0 ? comparePlaces(point, other) < 0 : Math.sign(order) === direction;
}

/** Compares numbers that are the same double. */
function compareTexts(a: SamplePoint, b: SamplePoint): number {
  return hasShortText(a) && hasShortText(b) ? 0 : compareNumbers(a.text!, b.text!);
}

function hasShortText(point: SamplePoint): boolean {
  return point instanceof WrittenPoint ? point.isShort : isShort(point.text!);
}
