import { fixedPoint, isSameInDouble } from '../../json/decimal-text';
import type { ValueForm } from './value-form';

/** A value that is not null, as a column keeps it. */
export type KeptValue = string | number | bigint;

const LEAST_INT64 = -(2n ** 63n);
const GREATEST_INT64 = 2n ** 63n - 1n;

/** A day, or a day and a time of day, as they are kept. */
const TIME = /^(\d{4}-\d\d-\d\d)(?: (\d\d:\d\d:\d\d)(?:\.(\d+))?)?$/;
const MIDNIGHT = '00:00:00';

/** A value that is no array and no map in another form; `undefined` when it does not fit: nothing is rounded or cut. */
export function scalarInForm(value: KeptValue, form: ValueForm): KeptValue | undefined {
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
    case 'array':
    case 'map':
    case 'none':
      return undefined;
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
