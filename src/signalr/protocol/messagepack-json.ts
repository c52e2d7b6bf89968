import { InvalidDataException } from '../errors';
import { JsonOutput } from './json-output';
import { Sign } from './json-scanner';
import { type MessagePackReader, Token } from './messagepack-reader';
import { isoText, isTimestamp, readTimestamp } from './messagepack-timestamp';
import { enter, malformedMessagePack } from './messagepack-value';

/** An error quotes so much of the path to where it is. */
const longestPath = 200;

/** A value that JSON cannot say. The peer is told where it is. */
class NoJsonFormException extends InvalidDataException {
  constructor(
    private readonly reason: string,
    private readonly path = '',
  ) {
    super(`${path === '' ? '' : `At ${path.slice(0, longestPath)}: `}${reason} has no JSON form.`, true);
  }

  /** The same, found in the item or property `step` of something. */
  within(step: string): NoJsonFormException {
    return new NoJsonFormException(this.reason, step + this.path);
  }
}

/**
 * Writes MessagePack values as the JSON text that a client of the JSON protocol would have sent for them: numbers as
 * `JSON.stringify` has them, but integers with all digits; binary as Base64, timestamps as ISO 8601.
 */
export class MessagePackTranscoder {
  readonly #output = new JsonOutput();

  constructor(private readonly reader: MessagePackReader) {}

  /**
   * The JSON text of the value at the reader's position, around which so many arrays and maps lie. It can be six times as
   * long as the value itself, not more.
   * @throws InvalidDataException when there is none, or it has no JSON form.
   */
  transcode(depth: number): Buffer {
    this.#output.clear();
    this.#value(depth);
    return this.#output.text();
  }

  #value(depth: number): void {
    const { reader } = this;
    const output = this.#output;
    const token = reader.next();
    switch (token) {
      case Token.Nil:
        output.ascii('null');
        return;
      case Token.Boolean:
        output.ascii(reader.boolean ? 'true' : 'false');
        return;
      case Token.Integer:
        output.ascii(String(reader.integer));
        return;
      case Token.Long:
        output.long(reader.bytes, reader.start, reader.negative);
        return;
      case Token.Float:
        if (!Number.isFinite(reader.float)) throw new NoJsonFormException(String(reader.float));
        output.ascii(String(reader.float));
        return;
      case Token.String:
        this.#string();
        return;
      case Token.Binary:
        output.ascii(`"${reader.contents().toString('base64')}"`);
        return;
      case Token.Array:
        this.#array(reader.length, enter(depth));
        return;
      case Token.Map:
        this.#map(reader.length, enter(depth));
        return;
      case Token.Extension:
        output.ascii(`"${this.#timestamp()}"`);
        return;
      case Token.Broken:
        throw malformedMessagePack();
    }
  }

  #string(): void {
    const { bytes, start, length } = this.reader;
    if (!this.#output.string(bytes, start, start + length)) {
      throw new NoJsonFormException('a string that is not valid UTF-8');
    }
  }

  #array(count: number, depth: number): void {
    const output = this.#output;
    output.sign(Sign.OpenArray);
    for (let i = 0; i < count; i++) {
      if (i > 0) output.sign(Sign.Comma);
      try {
        this.#value(depth);
      } catch (error) {
        throw error instanceof NoJsonFormException ? error.within(`[${i}]`) : error;
      }
    }
    output.sign(Sign.CloseArray);
  }

  #map(count: number, depth: number): void {
    const output = this.#output;
    output.sign(Sign.OpenObject);
    for (let i = 0; i < count; i++) {
      if (i > 0) output.sign(Sign.Comma);
      const from = output.length;
      this.#key();
      const to = output.length;
      output.sign(Sign.Colon);
      try {
        this.#value(depth);
      } catch (error) {
        throw error instanceof NoJsonFormException ? error.within(`[${output.excerpt(from, to)}]`) : error;
      }
    }
    output.sign(Sign.CloseObject);
  }

  #key(): void {
    const { reader } = this;
    const token = reader.next();
    if (token === Token.String) this.#string();
    else if (token === Token.Integer) this.#output.ascii(`"${reader.integer}"`);
    else if (token === Token.Long) this.#output.ascii(`"${String(reader.long())}"`);
    else if (token === Token.Broken) throw malformedMessagePack();
    else throw new NoJsonFormException('a key that is neither a string nor an integer');
  }

  #timestamp(): string {
    const { reader } = this;
    if (!isTimestamp(reader)) throw new NoJsonFormException(`an extension of type ${reader.extensionType}`);
    const timestamp = readTimestamp(reader);
    if (timestamp === undefined) throw new NoJsonFormException('a timestamp out of range');
    return isoText(timestamp);
  }
}
