import { isSafeNumber, LosslessNumber, parse, stringify } from 'lossless-json';

/** A number as it came: one that a double does not hold stays its digits. */
export type ExactNumber = number | LosslessNumber;

/** Numbers that may not fit a double: sixteen digits, or an exponent. Texts without any are parsed faster. */
const LONG_NUMBER = /\d{16}|\d[eE]/;

/** `JSON.parse` that rounds no number: those beyond a double become a `LosslessNumber`, whose `toString` is exact. */
export function parseExact(text: string): unknown {
  if (!LONG_NUMBER.test(text)) return JSON.parse(text) as unknown;
  return parse(text, undefined, (digits) => (isSafeNumber(digits) ? Number(digits) : new LosslessNumber(digits)));
}

/** `JSON.stringify` of what `parseExact` gives, and of `bigint`: digits are written as they came. */
export function renderExact(value: unknown, space?: number): string {
  return stringify(value, undefined, space) ?? 'null';
}
