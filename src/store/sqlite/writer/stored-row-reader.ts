import { isAscii } from 'node:buffer';
import { WriterHubError } from '../../../errors';
import { JSON_BYTES } from '../../../json/json-bytes';
import type { ColumnStorage } from '../../contract/row-store';

/** A value as a column keeps it; of arrays and objects the JSON text. */
export type StoredValue = string | number | bigint | null;

const { SPACE, QUOTE, COMMA, BACKSLASH, LETTER_N } = JSON_BYTES;
const { OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT } = JSON_BYTES;

/** By byte: 1 for what matters in arrays and objects. */
const SIGNS = new Uint8Array(256).fill(1, 0, SPACE + 1);
for (const sign of [QUOTE, OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT]) SIGNS[sign] = 1;

/** Strings up to so many bytes are looked through here. */
const SHORT_STRING = 32;

const INTEGER = /^-?\d+$/;

/**
 * Reads the rows of a batch one after another, exactly as SQLite's JSON functions would: `JSON.parse` would round large
 * integers and rewrite arrays and objects. What is not a row throws `internal`, as batches are made by the row scanner.
 */
export class StoredRowReader {
  readonly #bytes: Buffer;
  /** The same as a string, if its characters are its bytes. */
  readonly #ascii: string | undefined;
  #at = 0;
  #isFirst = true;
  readonly #storages: readonly ColumnStorage[];

  /** The text holds rows separated by commas; a column beyond those named keeps any value. */
  constructor(json: Uint8Array, storages: readonly ColumnStorage[]) {
    this.#storages = storages;

    this.#bytes = Buffer.from(json.buffer, json.byteOffset, json.byteLength);
    this.#ascii = isAscii(this.#bytes) ? this.#bytes.toString('latin1') : undefined;
  }

  /**
   * The next row, its unknown fields first; `undefined` at the end. Integers beyond 32 bits are bigints, as SQLite
   * would be given a float otherwise, except in columns of floats; where a column keeps any value, so are all integers.
   */
  next(): StoredValue[] | undefined {
    this.#passSpace();
    if (this.#at >= this.#bytes.length) return undefined;
    if (!this.#isFirst) this.#expect(COMMA);
    this.#isFirst = false;
    this.#passSpace();
    this.#expect(OPEN_ARRAY);
    const row: StoredValue[] = [];
    for (;;) {
      this.#passSpace();
      row.push(this.#value(row.length === 0 ? 'text' : (this.#storages[row.length - 1] ?? 'any')));
      this.#passSpace();
      if (this.#bytes[this.#at] === COMMA) {
        this.#at += 1;
        continue;
      }
      this.#expect(CLOSE_ARRAY);
      return row;
    }
  }

  #value(storage: ColumnStorage): StoredValue {
    switch (this.#bytes[this.#at] ?? SPACE) {
      case QUOTE:
        return this.#string();
      case OPEN_ARRAY:
      case OPEN_OBJECT:
        return this.#nested();
      case LETTER_N:
        return this.#null();
      default:
        return this.#number(storage);
    }
  }

  #null(): null {
    if (this.#slice(this.#at, this.#at + 'null'.length) !== 'null') throw notRows();
    this.#at += 'null'.length;
    return null;
  }

  #string(): string {
    const start = this.#at;
    this.#at = this.#endOfString(start);
    const inner = this.#slice(start + 1, this.#at - 1);
    return inner.includes('\\') ? (JSON.parse(this.#slice(start, this.#at)) as string) : inner;
  }

  /** The text of an array or object, without white space between tokens. */
  #nested(): string {
    const bytes = this.#bytes;
    const start = this.#at;
    let at = start;
    let spaces = 0;
    let depth = 0;
    do {
      if (at >= bytes.length) throw notRows();
      const byte = bytes[at]!;
      const sign = SIGNS[byte];
      at = byte === QUOTE ? this.#endOfString(at) : at + 1;
      if (sign === 0) continue;
      if (byte <= SPACE) spaces += 1;
      else if (byte === OPEN_ARRAY || byte === OPEN_OBJECT) depth += 1;
      else if (byte !== QUOTE) depth -= 1;
    } while (depth > 0);
    this.#at = at;
    return spaces === 0 ? this.#slice(start, at) : this.#withoutSpaces(start, at, spaces);
  }

  #withoutSpaces(start: number, end: number, spaces: number): string {
    const bytes = this.#bytes;
    const dense = Buffer.allocUnsafeSlow(end - start - spaces);
    let length = 0;
    for (let at = start; at < end;) {
      const from = at;
      at = bytes[at] === QUOTE ? this.#endOfString(at) : at + 1;
      if (bytes[from]! <= SPACE) continue;
      for (let index = from; index < at; index++) dense[length++] = bytes[index]!;
    }
    return dense.toString();
  }

  #number(storage: ColumnStorage): number | bigint {
    const start = this.#at;
    const bytes = this.#bytes;
    let byte = bytes[this.#at] ?? SPACE;
    while (byte !== COMMA && byte !== CLOSE_ARRAY && byte > SPACE) byte = bytes[(this.#at += 1)] ?? SPACE;
    const digits = this.#slice(start, this.#at);
    const number = Number(digits);
    if (digits === '' || Number.isNaN(number)) throw notRows();
    const isShort = number === (number | 0) && storage !== 'any';
    const isExact = isShort || storage === 'real' || !INTEGER.test(digits);
    return isExact ? number : BigInt(digits);
  }

  /** The position behind the string that begins at `start`. */
  #endOfString(start: number): number {
    const bytes = this.#bytes;
    let at = start + 1;
    for (;;) {
      // Where quotes and escapes are close, to look at each byte takes less than to call for the next quote.
      for (let near = at + SHORT_STRING; at < near; at++) {
        if (bytes[at] === QUOTE) return at + 1;
        if (bytes[at] !== BACKSLASH) continue;
        at += 1;
        near = at + SHORT_STRING;
      }
      const quote = bytes.indexOf(QUOTE, at);
      if (quote < 0) throw notRows();
      if (!this.#isEscaped(quote, at)) return quote + 1;
      at = quote + 1;
    }
  }

  /** Whether an odd number of backslashes stands before a position, and behind `from`. */
  #isEscaped(position: number, from: number): boolean {
    let start = position;
    while (start > from && this.#bytes[start - 1] === BACKSLASH) start -= 1;
    return (position - start) % 2 === 1;
  }

  #passSpace(): void {
    while (this.#bytes[this.#at]! <= SPACE) this.#at += 1;
  }

  #slice(start: number, end: number): string {
    return this.#ascii === undefined ? this.#bytes.toString('utf8', start, end) : this.#ascii.slice(start, end);
  }

  #expect(code: number): void {
    if (this.#bytes[this.#at] !== code) throw notRows();
    this.#at += 1;
  }
}

function notRows(): WriterHubError {
  return new WriterHubError('internal', 'the store was given a text that does not hold rows');
}
