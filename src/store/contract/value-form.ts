import { excerpt } from '../../json/excerpt';
import { fixedPoint, isSameInDouble } from '../../json/decimal-text';

/** A value that is not null, as a column keeps it. */
export type KeptValue = string | number | bigint;

/** The form in which a column keeps its values: what is read as a number, a time or a text, and how it is written. */
export type ValueForm =
  /** Within bounds; beyond int64 as digits. */
  | { readonly kind: 'integer'; readonly least: bigint; readonly greatest: bigint }
  /** A double with the same digits. */
  | { readonly kind: 'float'; readonly greatest: number }
  /** So many digits, so many of them behind the point: as a number, or as a text. */
  | { readonly kind: 'decimal'; readonly precision: number; readonly scale: number; readonly isText: boolean }
  | { readonly kind: 'date' }
  /** So many digits behind the second. */
  | { readonly kind: 'time'; readonly precision: number }
  /** So many bytes at the most. */
  | { readonly kind: 'text'; readonly bytes: number }
  /** No value is rewritten; the JSON texts of an empty array and an empty object may stay where `empty` says so. */
  | { readonly kind: 'none'; readonly empty: boolean };

const LEAST_INT64 = -(2n ** 63n);
const GREATEST_INT64 = 2n ** 63n - 1n;

/** A day, or a day and a time of day, as they are kept. */
const TIME = /^(\d{4}-\d\d-\d\d)(?: (\d\d:\d\d:\d\d)(?:\.(\d+))?)?$/;
const MIDNIGHT = '00:00:00';

/** A value in another form; `undefined` when it does not fit: nothing is rounded or cut. */
export function inForm(value: KeptValue, form: ValueForm): KeptValue | undefined {
  switch (form.kind) {
    case 'integer':
      return integerOf(value, form);
    case 'float':
      return floatOf(value, form.greatest);
    case 'decimal':
      return decimalOf(value, form);
    case 'date':
      return timeOf(value, undefined);
    case 'time':
      return timeOf(value, form.precision);
    case 'text':
      return typeof value === 'string' && Buffer.byteLength(value) <= form.bytes ? value : undefined;
    case 'none':
      return form.empty && (value === '[]' || value === '{}') ? value : undefined;
  }
}

function integerOf(value: KeptValue, { least, greatest }: { least: bigint; greatest: bigint }): KeptValue | undefined {
  const digits = fixedPoint(String(value), 0);
  if (digits === undefined) return undefined;
  const integer = BigInt(digits);
  if (integer < least || integer > greatest) return undefined;
  return integer < LEAST_INT64 || integer > GREATEST_INT64 ? digits : integer;
}

function floatOf(value: KeptValue, greatest: number): number | undefined {
  const number = Number(value);
  return isSameInDouble(String(value)) && Math.abs(number) <= greatest ? number : undefined;
}

function decimalOf(value: KeptValue, form: Extract<ValueForm, { kind: 'decimal' }>): KeptValue | undefined {
  const digits = fixedPoint(String(value), form.scale);
  if (digits === undefined || digits.replace(/^-?0*\.?|\./g, '').length > form.precision) return undefined;
  return form.isText ? digits : Number(digits);
}

/** `precision` undefined: a day alone. */
function timeOf(value: KeptValue, precision: number | undefined): string | undefined {
  const [, day, second = MIDNIGHT, fraction = ''] = TIME.exec(String(value)) ?? [];
  if (day === undefined || /[^0]/.test(fraction.slice(precision ?? 0))) return undefined;
  if (precision === undefined) return second === MIDNIGHT ? day : undefined;
  return precision === 0
    ? `${day} ${second}`
    : `${day} ${second}.${fraction.slice(0, precision).padEnd(precision, '0')}`;
}

/** Why a stored value keeps its column from another form. */
export function misfit(value: KeptValue | null, form: ValueForm): string {
  const shown = typeof value === 'string' ? JSON.stringify(excerpt(value)) : String(value);
  if (form.kind === 'none' && value !== null) return `stored values such as ${shown} are not rewritten for that`;
  return `the stored value ${shown} does not fit`;
}
