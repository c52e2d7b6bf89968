import { JSON_BYTES } from './json-bytes';

/** The kind of the value that begins with a byte, in words. */
export function kindOf(byte: number): string {
  switch (byte) {
    case JSON_BYTES.OPEN_OBJECT:
      return 'an object';
    case JSON_BYTES.OPEN_ARRAY:
      return 'an array';
    case JSON_BYTES.QUOTE:
      return 'a string';
    case JSON_BYTES.LETTER_T:
      return 'true';
    case JSON_BYTES.LETTER_F:
      return 'false';
    case JSON_BYTES.LETTER_N:
      return 'null';
    default:
      return 'a number';
  }
}
