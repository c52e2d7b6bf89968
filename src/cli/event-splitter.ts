import { JSON_BYTES } from '../json/json-bytes';
import { remedyFor, remedyForString } from '../json/json-remedy';
import { CommandError } from './command-error';

const { TAB, LINE_FEED, CARRIAGE_RETURN, RECORD_SEPARATOR, SPACE, QUOTE, COMMA, BACKSLASH } = JSON_BYTES;
const { OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT } = JSON_BYTES;

/** RFC 8142: a record separator may be in front of each event, and counts as white space. */
const isSpace = (byte: number): boolean =>
  byte === SPACE || byte === LINE_FEED || byte === CARRIAGE_RETURN || byte === TAB || byte === RECORD_SEPARATOR;

/** The byte order mark, which may be in front of the text. */
const MARK = [0xef, 0xbb, 0xbf];

/**
 * Splits a text into its JSON objects, whether they are in one array, on lines of their own, or one right after the
 * other. The text comes in chunks that may end anywhere. Objects are passed on as they were written, so no digit is
 * lost; checking what is inside them is left to the server.
 */
export class EventSplitter {
  #rest: Buffer = Buffer.alloc(0);
  /** Offset of `#rest` in the whole text. */
  #base = 0;
  /** Where in `#rest` the current object starts, and how far `#rest` has been read. */
  #start = 0;
  #at = 0;
  #depth = 0;
  #inString = false;
  /** Whether the last byte was a backslash that escapes the next. */
  #escaped = false;
  #array: 'none' | 'open' | 'closed' = 'none';
  #sawObject = false;
  /** Whether a comma follows the last object of the array. */
  #separated = false;

  /** The objects that this chunk completes. Throws when something else is found where an object may start. */
  push(chunk: Buffer): Buffer[] {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const objects: Buffer[] = [];
    while (this.#at < this.#rest.length) {
      if (this.#depth === 0) this.#readBetween();
      else if (this.#readInside()) objects.push(this.#rest.subarray(this.#start, this.#at));
    }
    const keep = this.#depth === 0 ? this.#at : this.#start;
    this.#base += keep;
    this.#rest = this.#rest.subarray(keep);
    this.#start = 0;
    this.#at -= keep;
    return objects;
  }

  /** Throws when the text ended in the middle of an object or an array. */
  end(): void {
    if (this.#depth > 0)
      throw new CommandError(`the input ends inside the event that starts at byte ${this.#base + this.#start}`);
    if (this.#array === 'open') throw new CommandError('the input ends before the "]" of its array');
  }

  /** Reads one byte outside objects. */
  #readBetween(): void {
    const byte = this.#rest[this.#at]!;
    const inArray = this.#array === 'open';
    const mayStart = !inArray || this.#separated || !this.#sawObject;
    if (byte === OPEN_OBJECT && this.#array !== 'closed' && mayStart) {
      this.#start = this.#at;
      this.#depth = 1;
      this.#sawObject = true;
      this.#separated = false;
    } else if (byte === OPEN_ARRAY && this.#array === 'none' && !this.#sawObject) {
      this.#array = 'open';
    } else if (byte === CLOSE_ARRAY && inArray && !this.#separated) {
      this.#array = 'closed';
    } else if (byte === COMMA && inArray && this.#sawObject && !this.#separated) {
      this.#separated = true;
    } else if (!isSpace(byte) && MARK[this.#base + this.#at] !== byte) {
      throw this.#unexpected(byte);
    }
    this.#at++;
  }

  #unexpected(byte: number): CommandError {
    const found = byte > SPACE && byte < 0x7f ? `"${String.fromCharCode(byte)}"` : `byte 0x${byte.toString(16)}`;
    const remedy =
      remedyForString(this.#rest, this.#at) ||
      remedyFor(this.#rest, this.#at, 'put a comma between the objects of an array', 'stdin');
    return new CommandError(`expected an event object at byte ${this.#base + this.#at}, found ${found}${remedy}`);
  }

  /** Reads on inside an object and returns whether it is complete. */
  #readInside(): boolean {
    const rest = this.#rest;
    let at = this.#at;
    while (at < rest.length && this.#depth > 0) {
      const byte = rest[at++]!;
      if (this.#inString) this.#readInString(byte);
      else if (byte === QUOTE) this.#inString = true;
      else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) this.#depth++;
      else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) this.#depth--;
    }
    this.#at = at;
    return this.#depth === 0;
  }

  #readInString(byte: number): void {
    if (this.#escaped) this.#escaped = false;
    else if (byte === BACKSLASH) this.#escaped = true;
    else if (byte === QUOTE) this.#inString = false;
  }
}
