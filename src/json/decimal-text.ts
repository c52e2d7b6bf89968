/** The most characters a number may be written with; no type has more than 77 digits. */
const LONGEST = 400;

const NUMBER = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,4}))?$/;

/** The same, however long. */
const ANY_NUMBER = /^-?(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;

/** More than the largest precision of any type; limits how many zeros an exponent may add. */
const MAX_DIGITS = 80;

/**
 * Writes a JSON number with exactly `scale` digits behind the point: for a scale of 2, `-1.5` becomes `-1.50`.
 * `undefined` when the number would have to be rounded, or when the text is not a number.
 */
export function fixedPoint(text: string, scale: number): string | undefined {
  if (text.length > LONGEST) return undefined;
  const match = NUMBER.exec(text);
  if (match === null) return undefined;
  const [, sign, whole, fraction = '', exponent = '0'] = match;
  const digits = `${whole!}${fraction}`.replace(/^0+/, '');
  if (digits === '') return scale === 0 ? '0' : `0.${'0'.repeat(scale)}`;
  // How many of `digits` are behind the point.
  const behind = fraction.length - Number(exponent);
  const missing = scale - behind;
  if (missing > MAX_DIGITS || -missing > digits.length) return undefined;
  const cut = missing < 0 ? digits.slice(0, missing) : digits + '0'.repeat(missing);
  if (missing < 0 && /[^0]/.test(digits.slice(missing))) return undefined;
  return `${sign!}${pointed(cut, scale)}`;
}

/** Whether a text is a number, however long, as JSON writes one. */
export function isNumberText(text: string): boolean {
  return ANY_NUMBER.test(text);
}

function pointed(digits: string, scale: number): string {
  if (scale === 0) return digits;
  const padded = digits.padStart(scale + 1, '0');
  return `${padded.slice(0, -scale)}.${padded.slice(-scale)}`;
}

/** Up to this integer every integer is a double. */
const GREATEST_EXACT = 2 ** 53;

/**
 * Whether a JSON number is kept in a double: below 2^53, where no integer is rounded, or if reading it back gives the
 * same number, digit by digit.
 */
export function isExactDouble(text: string): boolean {
  const value = Number(text);
  if (Math.abs(value) < GREATEST_EXACT) return value !== 0 || !/^[^eE]*[1-9]/.test(text);
  return isSameInDouble(text);
}

/** Whether the double next to a JSON number is written with the same digits. */
export function isSameInDouble(text: string): boolean {
  return Number.isFinite(Number(text)) && significant(text) === significant(String(Number(text)));
}

/** Shorter numbers without an exponent are kept in a double, so that they differ as doubles do. */
export const SHORT = 15;

function signOf(text: string, digits: string): -1 | 0 | 1 {
  if (digits === '') return 0;
  return text.startsWith('-') ? -1 : 1;
}

/** Whether a number is so short that another short one is equal to it exactly when their doubles are. */
export function isShort(text: string): boolean {
  return text.length <= SHORT && !/[eE]/.test(text);
}

/** Compares two JSON numbers that may differ where the doubles next to them do not: less than 0, 0 or more. */
export function compareNumbers(a: string, b: string): number {
  const difference = Number(a) - Number(b);
  if (difference !== 0 || a === b || (isShort(a) && isShort(b))) return difference;
  const [left, right] = [parsed(a), parsed(b)];
  const [sign, rightSign] = [signOf(a, left.digits), signOf(b, right.digits)];
  if (sign !== rightSign || sign === 0) return sign - rightSign;
  const [leftEnd, rightEnd] = [left.digits.length + left.exponent, right.digits.length + right.exponent];
  if (leftEnd !== rightEnd) return sign * (leftEnd - rightEnd);
  const length = Math.max(left.digits.length, right.digits.length);
  const [leftDigits, rightDigits] = [left.digits.padEnd(length, '0'), right.digits.padEnd(length, '0')];
  return leftDigits === rightDigits ? 0 : leftDigits < rightDigits ? -sign : sign;
}

/** How many digits a JSON number has before its point and behind it, written without an exponent. */
export function digitsOf(text: string): { readonly whole: number; readonly fraction: number } {
  const { digits, exponent } = parsed(text);
  return { whole: Math.max(0, digits.length + exponent), fraction: Math.max(0, -exponent) };
}

/** The digits of a number without zeros around them, and their power of ten. */
function significant(text: string): string {
  const { digits, exponent } = parsed(text);
  return `${digits}e${exponent}`;
}

function parsed(text: string): { readonly digits: string; readonly exponent: number } {
  const [, whole = '', fraction = '', exponent = '0'] = ANY_NUMBER.exec(text) ?? [];
  const digits = `${whole}${fraction}`.replace(/^0+/, '');
  if (digits === '') return { digits, exponent: 0 };
  const short = withoutZeros(digits);
  return { digits: short, exponent: Number(exponent) - fraction.length + digits.length - short.length };
}

function withoutZeros(digits: string): string {
  let end = digits.length;
  while (digits[end - 1] === '0') end--;
  return digits.slice(0, end);
}
