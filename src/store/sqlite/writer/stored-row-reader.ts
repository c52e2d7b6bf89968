import { WriterHubError } from '../../../errors';
import { JSON_BYTES } from '../../../json/json-bytes';
import type { ColumnStorage } from '../../contract/row-store';

/** A value as a column keeps it; of arrays and objects the JSON text. */
export type StoredValue = string | number | bigint | null;

const { SPACE, QUOTE, COMMA, BACKSLASH, LETTER_N } = JSON_BYTES;
const { OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT } = JSON_BYTES;

const INTEGER = /^-?\d+$/;

/**
 * Reads the rows of a batch one after another, exactly as SQLite's JSON functions would: `JSON.parse` would round large
 * integers and rewrite arrays and objects. What is not a row throws `internal`, as batches are made by the row scanner.
 */
export class StoredRowReader {
  readonly #text: string;
  #at = 0;
  #isFirst = true;
  readonly #storages: readonly ColumnStorage[];

  /** The text holds rows separated by commas; a column beyond those named keeps any value. */
  constructor(json: Uint8Array, storages: readonly ColumnStorage[]) {
    this.#storages = storages;

    this.#text = Buffer.from(json.buffer, json.byteOffset, json.byteLength).toString();
  }

  /**
   * The next row, its unknown fields first; `undefined` at the end. Integers beyond 32 bits are bigints, as SQLite
   * would be given a float otherwise, except in columns of floats; where a column keeps any value, so are all integers.
   */
  next(): StoredValue[] | undefined {
    this.#passSpace();
    if (this.#at >= this.#text.length) return undefined;
    if (!this.#isFirst) this.#expect(COMMA);
    this.#isFirst = false;
    this.#passSpace();
    this.#expect(OPEN_ARRAY);
    const row: StoredValue[] = [];
    for (;;) {
      this.#passSpace();
      row.push(this.#value(row.length === 0 ? 'text' : (this.#storages[row.length - 1] ?? 'any')));
      this.#passSpace();
      if (this.#text.charCodeAt(this.#at) === COMMA) {
        this.#at += 1;
        continue;
      }
      this.#expect(CLOSE_ARRAY);
      return row;
    }
  }

  #value(storage: ColumnStorage): StoredValue {
    switch (this.#text.charCodeAt(this.#at)) {
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
    if (!this.#text.startsWith('null', this.#at)) throw notRows();
    this.#at += 'null'.length;
    return null;
  }

  #string(): string {
    const start = this.#at;
    this.#at = this.#endOfString();
    const inner = this.#text.slice(start + 1, this.#at - 1);
    return inner.includes('\\') ? (JSON.parse(this.#text.slice(start, this.#at)) as string) : inner;
  }

  /** The text of an array or object, without white space between tokens. */
  #nested(): string {
    let start = this.#at;
    let before = '';
    let depth = 0;
    do {
      const code = this.#text.charCodeAt(this.#at);
      if (code === QUOTE) {
        this.#at = this.#endOfString();
        continue;
      }
      if (code <= SPACE) {
        before += this.#text.slice(start, this.#at);
        this.#passSpace();
        start = this.#at;
        continue;
      }
      if (code === OPEN_ARRAY || code === OPEN_OBJECT) depth += 1;
      else if (code === CLOSE_ARRAY || code === CLOSE_OBJECT) depth -= 1;
      else if (Number.isNaN(code)) throw notRows();
      this.#at += 1;
    } while (depth > 0);
    return before + this.#text.slice(start, this.#at);
  }

  #number(storage: ColumnStorage): number | bigint {
    const start = this.#at;
    let code = this.#text.charCodeAt(this.#at);
    while (code !== COMMA && code !== CLOSE_ARRAY && code > SPACE) code = this.#text.charCodeAt((this.#at += 1));
    const digits = this.#text.slice(start, this.#at);
    const number = Number(digits);
    if (digits === '' || Number.isNaN(number)) throw notRows();
    const isShort = number === (number | 0) && storage !== 'any';
    const isExact = isShort || storage === 'real' || !INTEGER.test(digits);
    return isExact ? number : BigInt(digits);
  }

  /** The position behind the string that begins here. */
  #endOfString(): number {
    let end = this.#at;
    do {
      end = this.#text.indexOf('"', end + 1);
      if (end < 0) throw notRows();
    } while (this.#isEscaped(end));
    return end + 1;
  }

  /** Whether an odd number of backslashes stands before a position. */
  #isEscaped(position: number): boolean {
    let start = position;
    while (this.#text.charCodeAt(start - 1) === BACKSLASH) start -= 1;
    return (position - start) % 2 === 1;
  }

  #passSpace(): void {
    while (this.#text.charCodeAt(this.#at) <= SPACE) this.#at += 1;
  }

  #expect(code: number): void {
    if (this.#text.charCodeAt(this.#at) !== code) throw notRows();
    this.#at += 1;
  }
}

function notRows(): WriterHubError {
  return new WriterHubError('internal', 'the store was given a text that does not hold rows');
}
