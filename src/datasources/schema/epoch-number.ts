import { JSON_BYTES } from '../../json/json-bytes';
import { TextWriter } from '../../json/text-writer';
import { TimeText } from './time-text';

const { MINUS, DOT, ZERO, NINE } = JSON_BYTES;

/** The end of the range of ClickHouse's `DateTime`, in 2106: up to it, and as far below 0, numbers are seconds. */
const GREATEST_SECONDS = 4_294_967_295;

/** The digits of `GREATEST_SECONDS`, and of the least number of seconds that counts as ticks when written in ticks. */
const SECONDS_DIGITS = 10;

/** A time in 9999 has this many digits in nanoseconds. */
const MOST_DIGITS = 21;

/** The most digits of a fraction of a second. */
const FINEST = 9;

const UNITS: Readonly<Record<number, string>> = {
  0: 'seconds',
  3: 'milliseconds',
  6: 'microseconds',
  9: 'nanoseconds',
};

const OUT_OF_RANGE = 'it is not a time from 0001 to 9999';

/**
 * Reads numbers as times. Up to 4294967295 a number is seconds since the Unix epoch, with or without a fraction. A
 * whole number of at least 10^9 seconds, written in the units of a column's precision, is that: `DateTime64(3)` takes
 * milliseconds from 10^12 on. What is between could be either and is no time. Negative numbers mean the same before the
 * epoch.
 */
export class EpochNumber {
  /** Why the last number is no time. */
  refusal = '';
  readonly #time: TimeText;
  /** Digits of the fraction of a second before the epoch, counted from the second before it. */
  readonly #complement = Buffer.alloc(FINEST);

  /** `time` is set to what is read. */
  constructor(time: TimeText) {
    this.#time = time;
  }

  /** Reads the number between two offsets for a column of this precision; false when it is no time there. */
  read(bytes: Buffer, start: number, end: number, precision: number): boolean {
    const isNegative = bytes[start] === MINUS;
    const first = isNegative ? start + 1 : start;
    const point = endOfDigits(bytes, first, end);
    const last = point < end ? withoutZeros(bytes, point, end) : end;
    if (last < 0) return this.#refuse('write it without an exponent, or as a text such as "2024-01-23 10:30:00"');
    const digits = point - first;
    if (digits > MOST_DIGITS) return this.#refuse(OUT_OF_RANGE);
    const whole = valueOf(bytes, first, point);
    if (whole <= GREATEST_SECONDS) return this.#set(bytes, { isNegative, seconds: whole, from: point + 1, to: last });
    if (precision === 0 || digits < SECONDS_DIGITS + precision) {
      return this.#refuse(this.#readings(bytes, { isNegative, first, point }, precision));
    }
    if (last > point) return this.#refuse(`it has a fraction, and is counted in ${unitOf(precision)} already`);
    const seconds = valueOf(bytes, first, point - precision);
    return this.#set(bytes, { isNegative, seconds, from: point - precision, to: point });
  }

  /** Sets the time to seconds and the digits of a fraction behind `from`. */
  #set(bytes: Buffer, { isNegative, seconds, from, to }: Parts): boolean {
    this.#time.setFraction(bytes, Math.min(from, to), to);
    if (!isNegative || this.#time.fractionDigits === 0) return this.#setSeconds(isNegative ? -seconds : seconds);
    const digits = this.#time.fractionDigits;
    if (digits > FINEST) return this.#refuse(`no column keeps more than ${FINEST} digits of a second`);
    const rest = 10 ** digits - valueOf(bytes, from, from + digits);
    this.#complement.write(String(rest).padStart(digits, '0'), 'latin1');
    this.#time.setFraction(this.#complement, 0, digits);
    return this.#setSeconds(-seconds - 1);
  }

  #setSeconds(seconds: number): boolean {
    return this.#time.setSeconds(seconds) || this.#refuse(OUT_OF_RANGE);
  }

  /** Says what a number may mean that is too large for seconds and too small for the units of the column. */
  #readings(bytes: Buffer, { isNegative, first, point }: Digits, precision: number): string {
    const seconds = this.#reading(
      bytes,
      { isNegative, seconds: valueOf(bytes, first, point), from: point, to: point },
      0,
    );
    // Who sends such a number to a column of seconds means milliseconds.
    const finer = precision === 0 ? 3 : precision;
    const cut = Math.max(first, point - finer);
    const padded = Buffer.from(bytes.toString('latin1', cut, point).padStart(finer, '0'));
    const ticks = { isNegative, seconds: valueOf(bytes, first, cut), from: 0, to: finer };
    const other = this.#reading(padded, ticks, finer);
    return `it could be ${seconds} in seconds since 1970 or ${other} in ${unitOf(finer)}; write the time as a text`;
  }

  #reading(bytes: Buffer, parts: Parts, precision: number): string {
    if (!this.#set(bytes, parts)) return parts.isNegative ? 'a time before 0001' : 'a time after 9999';
    const out = new TextWriter(40);
    this.#time.writeTime(out, precision);
    return out.written().toString('latin1').slice(1, -1);
  }

  #refuse(refusal: string): false {
    this.refusal = refusal;
    return false;
  }
}

/** A sign and where the digits of a whole number are. */
interface Digits {
  readonly isNegative: boolean;
  readonly first: number;
  readonly point: number;
}

/** A sign, whole seconds, and where the digits of a fraction of one are. */
interface Parts {
  readonly isNegative: boolean;
  readonly seconds: number;
  readonly from: number;
  readonly to: number;
}

function unitOf(precision: number): string {
  return UNITS[precision] ?? `units of 10^-${precision} s`;
}

function endOfDigits(bytes: Buffer, start: number, end: number): number {
  let at = start;
  while (at < end && bytes[at]! >= ZERO && bytes[at]! <= NINE) at++;
  return at;
}

/** The end of a number without zeros, or a point, at the end of its fraction; negative: it has an exponent. */
function withoutZeros(bytes: Buffer, point: number, end: number): number {
  if (bytes[point] !== DOT || endOfDigits(bytes, point + 1, end) < end) return -1;
  let last = end;
  while (bytes[last - 1] === ZERO) last--;
  return last === point + 1 ? point : last;
}

function valueOf(bytes: Buffer, start: number, end: number): number {
  let value = 0;
  for (let at = start; at < end; at++) value = value * 10 + bytes[at]! - ZERO;
  return value;
}
