import { JSON_BYTES } from '../../json/json-bytes';
import { JsonCursor } from '../../json/json-cursor';
import { ObjectKeys } from '../../json/object-keys';

const { TAB, LINE_FEED, CARRIAGE_RETURN, SPACE, QUOTE, MINUS, UPPER_I, UPPER_N } = JSON_BYTES;
const { OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT } = JSON_BYTES;

/** `ndjson`: a row a line. `json`: values behind each other that may span lines; the elements of an array are rows too. */
export type RowFormat = 'ndjson' | 'json';

/** What some serialisers write although JSON has no such numbers. RFC 8259: 6. Numbers */
const unrealNumbers = ['NaN', 'Infinity', '-Infinity'].map((word) => Buffer.from(word));

/** Where and why a row is no JSON. */
export class BrokenRow extends Error {
  position = 0;
  reason = '';
}

/** The one that is thrown: a stack for each of a million broken rows would take a minute. */
const brokenRow = new BrokenRow('a row is no JSON');

/**
 * Reads JSON row by row. What breaks the grammar throws a `BrokenRow`, which ends a row and not the text; a line feed
 * is no white space where it ends a row, so nothing reads beyond its line.
 */
export class RowReader extends JsonCursor {
  #firstFlaw: string | undefined;
  /** Keys of the objects around what is read, by depth. */
  readonly #keySets: ObjectKeys[] = [];

  constructor(
    body: Uint8Array,
    protected readonly format: RowFormat,
    maxDepth: number,
  ) {
    super(body, maxDepth);
  }

  /** The offset of the next row, from anywhere between two; the end of the text if there is none. */
  protected skipBlank(from: number): number {
    let at = from;
    while (at < this.text.length && (isBlank(this.text[at]!) || this.text[at] === LINE_FEED)) at++;
    return at;
  }

  /** The end of the line an offset lies in. */
  protected lineEnd(at: number): number {
    const end = this.text.indexOf(LINE_FEED, at);
    return end < 0 ? this.text.length : end;
  }

  /** Refuses whatever stands between the end of a row and the end of its line. */
  protected checkLineEnd(from: number): number {
    let at = from;
    while (at < this.text.length && isBlank(this.text[at]!)) at++;
    if (at < this.text.length && this.text[at] !== LINE_FEED) this.failExpected(at, 'the end of the line');
    return at;
  }

  /** Where the rows of the text begin: a byte order mark is left out. RFC 8259: 8.1. Character Encoding */
  protected firstRow(): number {
    const { text } = this;
    const marked = text.length >= 3 && text[0] === 0xef && text[1] === 0xbb && text[2] === 0xbf;
    return this.skipBlank(marked ? 3 : 0);
  }

  /** What is wrong, although it is JSON, with what `skipOpaque` read since `clearFlaw`. */
  protected get flaw(): string | undefined {
    return this.#firstFlaw;
  }

  protected clearFlaw(): void {
    this.#firstFlaw = undefined;
  }

  /** Skips a value that is kept as its text: no object in it may have a key twice, no string half of a surrogate pair. */
  protected skipOpaque(at: number, depth: number): number {
    switch (this.text[at]!) {
      case QUOTE: {
        const end = this.skipString(at);
        if (this.torn) this.#addFlaw('it holds half of a surrogate pair');
        return end;
      }
      case OPEN_OBJECT:
        return this.#skipOpaqueObject(at, depth + 1);
      case OPEN_ARRAY:
        return this.#skipOpaqueArray(at, depth + 1);
      default:
        return this.#skipPlain(at, depth);
    }
  }

  /** The empty set of the keys of an object that is the `depth`th around what it holds. */
  protected freshKeys(depth: number): ObjectKeys {
    const keys = (this.#keySets[depth] ??= new ObjectKeys(this.text));
    keys.clear();
    return keys;
  }

  /** Takes a key between two quotes, of the string read last; says what is wrong with it, if anything. */
  protected takeKey(keys: ObjectKeys, start: number, end: number): string | undefined {
    if (this.torn) return 'holds half of a surrogate pair';
    return keys.add(start, end, this.escaped) ? undefined : 'is given twice';
  }

  #addFlaw(flaw: string): void {
    this.#firstFlaw ??= flaw;
  }

  /** Whether `NaN` or an infinite number begins at an offset: its field is to blame then, not the whole row. */
  protected isUnreal(at: number): boolean {
    const byte = this.text[at];
    return byte === UPPER_N || byte === UPPER_I || (byte === MINUS && this.text[at + 1] === UPPER_I);
  }

  protected override skipNumber(start: number): number {
    return this.isUnreal(start) ? this.#skipUnreal(start) : super.skipNumber(start);
  }

  protected override skipSpaces(from: number): number {
    let at = from;
    while (at < this.text.length) {
      const byte = this.text[at]!;
      if (!isBlank(byte) && (byte !== LINE_FEED || this.format === 'ndjson')) return at;
      at++;
    }
    return this.failEnd();
  }

  protected override failExpected(at: number, expected: string): never {
    if (this.format === 'ndjson' && this.text[at] === LINE_FEED)
      this.fail(at, 'the line ends before its value does; a value may span lines with format=json');
    return super.failExpected(at, expected);
  }

  protected override fail(at: number, reason: string): never {
    brokenRow.position = at;
    brokenRow.reason = reason;
    throw brokenRow;
  }

  #skipUnreal(start: number): number {
    const word = unrealNumbers.find((bytes) => this.text.subarray(start, start + bytes.length).equals(bytes));
    return word === undefined ? super.skipNumber(start) : start + word.length;
  }

  #skipPlain(at: number, depth: number): number {
    if (this.isUnreal(at)) this.#addFlaw('it is no JSON number');
    return this.skipValue(at, depth);
  }

  #skipOpaqueObject(start: number, depth: number): number {
    let at = this.skipBracket(start, depth);
    if (this.text[at] === CLOSE_OBJECT) return at + 1;
    const keys = this.freshKeys(depth);
    for (;;) {
      const keyEnd = this.skipString(at);
      const wrong = this.takeKey(keys, at, keyEnd);
      if (wrong !== undefined) this.#addFlaw(`a name in it ${wrong}`);
      at = this.skipToSeparator(this.skipOpaque(this.skipColon(keyEnd), depth), CLOSE_OBJECT);
      if (this.text[at] === CLOSE_OBJECT) return at + 1;
      at = this.skipSpace(at + 1);
    }
  }

  #skipOpaqueArray(start: number, depth: number): number {
    let at = this.skipBracket(start, depth);
    if (this.text[at] === CLOSE_ARRAY) return at + 1;
    for (;;) {
      at = this.skipToSeparator(this.skipOpaque(at, depth), CLOSE_ARRAY);
      if (this.text[at] === CLOSE_ARRAY) return at + 1;
      at = this.skipSpace(at + 1);
    }
  }
}

function isBlank(byte: number): boolean {
  return byte === SPACE || byte === CARRIAGE_RETURN || byte === TAB;
}
