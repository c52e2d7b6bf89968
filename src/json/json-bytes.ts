/**
 * The bytes that mean something in a JSON text, and the letters of the numbers and times written in one. Files with
 * byte loops copy them into constants of their own, because an imported name is looked up again at every use.
 */
export const JSON_BYTES = {
  TAB: 0x09,
  LINE_FEED: 0x0a,
  CARRIAGE_RETURN: 0x0d,
  RECORD_SEPARATOR: 0x1e,
  SPACE: 0x20,
  QUOTE: 0x22,
  PLUS: 0x2b,
  COMMA: 0x2c,
  MINUS: 0x2d,
  DOT: 0x2e,
  ZERO: 0x30,
  NINE: 0x39,
  COLON: 0x3a,
  UPPER_E: 0x45,
  UPPER_I: 0x49,
  UPPER_N: 0x4e,
  UPPER_T: 0x54,
  UPPER_Z: 0x5a,
  OPEN_ARRAY: 0x5b,
  BACKSLASH: 0x5c,
  CLOSE_ARRAY: 0x5d,
  LETTER_E: 0x65,
  LETTER_F: 0x66,
  LETTER_N: 0x6e,
  LETTER_T: 0x74,
  LETTER_U: 0x75,
  OPEN_OBJECT: 0x7b,
  CLOSE_OBJECT: 0x7d,
} as const;
