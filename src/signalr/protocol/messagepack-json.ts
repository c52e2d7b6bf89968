import { InvalidDataException } from '../exceptions';
import { JsonOutput } from './json-output';
import { SIGN } from './json-signs';
import { type MessagePackReader, TOKEN } from './messagepack-reader';
import { isTimestamp, readTimestamp } from './messagepack-timestamp';
import { enter, malformedMessagePack } from './messagepack-value';

/** How many characters of the path an error quotes. */
const LONGEST_PATH = 200;

/** A value that has no JSON form. The peer is told where it is. */
export class NoJsonFormException extends InvalidDataException {
  readonly #reason: string;
  readonly #path: string;

  constructor(reason: string, path = '') {
    super(`${path === '' ? '' : `at ${path.slice(0, LONGEST_PATH)}: `}${reason} has no JSON form`, true);
    this.#reason = reason;
    this.#path = path;
  }

  /** The same error, located in the item or property `step` of something. */
  within(step: string): NoJsonFormException {
    return new NoJsonFormException(this.#reason, step + this.#path);
  }
}

/**
 * Writes MessagePack values as the JSON text that a client of the JSON protocol would have sent: numbers as
 * `JSON.stringify` writes them, but integers with all their digits; binary as Base64, timestamps as ISO 8601.
 */
export class MessagePackTranscoder {
  /** What was written so far. */
  readonly output = new JsonOutput();
  readonly #reader: MessagePackReader;

  constructor(reader: MessagePackReader) {
    this.#reader = reader;
  }

  /**
   * The JSON text of the value at the reader's position, inside `depth` arrays and maps. It is at most six times as
   * long as the value itself.
   * @throws InvalidDataException when the value is malformed or has no JSON form.
   */
  transcode(depth: number): Buffer {
    this.output.clear();
    this.#value(depth);
    return this.output.text();
  }

  /** Writes the value at the reader's position behind what was written so far. @throws as `transcode` does. */
  append(depth: number): void {
    this.#value(depth);
  }

  /** Writes the key at the reader's position behind what was written so far. @throws as `transcode` does. */
  appendKey(): void {
    this.#key();
  }

  #value(depth: number): void {
    const reader = this.#reader;
    const output = this.output;
    const token = reader.next();
    switch (token) {
      case TOKEN.Nil:
        output.ascii('null');
        return;
      case TOKEN.Boolean:
        output.ascii(reader.boolean ? 'true' : 'false');
        return;
      case TOKEN.Integer:
        output.ascii(String(reader.integer));
        return;
      case TOKEN.Long:
        output.long(reader.bytes, reader.start, reader.negative);
        return;
      case TOKEN.Float:
        if (!Number.isFinite(reader.float)) throw new NoJsonFormException(String(reader.float));
        output.ascii(String(reader.float));
        return;
      case TOKEN.String:
        this.#string();
        return;
      case TOKEN.Binary:
        output.ascii(`"${reader.contents().toString('base64')}"`);
        return;
      case TOKEN.Array:
        this.#array(reader.length, enter(depth));
        return;
      case TOKEN.Map:
        this.#map(reader.length, enter(depth));
        return;
      case TOKEN.Extension:
        output.ascii(`"${this.#timestamp()}"`);
        return;
      case TOKEN.Broken:
        throw malformedMessagePack();
    }
  }

  #string(): void {
    const { bytes, start, length } = this.#reader;
    if (!this.output.string(bytes, start, start + length)) {
      throw new NoJsonFormException('a string that is not valid UTF-8');
    }
  }

  #array(count: number, depth: number): void {
    const output = this.output;
    output.sign(SIGN.OpenArray);
    for (let i = 0; i < count; i++) {
      if (i > 0) output.sign(SIGN.Comma);
      try {
        this.#value(depth);
      } catch (error) {
        throw error instanceof NoJsonFormException ? error.within(`[${i}]`) : error;
      }
    }
    output.sign(SIGN.CloseArray);
  }

  #map(count: number, depth: number): void {
    const output = this.output;
    output.sign(SIGN.OpenObject);
    for (let i = 0; i < count; i++) {
      if (i > 0) output.sign(SIGN.Comma);
      const from = output.length;
      this.#key();
      const to = output.length;
      output.sign(SIGN.Colon);
      try {
        this.#value(depth);
      } catch (error) {
        throw error instanceof NoJsonFormException ? error.within(`[${output.excerpt(from, to)}]`) : error;
      }
    }
    output.sign(SIGN.CloseObject);
  }

  #key(): void {
    const reader = this.#reader;
    const token = reader.next();
    if (token === TOKEN.String) this.#string();
    else if (token === TOKEN.Integer) this.output.ascii(`"${reader.integer}"`);
    else if (token === TOKEN.Long) this.output.ascii(`"${String(reader.long())}"`);
    else if (token === TOKEN.Broken) throw malformedMessagePack();
    else throw new NoJsonFormException('a key that is neither a string nor an integer');
  }

  #timestamp(): string {
    const reader = this.#reader;
    if (!isTimestamp(reader)) throw new NoJsonFormException(`an extension of type ${reader.extensionType}`);
    const timestamp = readTimestamp(reader);
    if (timestamp === undefined) throw new NoJsonFormException('a timestamp out of range');
    return timestamp.toISOString();
  }
}
