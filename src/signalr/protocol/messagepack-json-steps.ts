import { isUtf8 } from 'node:buffer';
import { MAXIMUM_DEPTH, SIGN } from './json-signs';
import { MessagePackTranscoder, NoJsonFormException } from './messagepack-json';
import { type MessagePackReader, TOKEN } from './messagepack-reader';
import { enter } from './messagepack-value';

/** Longer strings and binary values are written piece by piece; a multiple of 3, for Base64. */
const PIECE = 24 * 1024;
/** How many bytes cost a step, besides the one of the value they are in. */
const BYTES_IN_STEP = 48;
/** More than a run writes: each of its bytes, and those of its last value, can become six. */
const ROOM = 1024 * 1024;

/** How deep levels can be. */
const LEVELS = MAXIMUM_DEPTH + 1;

/**
 * Writes one large MessagePack value as JSON text, as a `MessagePackTranscoder` does, but stops after any step. Arrays,
 * maps and long strings are its own; everything small it leaves to a transcoder.
 */
export class SteppedTranscoder {
  readonly #reader: MessagePackReader;
  readonly #small: MessagePackTranscoder;
  /** The number of arrays and maps around the value. */
  #outerDepth = 0;
  /** The innermost array or map that is open, -1 when there is none. */
  #top = -1;
  /** Of each that is open: how many items it has and how many were begun, and where its last key is in the text. */
  readonly #isMap = new Uint8Array(LEVELS);
  readonly #counts = new Uint32Array(LEVELS);
  readonly #begun = new Uint32Array(LEVELS);
  readonly #keyStarts = new Uint32Array(LEVELS);
  readonly #keyEnds = new Uint32Array(LEVELS);
  /** Whether a key is being read, and whether its value comes next. */
  #inKey = false;
  #awaitsValue = false;
  /** What is left of a long string or binary value. */
  #pieceStart = 0;
  #pieceEnd = 0;
  #pieceIsBinary = false;
  #steps = 0;

  constructor(reader: MessagePackReader) {
    this.#reader = reader;
    this.#small = new MessagePackTranscoder(reader);
  }

  /** Begins with the value at the reader's position. */
  begin(depth: number): void {
    this.#small.output.clear();
    this.#outerDepth = depth;
    this.#top = -1;
    this.#inKey = this.#awaitsValue = false;
    this.#pieceStart = this.#pieceEnd = 0;
  }

  /**
   * Goes on for about so many values, at most 1000. Returns whether the value is complete.
   * @throws as a transcoder does.
   */
  run(steps: number): boolean {
    if (!this.#small.output.makeRoom(ROOM)) return false;
    this.#steps = steps;
    try {
      while (this.#steps > 0) {
        this.#steps--;
        if (this.#step()) return true;
      }
      return false;
    } catch (error) {
      throw error instanceof NoJsonFormException ? this.#locate(error) : error;
    }
  }

  /** The text of a value that is complete. */
  text(): Buffer {
    return this.#small.output.text();
  }

  /** Writes one value, one bracket or one piece. Returns whether that was the last. */
  #step(): boolean {
    if (this.#pieceEnd > 0) this.#piece();
    else if (this.#awaitsValue || this.#top < 0 || this.#beginItem()) this.#value();
    return this.#top < 0 && this.#pieceEnd === 0;
  }

  /** Begins the next item of the open array or map, or closes it. Returns whether a value comes next. */
  #beginItem(): boolean {
    const output = this.#small.output;
    const top = this.#top;
    const begun = this.#begun[top]!;
    const isMap = this.#isMap[top] === 1;
    if (begun === this.#counts[top]) {
      output.sign(isMap ? SIGN.CloseObject : SIGN.CloseArray);
      this.#top--;
      return false;
    }
    if (begun > 0) output.sign(SIGN.Comma);
    this.#begun[top] = begun + 1;
    if (!isMap) return true;
    this.#keyStarts[top] = output.length;
    this.#inKey = true;
    this.#key();
    if (this.#pieceEnd > 0) return false;
    this.#endKey();
    return true;
  }

  #endKey(): void {
    this.#keyEnds[this.#top] = this.#small.output.length;
    this.#inKey = false;
    this.#small.output.sign(SIGN.Colon);
    this.#awaitsValue = true;
  }

  #value(): void {
    this.#awaitsValue = false;
    const reader = this.#reader;
    const { position } = reader;
    const token = reader.next();
    if (token === TOKEN.Array) this.#open(SIGN.OpenArray);
    else if (token === TOKEN.Map) this.#open(SIGN.OpenObject);
    else if (!this.#beginLong(token)) {
      reader.position = position;
      this.#small.append(this.#outerDepth + this.#top + 1);
      this.#count(reader.position - position);
    }
  }

  #count(bytes: number): void {
    this.#steps -= Math.floor(bytes / BYTES_IN_STEP);
  }

  #key(): void {
    const reader = this.#reader;
    const { position } = reader;
    if (this.#beginLong(reader.next())) return;
    reader.position = position;
    this.#small.appendKey();
    this.#count(reader.position - position);
  }

  #open(sign: number): void {
    enter(this.#outerDepth + this.#top + 1);
    const top = ++this.#top;
    this.#isMap[top] = sign === SIGN.OpenObject ? 1 : 0;
    this.#counts[top] = this.#reader.length;
    this.#begun[top] = 0;
    this.#small.output.sign(sign);
  }

  /** Begins a long string or binary value. Returns whether it was one. */
  #beginLong(token: TOKEN): boolean {
    const { bytes, start, length } = this.#reader;
    const binary = token === TOKEN.Binary && !this.#inKey;
    if (length <= PIECE || !(token === TOKEN.String || binary)) return false;
    // The transcoder says what is wrong with it.
    if (!binary && !isUtf8(bytes.subarray(start, start + length))) return false;
    this.#pieceStart = start;
    this.#pieceEnd = start + length;
    this.#pieceIsBinary = binary;
    this.#small.output.sign(SIGN.Quote);
    return true;
  }

  #piece(): void {
    const { bytes } = this.#reader;
    const start = this.#pieceStart;
    const end = Math.min(this.#pieceEnd, start + PIECE);
    this.#count(end - start);
    if (this.#pieceIsBinary) this.#small.output.ascii(bytes.toString('base64', start, end));
    else this.#small.output.escaped(bytes, start, end);
    this.#pieceStart = end;
    if (end < this.#pieceEnd) return;
    this.#pieceEnd = 0;
    this.#small.output.sign(SIGN.Quote);
    if (this.#inKey) this.#endKey();
  }

  /** The same error with the path of the item or property that is being written. */
  #locate(error: NoJsonFormException): NoJsonFormException {
    let path = '';
    const last = this.#inKey ? this.#top - 1 : this.#top;
    for (let i = 0; i <= last; i++) {
      const key = this.#isMap[i] === 1;
      path += `[${key ? this.#small.output.excerpt(this.#keyStarts[i]!, this.#keyEnds[i]!) : this.#begun[i]! - 1}]`;
    }
    return error.within(path);
  }
}
