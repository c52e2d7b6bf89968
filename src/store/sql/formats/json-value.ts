import type { ResultColumn, Row } from '../result-column';

/** RFC 8259, section 6: a number without an exponent. */
const PLAIN_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/;

/** Whether a text that a numeric column is stored as can be written as a number. */
export function isNumeral({ stored }: ResultColumn, value: string): boolean {
  return (stored?.form === 'decimal' || stored?.form === 'large_integer') && PLAIN_NUMBER.test(value);
}

/** `true` or `false` where a column of that type holds 1 or 0. */
export function boolText({ stored }: ResultColumn, value: bigint): string | undefined {
  if (stored?.form !== 'bool' || (value !== 0n && value !== 1n)) return undefined;
  return value === 1n ? 'true' : 'false';
}

/**
 * A value as JSON. Integers and decimals keep all digits; NaN and infinities are `null`; bytes are hexadecimal digits.
 */
export function jsonValue(column: ResultColumn, value: Row[number], quoteLargeIntegers: boolean): string {
  if (value === null) return 'null';
  if (typeof value === 'bigint') return boolText(column, value) ?? quoted(column, String(value), quoteLargeIntegers);
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : 'null';
  if (typeof value !== 'string') return JSON.stringify(value.toString('hex'));
  if (isNumeral(column, value)) return quoted(column, value, quoteLargeIntegers);
  return column.stored?.form === 'json' && isJson(value) ? value : JSON.stringify(value);
}

function quoted({ stored }: ResultColumn, digits: string, quoteLargeIntegers: boolean): string {
  const large = stored === undefined || stored.form === 'large_integer';
  return quoteLargeIntegers && large ? `"${digits}"` : digits;
}

/** Not every value of a JSON column is JSON: in a compound query it may come from another column. */
function isJson(text: string): boolean {
  if (!text.startsWith('{') && !text.startsWith('[')) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    // It is plain text.
    return false;
  }
}
