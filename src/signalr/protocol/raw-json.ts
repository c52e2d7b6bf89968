import { checkJsonText } from './json-text-check';
import { utf8Text } from './utf8-text';

/** What the MessagePack encoding has made of a text inside `depth` arrays and maps. */
export interface EncodedForm {
  readonly bytes: Uint8Array;
  readonly depth: number;
}

/** The form that is kept of a text, if one is. */
export let encodedForm: (json: RawJson) => EncodedForm | undefined;

/**
 * Keeps the form of a text that was encoded before: it is one that is sent to many. `form` is called for those alone.
 */
export let keepForm: (json: RawJson, form: () => EncodedForm) => void;

/**
 * One JSON value as text that a hub sends as it is: as a result, an item of a stream or an argument of a client's
 * method, alone or nested in objects and arrays. The JSON encoding copies the text into the message, with all digits of
 * its numbers; the MessagePack encoding writes the same value, with integers of up to 64 bits exact.
 */
export class RawJson {
  readonly #text: string;
  #wasEncoded = false;
  #form: EncodedForm | undefined;

  static {
    encodedForm = (json) => json.#form;
    keepForm = (json, form) => {
      if (json.#wasEncoded) json.#form = form();
      json.#wasEncoded = true;
    };
  }

  /**
   * Makes `JSON.stringify` throw as at any bigint, rather than write this like an ordinary object. `toJSON` below is
   * not enough: it is not called when the `toJSON` of something else has returned this.
   */
  protected readonly unwritable = 0n;

  /**
   * `json` is the text, or its bytes in UTF-8.
   * @throws TypeError when it is not one well-formed JSON value, or is nested deeper than 500 arrays and objects.
   */
  constructor(json: string | Uint8Array) {
    const text = typeof json === 'string' ? json : decode(json);
    checkJsonText(text);
    this.#text = text;
  }

  get text(): string {
    return this.#text;
  }

  /**
   * @throws TypeError always: only a hub writes the text as it is, whereas `JSON.stringify` would change its numbers.
   */
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
