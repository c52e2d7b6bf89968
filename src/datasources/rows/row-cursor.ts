import { excerptBytes } from '../../json/excerpt';
import { JSON_BYTES } from '../../json/json-bytes';
import { JsonCursor } from '../../json/json-cursor';
import { ObjectKeys } from '../../json/object-keys';
import { textStart } from '../../json/text-start';

const { TAB, LINE_FEED, CARRIAGE_RETURN, RECORD_SEPARATOR, SPACE, QUOTE, MINUS, UPPER_I, UPPER_N } = JSON_BYTES;
const { OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT } = JSON_BYTES;

/**
 * `ndjson`: one row per line. `json`: rows one after another, which may span lines; the elements of an array are rows
 * too.
 */
export type RowFormat = 'ndjson' | 'json';

/** What is wrong with NaN and infinities, behind the value. */
const NO_NUMBER = 'is no JSON number: send null, or leave the field out';

/** What some serialisers write although it is not JSON. RFC 8259: 6. Numbers */
const NON_FINITE_NUMBERS = ['NaN', 'Infinity', '-Infinity'].map((word) => Buffer.from(word));

/** Where and why a row is not JSON. */
export class MalformedRow extends Error {
  position = 0;
  reason = '';
}

/**
 * Walks a text of JSON rows. A violation of the grammar throws a `MalformedRow`, which ends the row and not the text.
 * Where a line feed ends a row it is not white space, so that nothing reads beyond its line.
 */
export class RowCursor extends JsonCursor {
  #firstFlaw: string | undefined;
  /** The keys of the objects around the current value, by depth. */
  readonly #keys: ObjectKeys[] = [];
  /** The error that is thrown, always the same: taking a stack for each of a million malformed rows takes a minute. */
  #malformed: MalformedRow | undefined;

  constructor(
    body: Uint8Array,
    protected readonly format: RowFormat,
    maxDepth: number,
  ) {
    super(body, maxDepth);
  }

  /** From anywhere between two rows to the start of the next one, or to the end of the text if there is none. */
  protected skipBlank(from: number): number {
    let at = from;
    while (at < this.text.length && (isBlank(this.text[at]!) || isRowEnd(this.text[at]!))) at++;
    return at;
  }

  /** The end of the line, or of the record, that contains an offset. */
  protected lineEnd(at: number): number {
    const lineEnd = this.text.indexOf(LINE_FEED, at);
    const end = lineEnd < 0 ? this.text.length : lineEnd;
    const separator = this.text.subarray(at, end).indexOf(RECORD_SEPARATOR);
    return separator < 0 ? end : at + separator;
  }

  /** From the end of a row to the end of its line; throws when anything but white space is between. */
  protected checkLineEnd(from: number): number {
    let at = from;
    while (at < this.text.length && isBlank(this.text[at]!)) at++;
    if (at < this.text.length && !isRowEnd(this.text[at]!)) this.failExpected(at, 'the end of the line');
    return at;
  }

  /** The start of the first row. A byte order mark before it is ignored. */
  protected firstRow(): number {
    return this.skipBlank(textStart(this.text));
  }

  /** What is wrong with the values that `skipOpaque` has read since `clearFlaw`, although they are JSON. */
  protected get flaw(): string | undefined {
    return this.#firstFlaw;
  }

  protected clearFlaw(): void {
    this.#firstFlaw = undefined;
  }

  /** Skips a value that is kept as text: it may contain neither an object with a key twice nor a lone surrogate. */
  protected skipOpaque(at: number, depth: number): number {
    switch (this.text[at]!) {
      case QUOTE: {
        const end = this.skipString(at);
        if (this.loneSurrogate) this.#addFlaw('it holds half of a surrogate pair');
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

  /** An empty set for the keys of an object; `depth` counts the object itself. */
  protected emptyKeys(depth: number): ObjectKeys {
    const keys = (this.#keys[depth] ??= new ObjectKeys(this.text));
    keys.clear();
    return keys;
  }

  /** Adds the key that was read last, written between two offsets; returns what is wrong with it, if anything. */
  protected addKey(keys: ObjectKeys, start: number, end: number): string | undefined {
    if (this.loneSurrogate) return 'holds half of a surrogate pair';
    return keys.add(start, end, this.escaped) ? undefined : 'is given twice';
  }

  /** A flaw that does not tell where it is has the names of the fields around it in front. */
  #placeFlaw(keyStart: number, keyEnd: number): void {
    const flaw = this.#firstFlaw;
    if (flaw?.endsWith(NO_NUMBER) === true) this.#firstFlaw = `${excerptBytes(this.text, keyStart, keyEnd)}: ${flaw}`;
  }

  #addFlaw(flaw: string): void {
    this.#firstFlaw ??= flaw;
  }

  /** Whether `NaN` or an infinity begins at an offset: then the field is at fault, not the whole row. */
  protected isNonFinite(at: number): boolean {
    const byte = this.text[at];
    return byte === UPPER_N || byte === UPPER_I || (byte === MINUS && this.text[at + 1] === UPPER_I);
  }

  protected override skipNumber(start: number): number {
    return this.isNonFinite(start) ? this.#skipNonFinite(start) : super.skipNumber(start);
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
    this.#malformed ??= new MalformedRow('the row is not JSON');
    this.#malformed.position = at;
    this.#malformed.reason = reason;
    throw this.#malformed;
  }

  #skipNonFinite(start: number): number {
    const word = NON_FINITE_NUMBERS.find((bytes) => this.text.subarray(start, start + bytes.length).equals(bytes));
    return word === undefined ? super.skipNumber(start) : start + word.length;
  }

  #skipPlain(at: number, depth: number): number {
    if (!this.isNonFinite(at)) return this.skipValue(at, depth);
    const end = this.skipValue(at, depth);
    this.#addFlaw(`${this.text.toString('latin1', at, end)} ${NO_NUMBER}`);
    return end;
  }

  #skipOpaqueObject(start: number, depth: number): number {
    let at = this.skipBracket(start, depth);
    if (this.text[at] === CLOSE_OBJECT) return at + 1;
    const keys = this.emptyKeys(depth);
    for (;;) {
      const keyEnd = this.skipString(at);
      const wrong = this.addKey(keys, at, keyEnd);
      if (wrong !== undefined) this.#addFlaw(`a name in it ${wrong}`);
      const before = this.#firstFlaw;
      const end = this.skipOpaque(this.skipColon(keyEnd), depth);
      if (this.#firstFlaw !== before) this.#placeFlaw(at, keyEnd);
      at = this.skipToSeparator(end, CLOSE_OBJECT);
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

/** RFC 8142: 2. GeoJSON Text Sequence Syntax: a record separator is in front of each text; none is inside one. */
function isRowEnd(byte: number): boolean {
  return byte === LINE_FEED || byte === RECORD_SEPARATOR;
}

function isBlank(byte: number): boolean {
  return byte === SPACE || byte === CARRIAGE_RETURN || byte === TAB;
}
