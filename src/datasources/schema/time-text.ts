import { JSON_BYTES } from '../../json/json-bytes';
import type { TextWriter } from '../../json/text-writer';

const { SPACE, PLUS, MINUS, DOT, ZERO, NINE, COLON, QUOTE, UPPER_T, UPPER_Z } = JSON_BYTES;

/** The lengths of `YYYY-MM-DD` and `YYYY-MM-DD HH:MM:SS` in bytes. */
const DAY_LENGTH = 10;
const SECOND_LENGTH = 19;

const SECONDS_A_DAY = 86_400;
/** The first and the last second of the years 1 to 9999, since the Unix epoch. */
const LEAST_SECOND = -62_135_596_800;
const GREATEST_SECOND = 253_402_300_799;

const DAYS_IN_MONTH = [0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Reads dates and times from bytes and writes them as they are stored: in UTC, as text that sorts in order of time. */
export class TimeText {
  #year = 0;
  #month = 0;
  #day = 0;
  #second = 0;
  #fraction: Buffer | undefined;
  #fractionStart = 0;
  #fractionEnd = 0;

  /** Reads `YYYY-MM-DD`; false when that is not a day. */
  readDate(bytes: Buffer, start: number, end: number): boolean {
    return end - start === 10 && this.#readDay(bytes, start);
  }

  /**
   * Reads a day, or a day and a time of day with `T` or a space between, optionally with a fraction of a second and
   * with `Z` or an offset from UTC; false when it is neither.
   */
  readTime(bytes: Buffer, start: number, end: number): boolean {
    this.#fractionStart = 0;
    this.#fractionEnd = 0;
    this.#second = 0;
    if (!this.#readDay(bytes, start)) return false;
    if (end - start === 10) return true;
    const separator = bytes[start + 10];
    if (end - start < 19 || (separator !== SPACE && (separator! & ~0x20) !== UPPER_T)) return false;
    const hour = twoDigits(bytes, start + 11);
    const minute = twoDigits(bytes, start + 14);
    const second = twoDigits(bytes, start + 17);
    if (bytes[start + 13] !== COLON || bytes[start + 16] !== COLON) return false;
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) return false;
    this.#second = hour * 3600 + minute * 60 + second;
    return end - start === 19 || this.#readZone(bytes, this.#readFraction(bytes, start + 19, end), end);
  }

  /** Sets the time to seconds since the Unix epoch; false when they are outside the years 1 to 9999. */
  setSeconds(seconds: number): boolean {
    if (!(seconds >= LEAST_SECOND && seconds <= GREATEST_SECOND)) return false;
    const days = Math.floor(seconds / SECONDS_A_DAY);
    this.#second = seconds - days * SECONDS_A_DAY;
    // JavaScript uses the proleptic Gregorian calendar as well.
    const date = new Date(days * SECONDS_A_DAY * 1000);
    this.#year = date.getUTCFullYear();
    this.#month = date.getUTCMonth() + 1;
    this.#day = date.getUTCDate();
    return true;
  }

  /** Sets the fraction of the second to the digits between two offsets, which are kept by reference. */
  setFraction(digits: Buffer, start: number, end: number): void {
    this.#fraction = digits;
    this.#fractionStart = start;
    this.#fractionEnd = end;
  }

  /** The number of digits that the fraction of the second has, zeros at its end left out. */
  get fractionDigits(): number {
    let end = this.#fractionEnd;
    while (end > this.#fractionStart && this.#fraction![end - 1] === ZERO) end--;
    return end - this.#fractionStart;
  }

  /** Whether digits other than zero would be lost with a fraction of `precision` digits. */
  isFinerThan(precision: number): boolean {
    return this.#fractionEnd - this.#fractionStart > precision && this.fractionDigits > precision;
  }

  /** Sets the time to milliseconds since the Unix epoch. */
  setMilliseconds(milliseconds: number): void {
    const seconds = Math.floor(milliseconds / 1000);
    this.setSeconds(seconds);
    this.setFraction(Buffer.from(String(milliseconds - seconds * 1000).padStart(3, '0')), 0, 3);
  }

  /** Writes `"YYYY-MM-DD"`. */
  writeDate(out: TextWriter): void {
    out.reserve(DAY_LENGTH + 2);
    const { bytes, length } = out;
    bytes[length] = QUOTE;
    this.#writeDay(bytes, length + 1);
    bytes[length + 1 + DAY_LENGTH] = QUOTE;
    out.length = length + DAY_LENGTH + 2;
  }

  /** Writes `"YYYY-MM-DD HH:MM:SS"` and a fraction of `precision` digits, to which it must not be finer. */
  writeTime(out: TextWriter, precision: number): void {
    out.reserve(SECOND_LENGTH + precision + 3);
    const { bytes } = out;
    let at = out.length;
    bytes[at] = QUOTE;
    this.#writeDay(bytes, at + 1);
    at += 1 + DAY_LENGTH;
    bytes[at] = SPACE;
    const minutes = Math.floor(this.#second / 60);
    writeTwo(bytes, at + 1, Math.floor(minutes / 60));
    bytes[at + 3] = COLON;
    writeTwo(bytes, at + 4, minutes % 60);
    bytes[at + 6] = COLON;
    writeTwo(bytes, at + 7, this.#second % 60);
    at += 9;
    if (precision > 0) bytes[at++] = DOT;
    const fraction = this.#fraction;
    const fractionStart = this.#fractionStart;
    const fractionEnd = this.#fractionEnd;
    for (let from = fractionStart; from < fractionStart + precision; from++) {
      bytes[at++] = from < fractionEnd ? fraction![from]! : ZERO;
    }
    bytes[at] = QUOTE;
    out.length = at + 1;
  }

  #writeDay(bytes: Buffer, at: number): void {
    const century = Math.floor(this.#year / 100);
    writeTwo(bytes, at, century);
    writeTwo(bytes, at + 2, this.#year - century * 100);
    bytes[at + 4] = MINUS;
    writeTwo(bytes, at + 5, this.#month);
    bytes[at + 7] = MINUS;
    writeTwo(bytes, at + 8, this.#day);
  }

  #readDay(bytes: Buffer, start: number): boolean {
    if (start + 10 > bytes.length || bytes[start + 4] !== MINUS || bytes[start + 7] !== MINUS) return false;
    const century = twoDigits(bytes, start);
    const year = twoDigits(bytes, start + 2);
    this.#year = century * 100 + year;
    this.#month = twoDigits(bytes, start + 5);
    this.#day = twoDigits(bytes, start + 8);
    if (century < 0 || year < 0 || this.#year < 1 || this.#month < 1 || this.#month > 12 || this.#day < 1) return false;
    return this.#day <= DAYS_IN_MONTH[this.#month]! || (this.#month === 2 && this.#day === 29 && isLeap(this.#year));
  }

  /** Reads the fraction at an offset, if there is one, and returns the offset behind it. */
  #readFraction(bytes: Buffer, start: number, end: number): number {
    if (bytes[start] !== DOT) return start;
    let at = start + 1;
    while (at < end && isDigit(bytes[at]!)) at++;
    this.setFraction(bytes, start + 1, at);
    return at === start + 1 ? start : at;
  }

  #readZone(bytes: Buffer, at: number, end: number): boolean {
    if (at === end) return true;
    const sign = bytes[at];
    if (sign !== undefined && (sign & ~0x20) === UPPER_Z) return at + 1 === end;
    if (sign !== PLUS && sign !== MINUS) return false;
    const minuteAt = bytes[at + 3] === COLON && at + 3 < end ? at + 4 : at + 3;
    const hours = twoDigits(bytes, at + 1);
    const minutes = end === at + 3 ? 0 : twoDigits(bytes, minuteAt);
    if (end !== at + 3 && end !== minuteAt + 2) return false;
    if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return false;
    const east = (hours * 60 + minutes) * 60 * (sign === PLUS ? 1 : -1);
    return this.setSeconds(this.#secondsAtUtc() - east);
  }

  #secondsAtUtc(): number {
    // `Date.UTC` would take the years 0 to 99 for 1900 to 1999.
    const days = new Date(0).setUTCFullYear(this.#year, this.#month - 1, this.#day) / 1000;
    return days + this.#second;
  }
}

function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= NINE;
}

/** The number that two bytes write in digits, negative when one of them is not a digit. */
function twoDigits(bytes: Buffer, at: number): number {
  if (at + 2 > bytes.length) return -1;
  const high = bytes[at]! - ZERO;
  const low = bytes[at + 1]! - ZERO;
  return high >= 0 && high <= 9 && low >= 0 && low <= 9 ? high * 10 + low : -1000;
}

function writeTwo(bytes: Buffer, at: number, value: number): void {
  const tens = Math.floor(value / 10);
  bytes[at] = ZERO + tens;
  bytes[at + 1] = ZERO + value - tens * 10;
}
