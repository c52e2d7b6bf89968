import { InvalidDataException } from '../exceptions';

/** The bytes of JSON's punctuation. */
export const SIGN = {
  Quote: 0x22,
  Comma: 0x2c,
  Colon: 0x3a,
  Backslash: 0x5c,
  OpenArray: 0x5b,
  CloseArray: 0x5d,
  /** The beginning of `null`. */
  SmallN: 0x6e,
  OpenObject: 0x7b,
  CloseObject: 0x7d,
  /** Not a byte: the end of the text. */
  End: -1,
} as const;

/** The greatest nesting of a message, its outermost object included; as in System.Text.Json. */
export const MAXIMUM_DEPTH = 64;

/** The text is not JSON. The error does not quote it. */
export function malformed(): InvalidDataException {
  return new InvalidDataException('Error reading JSON.');
}
