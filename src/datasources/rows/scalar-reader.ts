import { JSON_BYTES } from '../../json/json-bytes';
import { TextWriter } from '../../json/text-writer';
import { isExactDecimal } from '../schema/column-type';
import type { CompiledType } from './compiled-type';
import { digitsOf, fixedPoint, isExactDouble, isNumberText } from '../../json/decimal-text';
import type { RowFormat } from './row-cursor';
import { RowWalker } from './row-walker';
import { rowsTooLarge } from './rows-too-large';
import { EpochNumber } from '../schema/epoch-number';
import { TimeText } from '../schema/time-text';

const { SPACE, QUOTE, COMMA, MINUS, ZERO, NINE, LETTER_T, LETTER_F } = JSON_BYTES;
const { OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT } = JSON_BYTES;

const ONE = ZERO + 1;

/** What a `read…` method returns when the value is JSON but not of its type. */
export const WRONG_TYPE: number = -1;

/** Integers of this many digits are exact in a double. */
export const EXACT_DIGITS = 15;

/** More digits than any integer has. */
const MAX_DIGITS = 80;

/** SQLite finds the double next to a number of this many characters without an exponent; to longer ones not always. */
const SHORT_NUMBER = 20;

const LEAST_INT64 = -(2n ** 63n);
const GREATEST_INT64 = 2n ** 63n - 1n;

/** Up to this integer JavaScript's numbers are exact; a 64-bit integer beyond it may be sent as a string. */
const GREATEST_SAFE = BigInt(Number.MAX_SAFE_INTEGER);

/** An integer as JSON writes it, without fraction and exponent. */
export const TEXT_INTEGER = /^(0|-?[1-9]\d{0,79})$/;
const TEXT_UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

const NUMBER_IN_INFERRED =
  'numbers are not taken in a column that was inferred from texts; without INFERRED in its schema they are';

const FRACTION = 'its fraction would be lost; a Float64 or Decimal column keeps it';

const NUMBER_AS_DATE = 'a number could be days or seconds since 1970; write the day as a text';

/**
 * Reads values that do not contain others. A `read…` method takes the offset of a value, returns the offset behind it
 * and sets `from` and `to`. When the value is not of its type, it returns `WRONG_TYPE` and sets `refusalReason`.
 */
export abstract class ScalarReader extends RowWalker {
  /** Where the stored text of the last value is: in the body or, with `from` inverted (`~`), in `scratch`. */
  protected from = 0;
  protected to = 0;
  /** Why the last value is not of its type; empty when the type says it. */
  protected refusalReason = '';
  /** The stored texts of values that are not stored as they were sent. */
  protected readonly scratch: TextWriter;
  protected readonly time = new TimeText();
  readonly #epoch = new EpochNumber(this.time);

  constructor(body: Uint8Array, format: RowFormat, maxDepth: number, maxBytes: number) {
    super(body, format, maxDepth);
    this.scratch = new TextWriter(256, maxBytes, rowsTooLarge);
  }

  /** Accepts a value that is stored as it was sent. */
  protected verbatim(from: number, to: number): number {
    this.from = from;
    this.to = to;
    return to;
  }

  protected readString(at: number, depth: number, nested: boolean): number {
    const byte = this.text[at]!;
    if (byte === QUOTE) {
      const end = this.skipString(at);
      return this.loneSurrogate ? this.refuse('it holds half of a surrogate pair') : this.verbatim(at, end);
    }
    if (!nested && (byte === OPEN_OBJECT || byte === OPEN_ARRAY)) return this.readOpaque(at, depth);
    return this.refuse('');
  }

  protected readOpaque(at: number, depth: number): number {
    this.clearFlaw();
    const end = this.skipOpaque(at, depth);
    return this.flaw === undefined ? this.verbatim(at, end) : this.refuse(this.flaw);
  }

  protected readInteger(type: CompiledType, start: number, nested: boolean): number {
    const { text } = this;
    const negative = text[start] === MINUS;
    const first = negative ? start + 1 : start;
    let at = first;
    let value = 0;
    while (at < text.length) {
      const digit = text[at]! - ZERO;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
      at++;
    }
    const digits = at - first;
    const usual =
      digits > 0 && digits <= EXACT_DIGITS && endsNumber(text[at]) && (text[first] !== ZERO || at - start === 1);
    if (!usual) return this.#readAnyInteger(type, start, nested);
    if (negative) value = -value;
    if (value < type.min || value > type.max) return this.refuse(`it is out of range (${range(type)})`);
    return this.verbatim(start, at);
  }

  #readAnyInteger(type: CompiledType, start: number, nested: boolean): number {
    const byte = this.text[start]!;
    if (byte === QUOTE) return this.#readQuotedInteger(type, start, nested);
    if (type.bits === 8 && type.least === 0n && (byte === LETTER_T || byte === LETTER_F))
      return this.readBool(start, false);
    if (!isNumber(byte)) return this.refuse('');
    const end = this.skipNumber(start);
    if (this.isNonFinite(start)) return this.refuse('');
    const plain = !this.fraction && !this.exponent;
    if (plain && end - start > MAX_DIGITS) return this.refuse(`it is out of range (${range(type)})`);
    const written = this.text.toString('latin1', start, end);
    const integer = plain ? written : fixedPoint(written, 0);
    if (integer !== undefined) return this.#storeInteger(type, BigInt(integer), end, nested);
    return this.refuse(digitsOf(written).fraction > 0 ? FRACTION : `it is out of range (${range(type)})`);
  }

  #readQuotedInteger(type: CompiledType, start: number, nested: boolean): number {
    const end = this.skipString(start);
    if (type.bits < 64 || end - start > MAX_DIGITS + 2) return this.refuse('');
    const written = this.decode(start, end);
    if (!TEXT_INTEGER.test(written)) return this.refuse('');
    const value = BigInt(written);
    if (type.bits === 64 && value <= GREATEST_SAFE && value >= -GREATEST_SAFE) return this.refuse('');
    return this.#storeInteger(type, value, end, nested);
  }

  #storeInteger(type: CompiledType, value: bigint, end: number, nested: boolean): number {
    if (value < type.least || value > type.greatest) return this.refuse(`it is out of range (${range(type)})`);
    // Beyond int64, SQLite would keep only a double.
    const quoted = !nested && (value < LEAST_INT64 || value > GREATEST_INT64);
    return this.#store(quoted ? `"${value.toString()}"` : value.toString(), end);
  }

  protected readFloat(type: CompiledType, at: number, nested: boolean): number {
    if (!isNumber(this.text[at]!)) return this.refuse('');
    const end = this.skipNumber(at);
    if (this.isNonFinite(at)) return this.refuse('');
    // Neither rounded before its point nor too long for SQLite to find the nearest double.
    if (!this.exponent && end - at <= SHORT_NUMBER && this.#hasFewWholeDigits(at)) return this.verbatim(at, end);
    return this.#readLongFloat(type, at, end, nested);
  }

  #readLongFloat(type: CompiledType, at: number, end: number, nested: boolean): number {
    const written = this.text.toString('latin1', at, end);
    const value = Number(written);
    if (Math.abs(value) > type.limit) return this.refuse('it is out of range');
    if (!isExactDouble(written)) {
      return this.refuse(
        value === 0
          ? 'it is out of range: it would be 0'
          : `it would be rounded to ${value}; a Decimal or an integer type keeps it`,
      );
    }
    const isKept = nested || end - at <= SHORT_NUMBER;
    return isKept ? this.verbatim(at, end) : this.#store(String(value), end);
  }

  /** Whether no more than 15 digits stand before the point of the number at an offset. */
  #hasFewWholeDigits(start: number): boolean {
    const { text } = this;
    let at = text[start] === MINUS ? start + 1 : start;
    const last = at + EXACT_DIGITS;
    while (at <= last && text[at]! >= ZERO && text[at]! <= NINE) at++;
    return at <= last;
  }

  protected readTime(type: CompiledType, at: number): number {
    const byte = this.text[at]!;
    if (byte !== QUOTE) return isNumber(byte) ? this.#readEpoch(type, at) : this.refuse('');
    const end = this.skipString(at);
    return this.#readQuoted(at, end, 'time') ? this.#storeTime(type, at, end) : this.refuse('');
  }

  #readEpoch(type: CompiledType, at: number): number {
    const end = this.skipNumber(at);
    if (this.isNonFinite(at)) return this.refuse('');
    if (type.textsOnly) return this.refuse(NUMBER_IN_INFERRED);
    const isTime = this.#epoch.read(this.text, at, end, type.precision);
    return isTime ? this.#storeTime(type, at, end) : this.refuse(this.#epoch.refusal);
  }

  /** Stores the time that was read last, if the column keeps all of its digits. */
  #storeTime({ precision }: CompiledType, at: number, end: number): number {
    if (this.time.isFinerThan(precision)) return this.refuse(tooFine(precision));
    const canonical = precision === 0 && end - at === 21 && this.text[at + 11] === SPACE;
    if (canonical) return this.verbatim(at, end);
    const begin = this.scratch.length;
    this.time.writeTime(this.scratch, precision);
    return this.written(begin, end);
  }

  protected readDate(at: number): number {
    const byte = this.text[at]!;
    if (byte !== QUOTE) return this.refuse(isNumber(byte) && !this.isNonFinite(at) ? NUMBER_AS_DATE : '');
    const end = this.skipString(at);
    if (!this.#readQuoted(at, end, 'date')) {
      return this.refuse(this.#readQuoted(at, end, 'time') ? 'it has a time of day, which would be lost' : '');
    }
    const begin = this.scratch.length;
    this.time.writeDate(this.scratch);
    return this.written(begin, end);
  }

  /** Reads the day or the time in a string. */
  #readQuoted(start: number, end: number, what: 'date' | 'time'): boolean {
    const bytes = this.escaped ? Buffer.from(this.decode(start, end)) : this.text;
    const first = this.escaped ? 0 : start + 1;
    const last = this.escaped ? bytes.length : end - 1;
    return what === 'date' ? this.time.readDate(bytes, first, last) : this.time.readTime(bytes, first, last);
  }

  protected readBool(at: number, nested: boolean): number {
    const byte = this.text[at]!;
    if (byte === LETTER_T || byte === LETTER_F) {
      const end = this.skipWord(at, byte === LETTER_T ? 'true' : 'false');
      return nested ? this.verbatim(at, end) : this.#storeByte(byte === LETTER_T ? ONE : ZERO, end);
    }
    const single = (byte === ZERO || byte === ONE) && endsNumber(this.text[at + 1]);
    if (!single) return this.refuse('');
    return nested ? this.#store(byte === ZERO ? 'false' : 'true', at + 1) : this.verbatim(at, at + 1);
  }

  protected readDecimal(type: CompiledType, at: number, nested: boolean): number {
    const byte = this.text[at]!;
    if (byte !== QUOTE && !isNumber(byte)) return this.refuse('');
    const end = byte === QUOTE ? this.skipString(at) : this.skipNumber(at);
    const written = byte === QUOTE ? this.decode(at, end) : this.text.toString('latin1', at, end);
    const number = fixedPoint(written, type.scale);
    if (number === undefined)
      return this.refuse(isNumberText(written) ? tooFineDecimal(type.scale) : 'it is not a number');
    if (number.replace(/^-?0*\.?|\./g, '').length > type.precision) return this.refuse('it has too many digits');
    return this.#store(!nested && isExactDecimal(type.precision) ? number : `"${number}"`, end);
  }

  protected readUuid(at: number): number {
    if (this.text[at] !== QUOTE) return this.refuse('');
    const end = this.skipString(at);
    const uuid = this.escaped ? this.decode(at, end) : this.text.toString('latin1', at + 1, Math.min(end - 1, at + 40));
    return TEXT_UUID.test(uuid) ? this.#store(`"${uuid.toLowerCase()}"`, end) : this.refuse('');
  }

  protected readFixedString(type: CompiledType, at: number): number {
    if (this.text[at] !== QUOTE) return this.refuse('');
    const end = this.skipString(at);
    if (this.loneSurrogate) return this.refuse('it holds half of a surrogate pair');
    const bytes = this.escaped ? Buffer.byteLength(this.decode(at, end)) : end - at - 2;
    return bytes <= type.precision ? this.verbatim(at, end) : this.refuse(`it has ${bytes} bytes`);
  }

  #store(text: string, end: number): number {
    const begin = this.scratch.length;
    this.scratch.text(text);
    return this.written(begin, end);
  }

  #storeByte(byte: number, end: number): number {
    const begin = this.scratch.length;
    this.scratch.push(byte);
    return this.written(begin, end);
  }

  /** Accepts a value whose stored text has been written to the scratch, from `begin` to its end. */
  protected written(begin: number, end: number): number {
    this.from = ~begin;
    this.to = this.scratch.length;
    return end;
  }

  protected refuse(reason: string): number {
    this.refusalReason = reason;
    return WRONG_TYPE;
  }
}

function tooFineDecimal(scale: number): string {
  return `it would have to be rounded: the column keeps ${scale} digits behind the point`;
}

function tooFine(precision: number): string {
  if (precision === 0) return 'its fraction of a second would be lost; DateTime64 keeps it';
  const more = precision < 9 ? `DateTime64(9) keeps 9` : 'no type keeps more';
  return `digits of its fraction of a second would be lost: the column keeps ${precision}, ${more}`;
}

function endsNumber(byte: number | undefined): boolean {
  return byte === COMMA || byte === CLOSE_OBJECT || byte === CLOSE_ARRAY || (byte !== undefined && byte <= SPACE);
}

function isNumber(byte: number): boolean {
  return byte === MINUS || (byte >= ZERO && byte <= NINE);
}

function range({ least, greatest }: CompiledType): string {
  return `${least.toString()} to ${greatest.toString()}`;
}
