import { JSON_BYTES } from '../json/json-bytes';

const { MINUS, ZERO, NINE } = JSON_BYTES;

/** How many digits the lower part of a split timestamp has; either part is exact in a double. */
const LOW_DIGITS = 9;
const LOW_UNIT = 10n ** BigInt(LOW_DIGITS);

/** The two parts of 2^63. */
const LIMIT_HIGH = 9_223_372_036;
const LIMIT_LOW = 854_775_808;

/** Where January 1970 ends, in the high part, which is seconds. */
const JANUARY_1970_HIGH = 31 * 24 * 3600;

/** How many digits a present-day time in nanoseconds has. */
export const USUAL_DIGITS = 19;

/**
 * The least and the greatest of many int64 numbers given as digits. Each is held as two doubles of the same sign,
 * `high * 10^9 + low`, so that no BigInt is created per timestamp.
 */
export class TimestampRange {
  #minHigh = Infinity;
  #minLow = 0;
  #maxHigh = -Infinity;
  #maxLow = 0;
  #early: number | undefined;

  /**
   * The number that was added last by `add`, if as nanoseconds it lies in January 1970: where present-day times in
   * seconds, milliseconds and microseconds lie.
   */
  get early(): number | undefined {
    return this.#early;
  }

  /** Adds the integer written between two offsets; false when it is out of the range of int64. */
  add(bytes: Uint8Array, start: number, end: number): boolean {
    const negative = bytes[start] === MINUS;
    const first = negative ? start + 1 : start;
    const split = Math.max(first, end - LOW_DIGITS);
    const high = number(bytes, first, split);
    const low = number(bytes, split, end);
    if (high >= LIMIT_HIGH && (high > LIMIT_HIGH || low > LIMIT_LOW || (low === LIMIT_LOW && !negative))) return false;
    this.#early = high < JANUARY_1970_HIGH && !negative ? high * 1e9 + low : undefined;
    if (negative) this.#widen(-high, -low);
    else this.#widen(high, low);
    return true;
  }

  /** Adds the `USUAL_DIGITS` digits at an offset; false when they are not digits, or a number near the int64 limit. */
  addUsual(bytes: Uint8Array, at: number): boolean {
    const first = bytes[at]! - ZERO;
    if (first < 1 || first > 8) return false;
    const middle = nineDigits(bytes, at + 1);
    const low = nineDigits(bytes, at + 10);
    if (middle < 0 || low < 0) return false;
    this.#widen(first * 1e9 + middle, low);
    return true;
  }

  get min(): bigint {
    return BigInt(this.#minHigh) * LOW_UNIT + BigInt(this.#minLow);
  }

  get max(): bigint {
    return BigInt(this.#maxHigh) * LOW_UNIT + BigInt(this.#maxLow);
  }

  #widen(high: number, low: number): void {
    if (high < this.#minHigh || (high === this.#minHigh && low < this.#minLow)) {
      this.#minHigh = high;
      this.#minLow = low;
    }
    if (high > this.#maxHigh || (high === this.#maxHigh && low > this.#maxLow)) {
      this.#maxHigh = high;
      this.#maxLow = low;
    }
  }
}

/** Whether the bytes between two offsets are an integer as JSON writes one: without a plus sign or leading zeros. */
export function isIntegerText(bytes: Uint8Array, start: number, end: number): boolean {
  const first = start < end && bytes[start] === MINUS ? start + 1 : start;
  if (first === end || (bytes[first] === ZERO && end - first > 1)) return false;
  for (let at = first; at < end; at++) {
    if (bytes[at]! < ZERO || bytes[at]! > NINE) return false;
  }
  return true;
}

/** Whether an integer is `-0`, which the canonical text writes `0`. */
export function isMinusZero(bytes: Uint8Array, start: number, end: number): boolean {
  return end - start === 2 && bytes[start] === MINUS && bytes[start + 1] === ZERO;
}

function number(digits: Uint8Array, start: number, end: number): number {
  let value = 0;
  for (let at = start; at < end; at++) value = value * 10 + (digits[at]! - ZERO);
  return value;
}

/** The number that nine bytes write in digits, -1 when one of them is not a digit. Nine digits fit a small integer. */
function nineDigits(bytes: Uint8Array, start: number): number {
  let value = 0;
  for (let at = start; at < start + LOW_DIGITS; at++) {
    const digit = bytes[at]! - ZERO;
    if (digit < 0 || digit > 9) return -1;
    value = (value * 10 + digit) | 0;
  }
  return value;
}
