import { isUtf8 } from 'node:buffer';
import { asciiText } from './ascii-text';
import type { KnownTexts } from './known-texts';
import type { JsonOutline, LongValue } from './json-outline';
import { malformed, SIGN } from './json-signs';
import type { NameTable } from './name-table';

/** Scans the JSON text in `bytes[position, end)`. Values can be skipped without being parsed. */
export class JsonScanner {
  bytes: Buffer = Buffer.alloc(0);
  position = 0;
  end = 0;
  /** The nesting of the value that was skipped last: 0 unless it is an array or object. */
  skippedDepth = 0;
  /** Where the long values are, if they were searched for beforehand. */
  outline: JsonOutline | undefined;

  reset(bytes: Buffer, start: number, end: number): void {
    this.bytes = bytes;
    this.position = start;
    this.end = end;
  }

  /** The long value at the position, if they were searched for. */
  longValue(): LongValue | undefined {
    return this.outline?.find(this.position);
  }

  /** Skips white space and returns the next byte, `SIGN.End` at the end. */
  peek(): number {
    const { bytes, end } = this;
    let position = this.position;
    while (position < end) {
      const byte = bytes[position]!;
      if (byte > 0x20 || !(byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09)) {
        this.position = position;
        return byte;
      }
      position++;
    }
    this.position = position;
    return SIGN.End;
  }

  /** Skips white space and a punctuation character, which must be there. */
  expect(sign: number): void {
    if (this.peek() !== sign) throw malformed();
    this.position++;
  }

  /** Skips a comma (true) or the closing bracket (false), one of which must be there. */
  continues(close: number): boolean {
    const sign = this.peek();
    if (sign !== SIGN.Comma && sign !== close) throw malformed();
    this.position++;
    return sign === SIGN.Comma;
  }

  /** Reads the string that starts at `position`. */
  readString(known?: KnownTexts): string {
    const open = this.position;
    const close = this.#plainEnd(open);
    if (close === -1) {
      this.#skipString();
      const text: unknown = parseJson(this.bytes, open, this.position);
      // Text that starts and ends with a quote and parses is a string.
      return text as string;
    }
    this.position = close + 1;
    return known === undefined ? asciiText(this.bytes, open + 1, close) : known.text(this.bytes, open + 1, close);
  }

  /** Reads the string that starts at `position` and is expected to be one of the names; `fallback` maps any other. */
  readName<T>(names: NameTable<T>, fallback: (name: string) => T): T {
    const start = this.position + 1;
    const close = this.#plainEnd(this.position);
    const known = close === -1 ? undefined : names.find(this.bytes, start, close);
    if (known === undefined) return fallback(this.readString());
    this.position = close + 1;
    return known;
  }

  /**
   * Skips one value. Only quotes and brackets are looked at, to find its end: whoever reads the value checks that it is
   * well-formed.
   */
  skipValue(): void {
    this.skippedDepth = 0;
    const byte = this.peek();
    if (this.outline !== undefined && this.#skipLong(this.outline)) return;
    if (byte === SIGN.Quote) this.#skipString();
    else if (byte === SIGN.OpenArray || byte === SIGN.OpenObject) this.#skipNested();
    else this.#skipLiteral();
  }

  /** Skips the value if it is long. Returns whether it is. */
  #skipLong(outline: JsonOutline): boolean {
    const value = outline.find(this.position);
    if (value === undefined) return false;
    this.position = value.end;
    this.skippedDepth = value.depth;
    return true;
  }

  /** The index of the quote that ends the string at `open`, -1 unless the string is ASCII without escapes. */
  #plainEnd(open: number): number {
    const { bytes, end } = this;
    for (let i = open + 1; i < end; i++) {
      const byte = bytes[i]!;
      if (byte === SIGN.Quote) return i;
      if (byte === SIGN.Backslash || byte < 0x20 || byte > 0x7e) return -1;
    }
    return -1;
  }

  #skipString(): void {
    const { bytes, end } = this;
    for (let i = this.position + 1; i < end; i++) {
      const byte = bytes[i]!;
      if (byte === SIGN.Quote) {
        this.position = i + 1;
        return;
      }
      if (byte === SIGN.Backslash) i++;
    }
    throw malformed();
  }

  #skipNested(): void {
    const { bytes, end } = this;
    let depth = 1;
    let deepest = 1;
    let i = this.position + 1;
    while (i < end) {
      let byte = bytes[i++]!;
      if (byte === SIGN.Quote) {
        while (i < end && (byte = bytes[i++]!) !== SIGN.Quote) {
          if (byte === SIGN.Backslash) i++;
        }
      } else if (byte >= SIGN.OpenArray) {
        // Square brackets and braces differ by one bit.
        byte |= 0x20;
        if (byte === SIGN.OpenObject) {
          if (++depth > deepest) deepest = depth;
        } else if (byte === SIGN.CloseObject && --depth === 0) {
          this.position = i;
          this.skippedDepth = deepest;
          return;
        }
      }
    }
    throw malformed();
  }

  /** Skips a number, `true`, `false` or `null`. */
  #skipLiteral(): void {
    const { bytes, end, position } = this;
    let i = position;
    while (i < end && isLiteralByte(bytes[i]!)) i++;
    if (i === position) throw malformed();
    this.position = i;
  }
}

/** Parses the JSON value in `bytes[start, end)`. @throws InvalidDataException when it is not valid JSON in UTF-8. */
export function parseJson(bytes: Buffer, start: number, end: number): unknown {
  return parseText(decodeJson(bytes, start, end));
}

/** The text of JSON. @throws InvalidDataException when it is not UTF-8. */
export function decodeJson(bytes: Buffer, start: number, end: number): string {
  if (!isUtf8(bytes.subarray(start, end))) throw malformed();
  return bytes.toString('utf8', start, end);
}

/** Parses a JSON text. @throws InvalidDataException when it is none. */
export function parseText(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // The parser's own text would quote what the peer sent.
    throw malformed();
  }
}

/** Whether a byte can be part of a number or literal name: digits, letters, `+`, `-` and `.`. */
function isLiteralByte(byte: number): boolean {
  const letter = byte | 0x20;
  return (
    (letter >= 0x61 && letter <= 0x7a) ||
    (byte >= 0x30 && byte <= 0x39) ||
    byte === 0x2d ||
    byte === 0x2b ||
    byte === 0x2e
  );
}
