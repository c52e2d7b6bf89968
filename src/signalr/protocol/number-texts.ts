/** RFC 8259, section 6. */
const NUMBER = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/;
const INTEGER = /^-?(?:0|[1-9][0-9]*)$/;
const PLAIN_DECIMAL = /^-?([0-9]+)(?:\.[0-9]+)?$/;

/** The greatest value of C#'s `decimal`, which has 96 bits besides its scale. */
const GREATEST_DECIMAL = 2n ** 96n - 1n;
/** How many digits it has. */
const DECIMAL_DIGITS = 29;
/** The length of the longest 64-bit integers, with their sign. */
const LONGEST_INT64 = 20;

/** Whether a text is a number as JSON writes it. */
export function isNumberText(text: string): boolean {
  return NUMBER.test(text);
}

/** The number of a text as the nearest 64-bit float; `undefined` when it is no number or beyond the range. */
export function doubleOf(text: string): number | undefined {
  if (!NUMBER.test(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}

/** As `doubleOf`, but `undefined` too for an integer whose digits a number does not keep. */
export function numberOf(text: string): number | undefined {
  const value = doubleOf(text);
  if (value === undefined || Math.abs(value) <= Number.MAX_SAFE_INTEGER || !INTEGER.test(text)) return value;
  // JavaScript writes a greater number with as many digits as tell it apart, and zeros behind: it was sent by a client
  // in JavaScript.
  return String(value) === text ? value : undefined;
}

/** An integer that a number holds exactly, `undefined` for any other text. */
export function integerOf(text: string): number | undefined {
  const value = Number(text);
  // Adding 0 makes 0 of -0, which is no integer of its own.
  return INTEGER.test(text) && Number.isSafeInteger(value) ? value + 0 : undefined;
}

/** A 64-bit integer, `undefined` for any other text. */
export function int64Of(text: string): bigint | undefined {
  if (text.length > LONGEST_INT64 || !INTEGER.test(text)) return undefined;
  return inInt64(BigInt(text));
}

/** The integer itself if it has 64 bits, sign included. */
export function inInt64(value: bigint): bigint | undefined {
  return BigInt.asIntN(64, value) === value ? value : undefined;
}

/** Whether a text is a number in the range of C#'s `decimal`. */
export function isDecimalText(text: string): boolean {
  const whole = PLAIN_DECIMAL.exec(text)?.[1];
  if (whole === undefined) return NUMBER.test(text) && Math.abs(Number(text)) <= Number(GREATEST_DECIMAL);
  if (!NUMBER.test(text) || whole.length > DECIMAL_DIGITS) return false;
  return whole.length < DECIMAL_DIGITS || BigInt(whole) <= GREATEST_DECIMAL;
}
