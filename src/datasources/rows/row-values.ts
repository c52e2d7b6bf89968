import { JSON_BYTES } from '../../json/json-bytes';
import type { TextWriter } from '../../json/text-writer';

const { COMMA, LETTER_N, QUOTE, SPACE, OPEN_ARRAY, CLOSE_ARRAY, BACKSLASH } = JSON_BYTES;

const NULL = Buffer.from('null');

/** The last byte of ASCII. */
const GREATEST_ASCII = 0x7f;

/** The offset of a value that is not there. Inverted offsets into the scratch are near -1. */
const ABSENT = -0x8000_0000;

/**
 * Offsets for each column. They are kept from scan to scan: making typed arrays would take a third of the time that a
 * body of one row takes.
 */
export interface Slots {
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  readonly writtenStarts: Int32Array;
  readonly writtenEnds: Int32Array;
}

/** Slots for `count` columns. */
export function makeSlots(count: number): Slots {
  return {
    starts: new Int32Array(count),
    ends: new Int32Array(count),
    writtenStarts: new Int32Array(count),
    writtenEnds: new Int32Array(count),
  };
}

/**
 * Where the values of the current row are, for each column: the text that is stored, which is in the body or, with its
 * offset inverted (`~`), in the scratch; and the text that was sent, which is in the body.
 */
export class RowValues {
  readonly count: number;
  readonly #starts: Int32Array;
  readonly #ends: Int32Array;
  readonly #writtenStarts: Int32Array;
  readonly #writtenEnds: Int32Array;
  readonly #text: Buffer;
  readonly #scratch: TextWriter;

  constructor({ starts, ends, writtenStarts, writtenEnds }: Slots, text: Buffer, scratch: TextWriter) {
    this.#text = text;
    this.#scratch = scratch;

    this.count = starts.length;
    this.#starts = starts;
    this.#ends = ends;
    this.#writtenStarts = writtenStarts;
    this.#writtenEnds = writtenEnds;
  }

  /** Begins a row. */
  clear(): void {
    const { count } = this;
    const starts = this.#starts;
    const writtenStarts = this.#writtenStarts;
    for (let index = 0; index < count; index++) {
      starts[index] = ABSENT;
      writtenStarts[index] = ABSENT;
    }
  }

  /** Notes where the text that was sent for a column is. */
  write(index: number, start: number, end: number): void {
    this.#writtenStarts[index] = start;
    this.#writtenEnds[index] = end;
  }

  /** Notes where the text that is stored for a column is. */
  store(index: number, from: number, to: number): void {
    this.#starts[index] = from;
    this.#ends[index] = to;
  }

  /** Stores for a column what is stored for another one. */
  storeAs(index: number, other: number): void {
    this.#starts[index] = this.#starts[other]!;
    this.#ends[index] = this.#ends[other]!;
  }

  /** Whether a column has a value that is stored. */
  isStored(index: number): boolean {
    return this.#starts[index] !== ABSENT;
  }

  /** Whether anything was sent for a column, if only null. */
  isWritten(index: number): boolean {
    return this.#writtenStarts[index] !== ABSENT;
  }

  /** Copies the stored values, a comma before each. `defaultText` returns the text for a column without a value. */
  copyTo(out: TextWriter, defaultText: (index: number) => Buffer): void {
    const { count } = this;
    const starts = this.#starts;
    const ends = this.#ends;
    for (let index = 0; index < count; index++) {
      const start = starts[index]!;
      const end = ends[index]!;
      if (start >= 0) this.#copyValue(out, this.#text, start, end);
      else if (start !== ABSENT) this.#copyValue(out, this.#scratch.bytes, ~start, end);
      else {
        const text = defaultText(index);
        this.#copyValue(out, text, 0, text.length);
      }
    }
  }

  /**
   * Writes the values that were sent, as a JSON array. Strings are written as they are, other values as strings of
   * their JSON text; null is written where nothing or null was sent.
   */
  writeOriginals(out: TextWriter): void {
    out.push(OPEN_ARRAY);
    // The last value and where it has been written: several columns may take the same one.
    let [last, from, to] = [ABSENT, 0, 0];
    for (let index = 0; index < this.count; index++) {
      if (index > 0) out.push(COMMA);
      const start = this.#writtenStarts[index]!;
      const none = start === ABSENT || this.#text[start] === LETTER_N;
      if (none) out.copy(NULL, 0, NULL.length);
      else if (start === last) out.copy(out.bytes, from, to);
      else {
        [last, from] = [start, out.length];
        this.#writeOriginal(out, start, this.#writtenEnds[index]!);
        to = out.length;
      }
    }
    out.push(CLOSE_ARRAY);
  }

  #writeOriginal(out: TextWriter, start: number, end: number): void {
    const isString = this.#text[start] === QUOTE;
    const [from, to] = isString ? [start + 1, end - 1] : [start, end];
    if (isPlain(this.#text, from, to)) {
      out.push(QUOTE);
      out.copy(this.#text, from, to);
      out.push(QUOTE);
      return;
    }
    const written = this.#text.toString('utf8', start, end);
    // Going through UTF-8 replaces lone surrogates.
    out.text(JSON.stringify(isString ? Buffer.from(JSON.parse(written) as string).toString() : written));
  }

  #copyValue(out: TextWriter, from: Buffer, start: number, end: number): void {
    out.push(COMMA);
    out.copy(from, start, end);
  }
}

/** Whether the bytes between two offsets need no escape in a JSON string. */
function isPlain(text: Buffer, from: number, to: number): boolean {
  for (let at = from; at < to; at++) {
    const byte = text[at]!;
    if (byte < SPACE || byte > GREATEST_ASCII || byte === QUOTE || byte === BACKSLASH) return false;
  }
  return true;
}
