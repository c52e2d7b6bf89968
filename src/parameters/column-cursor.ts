import { excerptBytes } from '../json/excerpt';
import { JSON_BYTES } from '../json/json-bytes';
import { kindOf } from '../json/json-kind';
import { base64Fault } from './base64';
import { PackageCursor } from './package-cursor';

const { SPACE, QUOTE, COMMA, MINUS, DOT, ZERO, NINE, LETTER_N, OPEN_ARRAY, CLOSE_ARRAY } = JSON_BYTES;

/** How deep the elements of a column are nested. */
const COLUMN_DEPTH = 3;

/** Numbers of fewer characters are within the range of a 64-bit float, unless they have an exponent. */
const LONG_NUMBER = 300;

/** What the elements of a column are, besides `null`. */
export type ColumnType = 'number' | 'string' | 'base64';

const WANTED: Readonly<Record<ColumnType, string>> = {
  number: 'a number or null',
  string: 'a string or null',
  base64: 'base64 in a string or null',
};

/** Reads the columns of a package. */
export class ColumnCursor extends PackageCursor {
  /** Of the last column: how many elements it has, and how many of them are `null`. */
  protected count = 0;
  protected nulls = 0;

  /** Reads the array of a column. */
  protected scanColumn(start: number, type: ColumnType): number {
    this.count = 0;
    this.nulls = 0;
    const at = this.skipBracket(start, COLUMN_DEPTH);
    if (this.text[at] === CLOSE_ARRAY) return at + 1;
    this.element = 0;
    return type === 'number' ? this.#scanNumbers(at) : this.#scanStrings(at, type);
  }

  /** Whether the value at an offset is an array; otherwise that is noted. */
  protected isArray(at: number): boolean {
    if (this.text[at] === OPEN_ARRAY) return true;
    this.refuse(`is ${kindOf(this.text[at]!)}, not an array`);
    return false;
  }

  /** From the end of an element to the start of the next one, or to the closing bracket. */
  protected skipToNext(end: number): number {
    const { text } = this;
    const separator = text[end] === COMMA ? end : this.skipToSeparator(end, CLOSE_ARRAY);
    if (text[separator] === CLOSE_ARRAY) return separator;
    const next = text[separator + 1]! > SPACE ? separator + 1 : this.skipSpace(separator + 1);
    // A bracket behind a comma would be taken for the end.
    if (text[next] === CLOSE_ARRAY) this.failExpected(next, 'a value');
    return next;
  }

  #scanNumbers(first: number): number {
    const { text } = this;
    let at = first;
    let index = 0;
    for (;;) {
      this.element = index++;
      const plain = plainNumberEnd(text, at);
      at = this.skipToNext(plain === 0 ? this.#scanOther(at, 'number') : plain);
      if (text[at] === CLOSE_ARRAY) return this.#endColumn(at, index);
    }
  }

  #scanStrings(first: number, type: 'string' | 'base64'): number {
    const { text } = this;
    let at = first;
    let index = 0;
    for (;;) {
      this.element = index++;
      at = this.skipToNext(text[at] === QUOTE ? this.#scanString(at, type) : this.#scanOther(at, type));
      if (text[at] === CLOSE_ARRAY) return this.#endColumn(at, index);
    }
  }

  #endColumn(at: number, count: number): number {
    this.count = count;
    this.leaveColumn();
    return at + 1;
  }

  #scanString(start: number, type: 'string' | 'base64'): number {
    const end = this.skipString(start);
    if (this.loneSurrogate) this.refuse('holds half of a surrogate pair');
    else if (type === 'base64') this.#checkBase64(start, end);
    return end;
  }

  #checkBase64(start: number, end: number): void {
    // .NET escapes the plus sign, PHP the slash; the canonical text does not.
    const decoded = this.escaped ? this.decode(start, end) : undefined;
    const bytes = decoded === undefined ? this.text : Buffer.from(decoded);
    const fault = decoded === undefined ? base64Fault(bytes, start + 1, end - 1) : base64Fault(bytes, 0, bytes.length);
    if (fault !== undefined) this.refuse(`is ${excerptBytes(this.text, start, end)}, base64 ${fault}`);
    else if (decoded !== undefined) this.edits.replace(start + 1, end - 1, decoded);
  }

  /** Reads an element that is not what most are: `null`, a number with an exponent, or one of another kind. */
  #scanOther(start: number, type: ColumnType): number {
    const byte = this.text[start]!;
    if (byte === LETTER_N) {
      this.nulls++;
      return this.skipWord(start, 'null');
    }
    const end = this.skipValue(start, COLUMN_DEPTH);
    const isNumber = byte === MINUS || (byte >= ZERO && byte <= NINE);
    if (type !== 'number' || !isNumber) this.refuse(`is ${kindOf(byte)}, not ${WANTED[type]}`);
    else if (this.#isBeyondFloat(start, end)) {
      this.refuse(`is ${excerptBytes(this.text, start, end)}, beyond the range of 64-bit floats`);
    }
    return end;
  }

  #isBeyondFloat(start: number, end: number): boolean {
    if (!this.exponent && end - start <= LONG_NUMBER) return false;
    return !Number.isFinite(Number(this.text.toString('latin1', start, end)));
  }
}

/** Where the number ends that begins at an offset; 0 when it has an exponent or is long, or when it is no number. */
function plainNumberEnd(text: Uint8Array, start: number): number {
  let at = start;
  let byte = text[at]!;
  if (byte === MINUS) byte = text[++at]!;
  if (byte === ZERO) byte = text[++at]!;
  else if (byte > ZERO && byte <= NINE) {
    do byte = text[++at]!;
    while (byte >= ZERO && byte <= NINE);
  } else return 0;
  if (byte === DOT) {
    byte = text[++at]!;
    if (!(byte >= ZERO && byte <= NINE)) return 0;
    do byte = text[++at]!;
    while (byte >= ZERO && byte <= NINE);
  }
  const ends = byte === COMMA || byte === CLOSE_ARRAY || byte <= SPACE;
  return ends && at - start <= LONG_NUMBER ? at : 0;
}
