import { isUtf8 } from 'node:buffer';
import { SlabWriter } from './slab-writer';

const LONGEST_EXCERPT = 100;
const BILLION = 1_000_000_000;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** The escapes that `JSON.stringify` writes, by byte. ECMAScript: QuoteJSONString. */
const escapes = Array.from({ length: 128 }, (_, byte) => JSON.stringify(String.fromCharCode(byte)).slice(1, -1));

/** Writes JSON text as bytes. One object writes one text after another. */
export class JsonOutput extends SlabWriter {
  /** Begins a new text. */
  clear(): void {
    this.begin();
  }

  /** Makes room for `more` bytes of a long text, a step at a time. Returns whether it is there. */
  makeRoom(more: number): boolean {
    return this.reserveInSteps(more);
  }

  /** How many bytes the text has so far. */
  get length(): number {
    return this.size;
  }

  /** The text. */
  text(): Buffer {
    return this.take();
  }

  /** Adds a punctuation character of JSON. */
  sign(byte: number): void {
    this.byte(byte);
  }

  /** Adds ASCII text such as a number or a name. */
  ascii(text: string): void {
    this.reserve(text.length);
    const bytes = this.bytes;
    let at = this.position;
    // The text is short: this is faster than a call into C++.
    for (let i = 0; i < text.length; i++) bytes[at++] = text.charCodeAt(i);
    this.position = at;
  }

  /** Adds the digits of the 64-bit integer at `start`, most significant byte first. */
  long(source: Buffer, start: number, negative: boolean): void {
    // Long division by 1e9, 16 bits at a time: all of it is exact in numbers, and takes a tenth of the time of a
    // bigint.
    let quotient = 0;
    let rest = 0;
    for (let i = start; i < start + 8; i += 2) {
      const limb = (source[i]! << 8) | source[i + 1]!;
      const dividend = rest * 0x1_0000 + (negative ? 0xffff - limb : limb);
      const digits = Math.floor(dividend / BILLION);
      quotient = quotient * 0x1_0000 + digits;
      rest = dividend - digits * BILLION;
    }
    // Two's complement: the limbs were inverted, and one has to be added.
    if (negative && ++rest === BILLION) {
      rest = 0;
      quotient++;
    }
    this.ascii(`${negative ? '-' : ''}${quotient}${String(rest).padStart(9, '0')}`);
  }

  /** Adds bytes as a string in quotes. Returns false when they are not valid UTF-8. */
  string(source: Buffer, start: number, end: number): boolean {
    this.reserve(end - start + 2);
    const bytes = this.bytes;
    let at = this.position;
    bytes[at++] = QUOTE;
    for (let i = start; i < end; i++) {
      const byte = source[i]!;
      if (byte < 0x20 || byte >= 0x80 || byte === QUOTE || byte === BACKSLASH) {
        return this.#anyString(source, start, end);
      }
      bytes[at++] = byte;
    }
    bytes[at++] = QUOTE;
    this.position = at;
    return true;
  }

  /** The text between two of its lengths, truncated. */
  excerpt(from: number, to: number): string {
    const start = this.position - this.size;
    return this.bytes.toString('utf8', start + from, start + Math.min(to, from + LONGEST_EXCERPT));
  }

  #anyString(source: Buffer, start: number, end: number): boolean {
    if (!isUtf8(source.subarray(start, end))) return false;
    this.sign(QUOTE);
    this.escaped(source, start, end);
    this.sign(QUOTE);
    return true;
  }

  /** Adds bytes of UTF-8 as a part of a string. */
  escaped(source: Buffer, start: number, end: number): void {
    let from = start;
    for (let i = start; i < end; i++) {
      const byte = source[i]!;
      if (byte >= 0x20 && byte !== QUOTE && byte !== BACKSLASH) continue;
      if (from < i) this.#copy(source, from, i);
      this.ascii(escapes[byte]!);
      from = i + 1;
    }
    if (from < end) this.#copy(source, from, end);
  }

  #copy(source: Buffer, start: number, end: number): void {
    this.reserve(end - start);
    this.position += source.copy(this.bytes, this.position, start, end);
  }
}
