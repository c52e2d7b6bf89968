import { malformed, SIGN } from './json-signs';

/** Shorter values than this are not noted: they are found again in no time. */
const LONG_VALUE = 8 * 1024;

/** How many elements of an array are found one by one. */
export const OUTLINED_ELEMENTS = 64;

/** How many brackets are open inside the message, and inside its array of arguments. */
const IN_MESSAGE = 1;
const IN_ARGUMENTS = 2;

/** A long value of a message. */
export interface LongValue {
  readonly end: number;
  /** Its nesting: 0 for a string. */
  readonly depth: number;
  /** Of an array: how many elements it has, where those behind the first 64 begin, and the nesting of these. */
  readonly count: number;
  readonly restStart: number;
  readonly restDepth: number;
}

/**
 * Where the long values of a large message end, found in steps: the properties of the message and the elements in them.
 * Like the scanner, it looks at quotes and brackets alone.
 */
export class JsonOutline {
  readonly #values = new Map<number, LongValue>();
  readonly #bytes: Buffer;
  readonly #end: number;
  #position: number;
  #depth = 0;
  #stringStart = -1;
  /** Where the open property and the open element begin, and the greatest depth in each. */
  #propertyStart = 0;
  #propertyDepth = 0;
  #elementStart = 0;
  #elementDepth = 0;
  /** The commas between the elements, and what is behind the first 64 of these. */
  #commas = 0;
  #restStart = 0;
  #restDepth = 0;

  constructor(bytes: Buffer, start: number, end: number) {
    this.#bytes = bytes;
    this.#position = start;
    this.#end = end;
  }

  /** The long value that begins here. */
  find(position: number): LongValue | undefined {
    return this.#values.get(position);
  }

  /**
   * Goes on for so many bytes. Returns whether it is complete.
   * @throws InvalidDataException when the text breaks off.
   */
  run(count: number): boolean {
    const stop = Math.min(this.#end, this.#position + count);
    while (this.#position < stop) {
      if (this.#stringStart >= 0) this.#skipString(stop);
      else if (this.#skipToQuote(stop)) return true;
    }
    if (stop < this.#end) return false;
    if (this.#depth > 0 || this.#stringStart >= 0) throw malformed();
    return true;
  }

  #skipString(stop: number): void {
    const bytes = this.#bytes;
    let i = this.#position;
    while (i < stop) {
      const byte = bytes[i++]!;
      if (byte === SIGN.Backslash) i++;
      if (byte !== SIGN.Quote) continue;
      if (this.#depth <= IN_ARGUMENTS) this.#note(this.#stringStart, i, 0);
      this.#stringStart = -1;
      break;
    }
    this.#position = i;
  }

  /** Returns whether the message ends here. */
  #skipToQuote(stop: number): boolean {
    const bytes = this.#bytes;
    let i = this.#position;
    let depth = this.#depth;
    let deepest = this.#elementDepth;
    while (i < stop) {
      const byte = bytes[i++]!;
      if (byte === SIGN.Quote) {
        this.#stringStart = i - 1;
        break;
      }
      if (byte < SIGN.OpenArray) {
        if (byte === SIGN.Comma && depth === IN_ARGUMENTS) this.#countElement(i);
        continue;
      }
      // Square brackets and braces differ by one bit.
      const bracket = byte | 0x20;
      if (bracket === SIGN.OpenObject) {
        if (depth <= IN_ARGUMENTS) this.#open(depth, i - 1);
        if (++depth > deepest || depth <= IN_ARGUMENTS + 1) deepest = depth;
      } else if (bracket === SIGN.CloseObject) {
        depth--;
        if (depth <= IN_ARGUMENTS) this.#close(depth, i, deepest);
        if (depth <= 0) {
          this.#position = i;
          this.#depth = 0;
          return true;
        }
      }
    }
    this.#position = i;
    this.#depth = depth;
    this.#elementDepth = deepest;
    return false;
  }

  #countElement(next: number): void {
    if (++this.#commas !== OUTLINED_ELEMENTS) return;
    this.#restStart = next;
    this.#restDepth = 0;
  }

  /** A bracket is opened inside so many. */
  #open(depth: number, position: number): void {
    if (depth === IN_ARGUMENTS) {
      this.#elementStart = position;
    } else if (depth === IN_MESSAGE) {
      this.#propertyStart = position;
      this.#propertyDepth = IN_ARGUMENTS;
      this.#commas = this.#restDepth = 0;
    }
  }

  /** A bracket is closed that was inside so many. */
  #close(depth: number, end: number, deepest: number): void {
    if (depth === IN_ARGUMENTS) {
      this.#propertyDepth = Math.max(this.#propertyDepth, deepest);
      this.#restDepth = Math.max(this.#restDepth, deepest - depth);
      this.#note(this.#elementStart, end, deepest - depth);
    } else if (depth === IN_MESSAGE) {
      this.#note(this.#propertyStart, end, this.#propertyDepth - depth);
    }
  }

  #note(start: number, end: number, depth: number): void {
    if (end - start < LONG_VALUE) return;
    const [count, restStart, restDepth] = [this.#commas + 1, this.#restStart, this.#restDepth];
    this.#values.set(start, { end, depth, count, restStart, restDepth });
  }
}
