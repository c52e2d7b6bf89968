import { WriterHubError } from '../../../errors';
import type { ColumnStorage } from '../../event-store';

/** A value as a column keeps it; of arrays and objects the JSON text. */
export type StoredValue = string | number | bigint | null;

const quote = 0x22;
const comma = 0x2c;
const openBracket = 0x5b;
const backslash = 0x5c;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const letterN = 0x6e;
const space = 0x20;

const integer = /^-?\d+$/;
/** White space between tokens, and strings, so that what is inside them is passed over. */
const spaceOrString = /\s+|"[^"\\]*(?:\\.[^"\\]*)*"/g;

/**
 * Reads the rows of a batch one after another, exactly as SQLite's JSON functions would: `JSON.parse` would round large
 * integers and spell arrays and objects anew. What is no row throws `internal`, as batches are made by the row scanner.
 */
export class RowReader {
  private readonly text: string;
  private at = 0;
  private isFirst = true;

  /** The text holds rows with a comma between each two; a column beyond those named keeps any value. */
  constructor(
    json: Uint8Array,
    private readonly storages: readonly ColumnStorage[],
  ) {
    this.text = Buffer.from(json.buffer, json.byteOffset, json.byteLength).toString();
  }

  /**
   * The next row, its unknown fields first; `undefined` at the end. Integers beyond 32 bits are bigints, as SQLite would be
   * given a float otherwise, except in columns of floats; where a column keeps any value, so are all integers.
   */
  next(): StoredValue[] | undefined {
    this.passSpace();
    if (this.at >= this.text.length) return undefined;
    if (!this.isFirst) this.expect(comma);
    this.isFirst = false;
    this.passSpace();
    this.expect(openBracket);
    const row: StoredValue[] = [];
    for (;;) {
      this.passSpace();
      row.push(this.value(row.length === 0 ? 'text' : (this.storages[row.length - 1] ?? 'any')));
      this.passSpace();
      if (this.text.charCodeAt(this.at) === comma) {
        this.at += 1;
        continue;
      }
      this.expect(closeBracket);
      return row;
    }
  }

  private value(storage: ColumnStorage): StoredValue {
    switch (this.text.charCodeAt(this.at)) {
      case quote:
        return this.string();
      case openBracket:
      case openBrace:
        return this.nested();
      case letterN:
        return this.null();
      default:
        return this.number(storage);
    }
  }

  private null(): null {
    if (!this.text.startsWith('null', this.at)) throw notRows();
    this.at += 'null'.length;
    return null;
  }

  private string(): string {
    const start = this.at;
    this.at = this.endOfString();
    const inner = this.text.slice(start + 1, this.at - 1);
    return inner.includes('\\') ? (JSON.parse(this.text.slice(start, this.at)) as string) : inner;
  }

  /** The text of an array or object, without white space between tokens. */
  private nested(): string {
    const start = this.at;
    let depth = 0;
    do {
      const code = this.text.charCodeAt(this.at);
      if (code === quote) {
        this.at = this.endOfString();
        continue;
      }
      if (code === openBracket || code === openBrace) depth += 1;
      else if (code === closeBracket || code === closeBrace) depth -= 1;
      else if (Number.isNaN(code)) throw notRows();
      this.at += 1;
    } while (depth > 0);
    return this.text.slice(start, this.at).replace(spaceOrString, (token) => (token.startsWith('"') ? token : ''));
  }

  private number(storage: ColumnStorage): number | bigint {
    const start = this.at;
    let code = this.text.charCodeAt(this.at);
    while (code !== comma && code !== closeBracket && code > space) code = this.text.charCodeAt((this.at += 1));
    const digits = this.text.slice(start, this.at);
    const number = Number(digits);
    if (digits === '' || Number.isNaN(number)) throw notRows();
    const isShort = number === (number | 0) && storage !== 'any';
    const isExact = isShort || storage === 'real' || !integer.test(digits);
    return isExact ? number : BigInt(digits);
  }

  /** The position behind the string that begins here. */
  private endOfString(): number {
    let end = this.at;
    do {
      end = this.text.indexOf('"', end + 1);
      if (end < 0) throw notRows();
    } while (this.isEscaped(end));
    return end + 1;
  }

  /** Whether an odd number of backslashes stands before a position. */
  private isEscaped(position: number): boolean {
    let start = position;
    while (this.text.charCodeAt(start - 1) === backslash) start -= 1;
    return (position - start) % 2 === 1;
  }

  private passSpace(): void {
    while (this.text.charCodeAt(this.at) <= space) this.at += 1;
  }

  private expect(code: number): void {
    if (this.text.charCodeAt(this.at) !== code) throw notRows();
    this.at += 1;
  }
}

function notRows(): WriterHubError {
  return new WriterHubError('internal', 'The store was given a text that does not hold rows.');
}
