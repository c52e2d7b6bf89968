import type { ByteReader } from './byte-reader';
import { alone, comparePlaces, isOutside, skipPoint, WrittenPoint, type SamplePoint, type Summary } from './summary';

/** What stands out of the samples that were added so far. */
const FIRST = 0;
const LAST = 1;
const MIN = 2;
const MAX = 3;

type Outstanding = typeof FIRST | typeof LAST | typeof MIN | typeof MAX;

/** Samples of one series that are summed up already. */
export interface SummedSamples {
  /** Nanoseconds since the Unix epoch. */
  readonly base: bigint;
  /** Times of the first and the last, nanoseconds after `base`. */
  readonly firstAt: number;
  readonly lastAt: number;
  /** Adds what they come to. */
  addTo(sums: RunningSummary): void;
}

/** Sums up samples, some at a time; of those that are written nothing is made but what stands out of all. */
export class RunningSummary {
  #count = 0;
  #sum: number | undefined;
  /** The next point is read into it: one stands out with every block, for which none is made anew. */
  #spare: WrittenPoint | undefined;
  readonly #points: (SamplePoint | undefined)[] = [undefined, undefined, undefined, undefined];

  /** All that was added, until more is; something must have been. */
  get summary(): Summary {
    const [first, last, min, max] = this.#points;
    const numbers =
      this.#sum === undefined || min === undefined || max === undefined ? undefined : { sum: this.#sum, min, max };
    return { count: this.#count, first: first!, last: last!, numbers };
  }

  add({ count, first, last, numbers }: Summary): void {
    this.#count += count;
    this.#keep(FIRST, first);
    this.#keep(LAST, last);
    if (numbers === undefined) return;
    this.#sum = (this.#sum ?? 0) + numbers.sum;
    this.#keep(MIN, numbers.min);
    this.#keep(MAX, numbers.max);
  }

  /** Adds a summary as `writeSummary` has written it. */
  addWritten(reader: ByteReader, base: bigint, leastOffset: number): void {
    this.#count += reader.natural();
    this.#read(FIRST, reader, base, leastOffset);
    this.#read(LAST, reader, base, leastOffset);
    if (reader.byte() === 0) return;
    this.#sum = (this.#sum ?? 0) + reader.float64();
    this.#read(MIN, reader, base, leastOffset);
    this.#read(MAX, reader, base, leastOffset);
  }

  #keep(which: Outstanding, point: SamplePoint): void {
    const known = this.#points[which];
    if (known === undefined || standsOut(which, point, known)) this.#points[which] = alone(point);
  }

  /** Reads a point into the spare one, which is kept when it stands out. */
  #read(which: Outstanding, reader: ByteReader, base: bigint, leastOffset: number): void {
    const known = this.#points[which];
    const at = reader.natural();
    if (known !== undefined && isPlainlyWithin(which, base, at, known)) {
      skipPoint(reader);
      return;
    }
    const read = (this.#spare ??= new WrittenPoint());
    read.read(reader, base, at, leastOffset);
    if (known !== undefined && !standsOut(which, read, known)) return;
    this.#points[which] = read;
    this.#spare = known instanceof WrittenPoint ? known : undefined;
  }
}

/** Whether its time alone says that a sample does not stand out. */
function isPlainlyWithin(which: Outstanding, base: bigint, at: number, known: SamplePoint): boolean {
  // The base of a block is the time of its first sample.
  if (which === FIRST) return known.base === base ? known.at < at : known.at === 0 && known.base < base;
  return which === LAST && known.base === base && known.at > at;
}

function standsOut(which: Outstanding, point: SamplePoint, known: SamplePoint): boolean {
  if (which === FIRST) return comparePlaces(point, known) < 0;
  if (which === LAST) return comparePlaces(point, known) > 0;
  return isOutside(point, known, which === MIN ? -1 : 1);
}
