import { jsonBytes } from './json-bytes';

/** What kind of value begins with a byte, in words. */
export function kindOf(byte: number): string {
  switch (byte) {
    case jsonBytes.OPEN_OBJECT:
      return 'an object';
    case jsonBytes.OPEN_ARRAY:
      return 'an array';
    case jsonBytes.QUOTE:
      return 'a string';
    case jsonBytes.LETTER_T:
      return 'true';
    case jsonBytes.LETTER_F:
      return 'false';
    case jsonBytes.LETTER_N:
      return 'null';
    default:
      return 'a number';
  }
}
