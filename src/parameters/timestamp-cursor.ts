import { isoTimeDigits } from '../events/iso-time';
import { isIntegerText, isMinusZero, TimestampRange, USUAL_DIGITS } from '../events/timestamps';
import { excerptBytes } from '../json/excerpt';
import { JSON_BYTES } from '../json/json-bytes';
import { kindOf } from '../json/json-kind';
import { ColumnCursor } from './column-cursor';

const { SPACE, QUOTE, COMMA, MINUS, ZERO, NINE, CLOSE_ARRAY } = JSON_BYTES;

/** How deep `epoch` and the array of the timestamps are nested, and how deep the timestamps are. */
const MEMBER_DEPTH = 1;
const TIMESTAMP_DEPTH = 2;

/** Reads the epoch and the timestamps of a package. */
export class TimestampCursor extends ColumnCursor {
  /** The epoch is the least and the greatest of one. */
  protected readonly epochRange = new TimestampRange();
  protected readonly timestampRange = new TimestampRange();

  /** The index of the first timestamp that is ISO 8601. */
  protected firstTime: number | undefined;

  protected scanEpoch(at: number): number {
    return this.#scanInteger(at, this.epochRange, MEMBER_DEPTH);
  }

  /** Reads the array of the timestamps, and sets their `count`. */
  protected scanTimestamps(start: number): number {
    const { text, timestampRange: range } = this;
    let at = this.skipBracket(start, TIMESTAMP_DEPTH);
    let index = 0;
    while (text[at] !== CLOSE_ARRAY) {
      this.element = index++;
      const usualEnd = at + USUAL_DIGITS;
      const isUsual = usualEnd < text.length && endsElement(text[usualEnd]!) && range.addUsual(text, at);
      at = this.skipToNext(isUsual ? usualEnd : this.#scanInteger(at, range, TIMESTAMP_DEPTH));
    }
    this.count = index;
    this.leaveColumn();
    return at + 1;
  }

  #scanInteger(start: number, range: TimestampRange, depth: number): number {
    const byte = this.text[start]!;
    if (byte === QUOTE) {
      const end = this.skipString(start);
      this.#acceptString(start, end, range);
      return end;
    }
    if (byte === MINUS || (byte >= ZERO && byte <= NINE)) {
      const end = this.skipNumber(start);
      this.#acceptNumber(start, end, range);
      return end;
    }
    const end = this.skipValue(start, depth);
    this.refuse(`is ${kindOf(byte)}, not an integer of nanoseconds`);
    return end;
  }

  #acceptNumber(start: number, end: number, range: TimestampRange): void {
    if (this.exponent) this.#refuse(start, end, 'with an exponent; write all digits of the nanoseconds');
    else if (this.fraction) this.#refuse(start, end, 'not an integer of nanoseconds');
    else if (!range.add(this.text, start, end)) this.#refuse(start, end, 'out of int64');
    else if (isMinusZero(this.text, start, end)) this.edits.cut(start, start + 1);
  }

  #acceptString(start: number, end: number, range: TimestampRange): void {
    const bytes = this.escaped ? Buffer.from(this.decode(start, end)) : this.text;
    const first = this.escaped ? 0 : start + 1;
    const last = this.escaped ? bytes.length : end - 1;
    if (!isIntegerText(bytes, first, last)) this.#acceptTime(start, end, range);
    else if (!range.add(bytes, first, last)) this.#refuse(start, end, 'out of int64');
    else {
      const digits = isMinusZero(bytes, first, last) ? '0' : bytes.toString('latin1', first, last);
      this.edits.replace(start, end, digits);
    }
  }

  /** Takes a time in quotes, which the canonical text writes as its nanoseconds. */
  #acceptTime(start: number, end: number, range: TimestampRange): void {
    const digits = isoTimeDigits(this.decode(start, end), end - start);
    if (typeof digits === 'string') {
      if (!this.hasEnoughProblems) this.refuse(`${excerptBytes(this.text, start, end)} ${digits}`);
      return;
    }
    range.add(digits, 0, digits.length);
    this.edits.replace(start, end, digits.toString());
    if (range === this.timestampRange) this.firstTime ??= this.element;
  }

  #refuse(start: number, end: number, reason: string): void {
    if (!this.hasEnoughProblems) this.refuse(`is ${excerptBytes(this.text, start, end)}, ${reason}`);
  }
}

function endsElement(byte: number): boolean {
  return byte === COMMA || byte === CLOSE_ARRAY || byte <= SPACE;
}
