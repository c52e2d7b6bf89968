import type { Database } from 'better-sqlite3';
import { integerOf, realOf } from './cast-values';
import { nearestDouble } from './nearest-double';
import { partValue } from './json-values';
import { refused } from './literals';

type Value = bigint | number | string | Buffer | null;

/** A number without loss: `digits / 10^scale`. */
interface Exact {
  readonly digits: bigint;
  readonly scale: number;
}

/** What an average is made of. */
interface Mean {
  readonly sum: Exact | null;
  readonly count: bigint;
}

const LEAST_INT64 = -(2n ** 63n);
const GREATEST_INT64 = 2n ** 63n - 1n;

/** What a translated query calls: names that no caller can write, as his query is compiled without them first. */
export const EXACT_FUNCTIONS = [
  'hub_overflow',
  'hub_divide',
  'hub_modulo',
  'hub_add',
  'hub_integer',
  'hub_decimal',
  'hub_scaled',
  'hub_compare',
  'hub_order',
  'hub_text',
  'hub_round',
  'hub_substring',
  'hub_sum',
  'hub_min',
  'hub_max',
  'hub_part',
  'hub_mean',
  'hub_ratio',
  'hub_real',
  'hub_integer_of',
  'hub_several',
] as const;

/** Registers what SQLite lacks for exact numbers beyond 64 bits, and for ClickHouse's rules. */
export function registerExactFunctions(database: Database): void {
  const scalar = (name: (typeof EXACT_FUNCTIONS)[number], call: (...values: Value[]) => Value): void => {
    database.function(name, { deterministic: true, directOnly: true, safeIntegers: true, varargs: true }, call);
  };
  // Not deterministic: SQLite would call it ahead of the condition it stands behind.
  database.function('hub_overflow', { directOnly: true }, () => {
    throw refused(OVERFLOW);
  });
  database.function('hub_several', { directOnly: true }, () => {
    throw refused(
      'a subquery that stands for one value has several rows; write LIMIT 1 or an aggregate such as max(x)',
    );
  });
  scalar('hub_divide', divide);
  scalar('hub_modulo', (a, b) => (a === null || b === null ? null : modulo(Number(a), Number(b))));
  scalar('hub_add', (a, b) => {
    if (a === null || b === null) return a ?? b;
    return sumText(add(exact(a), exact(b), 1n));
  });
  scalar('hub_integer', integer);
  scalar('hub_decimal', decimal);
  scalar('hub_scaled', (sum, scale) => (sum === null ? null : pointed(sum as bigint, Number(scale))));
  scalar('hub_compare', (a, b) => (a === null || b === null ? null : BigInt(compare(a, b))));
  scalar('hub_order', (value) => (value === null ? null : orderKey(exact(value))));
  scalar('hub_text', numberText);
  scalar('hub_round', round);
  scalar('hub_substring', substring);
  scalar('hub_part', partValue);
  scalar('hub_ratio', ratio);
  scalar('hub_real', realOf);
  scalar('hub_integer_of', (value, bits, signed, strict) =>
    integerOf(value ?? null, bits ?? null, signed ?? null, strict ?? null),
  );
  registerAggregates(database);
}

const OVERFLOW = 'overflow: the result does not fit into its type; use CAST(x AS REAL) where it may be rounded';

function registerAggregates(database: Database): void {
  const options = { directOnly: true, safeIntegers: true } as const;
  database.aggregate<Exact | null>('hub_sum', {
    ...options,
    start: null,
    step: (sum: Exact | null, value: unknown) => (value === null ? sum : add(sum, exact(value as Value), 1n)),
    inverse: (sum: Exact | null, value: unknown) => (value === null ? sum : add(sum, exact(value as Value), -1n)),
    result: (sum) => (sum === null ? null : sumText(sum)),
  });
  database.aggregate<Mean>('hub_mean', {
    ...options,
    start: () => ({ sum: null, count: 0n }),
    step: ({ sum, count }: Mean, value: unknown) =>
      value === null ? { sum, count } : { sum: add(sum, exact(value as Value), 1n), count: count + 1n },
    inverse: ({ sum, count }: Mean, value: unknown) =>
      value === null ? { sum, count } : { sum: add(sum, exact(value as Value), -1n), count: count - 1n },
    result: ({ sum, count }) =>
      sum === null || count === 0n ? null : `${sum.digits}/${count * 10n ** BigInt(sum.scale)}`,
  });
  for (const [name, sign] of [
    ['hub_min', -1],
    ['hub_max', 1],
  ] as const) {
    database.aggregate<Value>(name, {
      ...options,
      start: null,
      step: (best: Value, value: Value) =>
        value !== null && (best === null || compare(value, best) === sign) ? value : best,
    });
  }
}

/** `shown`: whether a quotient that is no number may be NULL. */
function divide(a: Value, b: Value, shown: Value): Value {
  if (a === null || b === null) return null;
  const quotient = Number(a) / Number(b);
  if (Number.isNaN(quotient) && shown === 0n)
    throw refused('0 is divided by 0, which gives no number; write nullif(divisor, 0)');
  return quotient;
}

/** Of a quotient as text, with so many digits more behind the point. */
function ratio(quotient: Value, scale: Value): Value {
  if (typeof quotient !== 'string') return null;
  const [dividend = '0', divisor = '1'] = quotient.split('/');
  return nearestDouble(BigInt(dividend), BigInt(divisor) * 10n ** (scale as bigint));
}

/** Of doubles, as ClickHouse calculates it. */
function modulo(a: number, b: number): number {
  return a - Math.trunc(a / b) * b;
}

function sumText(sum: Exact): Value {
  if (sum.scale > 0) return pointed(sum.digits, sum.scale);
  if (sum.digits >= 2n ** 64n) throw refused(OVERFLOW);
  return stored(sum.digits);
}

function integer(...[operator, a, b, bits, signed]: Value[]): Value {
  if (a === undefined || b === undefined) return null;
  if (a === null || b === null) return null;
  const [left, right] = [exact(a).digits, exact(b).digits];
  if (operator === '%' && right === 0n) return null;
  const result = calculate(operator as string, left, right);
  const half = 1n << ((bits as bigint) - 1n);
  const fits = signed === 1n ? result >= -half && result < half : result >= 0n && result < half * 2n;
  if (!fits) throw refused(OVERFLOW);
  return stored(result);
}

/** Decimals by ClickHouse's rules: a quotient has the digits of the dividend behind the point, and is cut. */
function decimal(...[operator, a, leftScale, b, rightScale, precision]: Value[]): Value {
  if (a === null || b === null || a === undefined || b === undefined) return null;
  const left = exact(a, Number(leftScale));
  const right = exact(b, Number(rightScale));
  const { digits, scale } = calculateDecimal(operator as string, left, right);
  const most = 10n ** (precision as bigint);
  if (digits >= most || digits <= -most) throw refused(OVERFLOW);
  return pointed(digits, scale);
}

function calculateDecimal(operator: string, left: Exact, right: Exact): Exact {
  if (operator === '*') return { digits: left.digits * right.digits, scale: left.scale + right.scale };
  if (operator !== '/') return add(left, right, operator === '-' ? -1n : 1n);
  if (right.digits === 0n) throw refused('a decimal is divided by zero; write nullif(divisor, 0)');
  // Of a whole number divided by a decimal, the digits are those of the decimal.
  const scale = left.scale === 0 ? right.scale : left.scale;
  return { digits: (left.digits * 10n ** BigInt(scale - left.scale + right.scale)) / right.digits, scale };
}

function calculate(operator: string, a: bigint, b: bigint): bigint {
  if (operator === '+') return a + b;
  if (operator === '-') return a - b;
  return operator === '*' ? a * b : a % b;
}

function add(sum: Exact | null, value: Exact, sign: bigint): Exact {
  if (sum === null) return { ...value, digits: value.digits * sign };
  const scale = Math.max(sum.scale, value.scale);
  return { digits: scaled(sum, scale) + scaled(value, scale) * sign, scale };
}

function scaled({ digits, scale }: Exact, to: number): bigint {
  return digits * 10n ** BigInt(to - scale);
}

function compare(a: Value, b: Value): number {
  if (typeof a === 'number' || typeof b === 'number') return Math.sign(Number(a) - Number(b));
  const [left, right] = [exact(a), exact(b)];
  const scale = Math.max(left.scale, right.scale);
  const difference = scaled(left, scale) - scaled(right, scale);
  return difference === 0n ? 0 : difference > 0n ? 1 : -1;
}

/** `scale`: of a decimal that is kept as a double. */
function exact(value: Value, scale?: number): Exact {
  if (typeof value === 'bigint') return { digits: value * 10n ** BigInt(scale ?? 0), scale: scale ?? 0 };
  const text = typeof value === 'number' ? value.toFixed(scale ?? 0) : String(value);
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text);
  if (match === null) throw refused(`${JSON.stringify(text.slice(0, 40))} is no number`);
  const [, sign, whole, fraction = ''] = match;
  const padded = fraction.padEnd(scale ?? fraction.length, '0');
  return { digits: BigInt(`${sign!}${whole!}${padded}`), scale: padded.length };
}

function pointed(digits: bigint, scale: number): string {
  const text = (digits < 0n ? -digits : digits).toString().padStart(scale + 1, '0');
  const number = scale === 0 ? text : `${text.slice(0, -scale)}.${text.slice(-scale)}`;
  return digits < 0n ? `-${number}` : number;
}

/** As a column keeps it: in 64 bits, or as digits. */
function stored(value: bigint): bigint | string {
  return value >= LEAST_INT64 && value <= GREATEST_INT64 ? value : value.toString();
}

/** More digits than any type has, with the sign in front; of negative numbers each digit is turned round. */
const KEY_DIGITS = 160;
const KEY_SCALE = 80;

/** A text by which numbers sort. */
function orderKey(value: Exact): string {
  const digits = scaled(value, Math.max(KEY_SCALE, value.scale));
  const key = (digits < 0n ? -digits : digits).toString().padStart(KEY_DIGITS, '0');
  return digits < 0n ? `0${key.replace(/\d/g, (digit) => String(9 - Number(digit)))}` : `1${key}`;
}

/** A number as ClickHouse writes it. */
function numberText(value: Value): Value {
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
    return String(value).replace('e+', 'e');
  }
  if (typeof value === 'string') return value.includes('.') ? value.replace(/\.?0+$/, '') : value;
  return value === null || Buffer.isBuffer(value) ? value : value.toString();
}

/** Halves of a double go to the even neighbour, those of integers and of decimals (with a scale) away from zero. */
function round(value: Value, places: Value = 0n, scale: Value = -1n): Value {
  if (value === null || places === null) return null;
  const digits = Number(places);
  if (typeof value !== 'number' || Number(scale) >= 0) {
    const number = exact(value, Math.max(Number(scale), 0));
    const rounded = roundExact(number, digits);
    return number.scale === 0 ? stored(rounded.digits) : pointed(rounded.digits, rounded.scale);
  }
  const power = 10 ** Math.abs(digits);
  if (!Number.isFinite(value)) return value;
  return digits >= 0 ? even(value * power) / power : even(value / power) * power;
}

function roundExact(value: Exact, places: number): Exact {
  if (places >= value.scale) return value;
  const step = 10n ** BigInt(value.scale - places);
  const half = value.digits < 0n ? -step / 2n : step / 2n;
  return { digits: ((value.digits + half) / step) * step, scale: value.scale };
}

function even(value: number): number {
  const floor = Math.floor(value);
  if (value - floor !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}

/** By bytes; of a negative length, up to as many before the end. */
function substring(text: Value, from: Value, length?: Value): Value {
  if (text === null || from === null || length === null) return null;
  const bytes = Buffer.from(String(text));
  const at = Number(from);
  if (at === 0) return '';
  const begin = at > 0 ? at - 1 : bytes.length + at;
  const count = length === undefined ? Infinity : Number(length);
  const end = count < 0 ? bytes.length + count : begin + count;
  return bytes.subarray(Math.max(begin, 0), Math.max(Math.min(end, bytes.length), 0)).toString();
}
