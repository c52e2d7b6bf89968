import { isUtf8 } from 'node:buffer';
import { WriterHubError } from '../errors';
import { JSON_BYTES } from './json-bytes';
import { remedyFor } from './json-remedy';
import { textStart } from './text-start';
import { firstInvalidUtf8 } from './utf8';

const { TAB, LINE_FEED, CARRIAGE_RETURN, SPACE, QUOTE, BACKSLASH, PLUS, MINUS, DOT, ZERO, NINE, UPPER_E } = JSON_BYTES;
const { RECORD_SEPARATOR, COMMA, COLON, OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT } = JSON_BYTES;
const { LETTER_E, LETTER_F, LETTER_N, LETTER_T, LETTER_U } = JSON_BYTES;

/** 1 for every byte that may follow a backslash and completes the escape. */
const SIMPLE_ESCAPES = Uint8Array.from({ length: 256 }, (_, byte) =>
  Number('"\\/bfnrt'.includes(String.fromCharCode(byte))),
);

/**
 * Walks a JSON text and throws `malformed_json` where it violates RFC 8259, UTF-8 or the nesting limit. It builds no
 * values: each `skip…` method takes the offset of what it skips and returns the offset behind it, and subclasses read
 * what they need from the bytes in between.
 */
export class JsonCursor {
  /** Of the last string: whether it has escapes, and whether one of them is a lone surrogate. */
  protected escaped = false;
  protected loneSurrogate = false;
  /** Of the last number: whether it has a fraction, and an exponent. */
  protected fraction = false;
  protected exponent = false;

  protected readonly text: Buffer;

  /** What to do with several values that follow one another. */
  protected get several(): string {
    return 'one value is taken: put the objects into an array where there may be several, or send each by itself';
  }

  readonly #maxDepth: number;

  constructor(text: Uint8Array, maxDepth: number) {
    this.#maxDepth = maxDepth;

    this.text = Buffer.isBuffer(text) ? text : Buffer.from(text.buffer, text.byteOffset, text.length);
  }

  /** Throws unless the text is UTF-8. The rest of the class relies on that. */
  protected checkUtf8(): void {
    if (!isUtf8(this.text)) this.fail(firstInvalidUtf8(this.text), 'the text is not valid UTF-8');
  }

  /** The offset of the first byte of the text's one value; throws when there is none. */
  protected firstValue(): number {
    return this.skipSpace(textStart(this.text));
  }

  /** The offset of the next byte that is not white space; throws when there is none. */
  protected skipSpace(at: number): number {
    return at < this.text.length && this.text[at]! > SPACE ? at : this.skipSpaces(at);
  }

  /** Throws when anything but white space follows the text's one value. */
  protected checkEnd(at: number): void {
    while (at < this.text.length && isSpace(this.text[at]!)) at++;
    if (at < this.text.length) this.failExpected(at, 'the end of the text');
  }

  /**
   * From the end of a value to the start of the one behind the next record separator, or to the end of the text.
   * RFC 8142: 2. GeoJSON Text Sequence Syntax
   */
  protected skipToRecord(at: number): number {
    let separated = false;
    for (; at < this.text.length; at++) {
      const byte = this.text[at]!;
      if (byte === RECORD_SEPARATOR) separated = true;
      else if (!isSpace(byte)) break;
    }
    if (at < this.text.length && !separated) this.failExpected(at, 'the end of the text');
    return at;
  }

  /** From the end of a key to the start of its value. */
  protected skipColon(at: number): number {
    const colon = this.skipSpace(at);
    if (this.text[colon] !== COLON) this.failExpected(colon, '":"');
    return this.skipSpace(colon + 1);
  }

  /** From the end of a member or element to the comma or the closing bracket behind it. */
  protected skipToSeparator(at: number, close: number): number {
    const separator = this.skipSpace(at);
    const byte = this.text[separator]!;
    if (byte !== COMMA && byte !== close) this.failExpected(separator, `"," or "${String.fromCharCode(close)}"`);
    return separator;
  }

  /** Skips the opening bracket of an array or object, and the white space behind it; `depth` counts this bracket. */
  protected skipBracket(at: number, depth: number): number {
    if (depth > this.#maxDepth) this.fail(at, `arrays and objects are nested more than ${this.#maxDepth} deep`);
    return this.skipSpace(at + 1);
  }

  /** Skips a value of any kind that is nested in `depth` arrays and objects. */
  protected skipValue(at: number, depth: number): number {
    switch (this.text[at]!) {
      case QUOTE:
        return this.skipString(at);
      case OPEN_OBJECT:
        return this.#skipObject(at, depth + 1);
      case OPEN_ARRAY:
        return this.#skipArray(at, depth + 1);
      case LETTER_T:
        return this.skipWord(at, 'true');
      case LETTER_F:
        return this.skipWord(at, 'false');
      case LETTER_N:
        return this.skipWord(at, 'null');
      default:
        return this.skipNumber(at);
    }
  }

  protected skipString(start: number): number {
    const { text } = this;
    if (text[start] !== QUOTE) this.failExpected(start, 'a property name in quotes');
    this.escaped = false;
    this.loneSurrogate = false;
    let at = start + 1;
    while (at < text.length) {
      const byte = text[at]!;
      if (byte === QUOTE) return at + 1;
      if (byte === BACKSLASH) at = this.#skipEscape(at);
      else if (byte >= SPACE) at++;
      else this.fail(at, `a string holds the control character ${hex(byte)} unescaped`);
    }
    return this.failEnd();
  }

  // RFC 8259: 6. Numbers
  protected skipNumber(start: number): number {
    const { text } = this;
    this.fraction = false;
    this.exponent = false;
    const first = text[start] === MINUS ? start + 1 : start;
    let at = this.#skipDigits(first, start === first ? 'a value' : 'a digit');
    if (text[first] === ZERO && at > first + 1) this.fail(first, 'a number begins with a needless 0');
    if (at < text.length && text[at] === DOT) {
      this.fraction = true;
      at = this.#skipDigits(at + 1, 'a digit');
    }
    if (at < text.length && (text[at] === LETTER_E || text[at] === UPPER_E)) {
      this.exponent = true;
      const signed = at + 1 < text.length && (text[at + 1] === PLUS || text[at + 1] === MINUS);
      at = this.#skipDigits(signed ? at + 2 : at + 1, 'a digit');
    }
    return at;
  }

  /** Skips `true`, `false` or `null`, recognised by its first letter. */
  protected skipWord(at: number, word: string): number {
    for (let i = 0; i < word.length; i++) {
      if (at + i === this.text.length) this.failEnd();
      if (this.text[at + i] !== word.charCodeAt(i)) this.failExpected(at + i, `the word ${word}`);
    }
    return at + word.length;
  }

  /** The value of the string written between two offsets, quotes included. */
  protected decode(start: number, end: number): string {
    return JSON.parse(this.text.toString('utf8', start, end)) as string;
  }

  /** Throws because something else than `expected` is found at an offset. */
  protected failExpected(at: number, expected: string): never {
    const byte = this.text[at];
    if (byte === undefined) return this.failEnd();
    const found =
      byte === QUOTE ? 'a quote' : byte > SPACE && byte < 0x7f ? `"${String.fromCharCode(byte)}"` : hex(byte);
    return this.fail(at, `expected ${expected}, found ${found}`);
  }

  protected failEnd(): never {
    this.fail(this.text.length, 'the text ends before its value does');
  }

  protected fail(at: number, reason: string): never {
    const why = `${reason}${remedyFor(this.text, at, this.several)}`;
    throw new WriterHubError('malformed_json', `malformed JSON at byte ${at}: ${why}`, { position: at });
  }

  protected skipSpaces(at: number): number {
    while (at < this.text.length) {
      if (!isSpace(this.text[at]!)) return at;
      at++;
    }
    return this.failEnd();
  }

  #skipObject(start: number, depth: number): number {
    let at = this.skipBracket(start, depth);
    if (this.text[at] === CLOSE_OBJECT) return at + 1;
    for (;;) {
      at = this.skipValue(this.skipColon(this.skipString(at)), depth);
      at = this.skipToSeparator(at, CLOSE_OBJECT);
      if (this.text[at] === CLOSE_OBJECT) return at + 1;
      at = this.skipSpace(at + 1);
    }
  }

  #skipArray(start: number, depth: number): number {
    let at = this.skipBracket(start, depth);
    if (this.text[at] === CLOSE_ARRAY) return at + 1;
    for (;;) {
      at = this.skipToSeparator(this.skipValue(at, depth), CLOSE_ARRAY);
      if (this.text[at] === CLOSE_ARRAY) return at + 1;
      at = this.skipSpace(at + 1);
    }
  }

  #skipDigits(start: number, expected: string): number {
    const { text } = this;
    let at = start;
    while (at < text.length && isDigit(text[at]!)) at++;
    if (at === start) this.failExpected(at, expected);
    return at;
  }

  /** Skips an escape sequence, or the two of a surrogate pair. RFC 8259: 7. Strings */
  #skipEscape(at: number): number {
    this.escaped = true;
    if (at + 1 === this.text.length) this.failEnd();
    const letter = this.text[at + 1]!;
    if (letter !== LETTER_U) {
      if (SIMPLE_ESCAPES[letter] !== 1) this.failExpected(at + 1, 'one of "\\/bfnrtu');
      return at + 2;
    }
    const unit = this.#codeUnit(at + 2);
    if (unit < 0xd800 || unit > 0xdfff) return at + 6;
    if (unit < 0xdc00 && this.#isLowSurrogate(at + 6)) return at + 12;
    this.loneSurrogate = true;
    return at + 6;
  }

  #isLowSurrogate(at: number): boolean {
    if (at + 1 >= this.text.length || this.text[at] !== BACKSLASH || this.text[at + 1] !== LETTER_U) return false;
    const unit = this.#codeUnit(at + 2);
    return unit >= 0xdc00 && unit <= 0xdfff;
  }

  #codeUnit(start: number): number {
    let unit = 0;
    for (let at = start; at < start + 4; at++) {
      if (at >= this.text.length) this.failEnd();
      const digit = hexDigit(this.text[at]!);
      if (digit < 0) this.failExpected(at, 'a hexadecimal digit');
      unit = unit * 16 + digit;
    }
    return unit;
  }
}

function isSpace(byte: number): boolean {
  return byte === SPACE || byte === LINE_FEED || byte === CARRIAGE_RETURN || byte === TAB;
}

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= NINE;
}

function hexDigit(byte: number): number {
  if (isDigit(byte)) return byte - ZERO;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

function hex(byte: number): string {
  if (byte === RECORD_SEPARATOR) return 'a record separator (byte 0x1e)';
  return `byte 0x${byte.toString(16).padStart(2, '0')}`;
}
