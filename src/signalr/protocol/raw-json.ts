import { checkJsonText } from './json-text-check';
import { utf8Text } from './utf8-text';

/**
 * One JSON value as text, which a hub sends as it is: returned by a method, as an item of a stream, or as an argument of a client
 * method, alone or anywhere inside objects and arrays. In the JSON encoding the text goes into the message character by character,
 * with all digits of its numbers; in MessagePack the same value is encoded, an integer of up to 64 bits exactly.
 */
export class RawJson {
  readonly #text: string;
  /**
   * Keeps `JSON.stringify` from writing this like any other object, also where the `toJSON` of something else has returned it:
   * as at every bigint, it throws.
   */
  protected readonly unwritable = 0n;

  /**
   * `json` is the text, or its bytes in UTF-8.
   * @throws TypeError when it is not one well-formed JSON value, or nested deeper than 500 arrays and objects.
   */
  constructor(json: string | Uint8Array) {
    const text = typeof json === 'string' ? json : decode(json);
    checkJsonText(text);
    this.#text = text;
  }

  get text(): string {
    return this.#text;
  }

  /** @throws TypeError always: only a hub writes the text as it is, `JSON.stringify` would change its numbers. */
  toJSON(): never {
    throw new TypeError('JSON.stringify cannot write a RawJson; use its text');
  }

  toString(): string {
    return this.#text;
  }
}

function decode({ buffer, byteOffset, byteLength }: Uint8Array): string {
  const text = utf8Text(Buffer.from(buffer, byteOffset, byteLength), 0, byteLength);
  if (text === undefined) throw new TypeError('RawJson: the bytes are not valid UTF-8');
  return text;
}
