/** The most characters a number may be written with; no type has more than 77 digits. */
const LONGEST = 400;

const NUMBER = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,4}))?$/;

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

function pointed(digits: string, scale: number): string {
  if (scale === 0) return digits;
  const padded = digits.padStart(scale + 1, '0');
  return `${padded.slice(0, -scale)}.${padded.slice(-scale)}`;
}
