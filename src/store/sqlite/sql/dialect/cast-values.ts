import { refused } from './literals';

type Value = bigint | number | string | Buffer | null;

const INTEGER = /^[+-]?\d+$/;
const REAL = /^[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|inf(?:inity)?)$/i;

/** A value as a double. A text has to be a number as a whole. */
export function realOf(value: Value): Value {
  if (typeof value !== 'string') return Buffer.isBuffer(value) ? noNumber(value.toString()) : value;
  if (!REAL.test(value)) return noNumber(value);
  if (/inf/i.test(value)) return value.startsWith('-') ? -Infinity : Infinity;
  return Number(value);
}

/** A value as an integer of so many bits, which wraps; `strict`: which is refused instead. */
export function integerOf(value: Value, bits: Value, signed: Value, strict: Value): Value {
  const integer = wholeOf(value);
  if (integer === null) return null;
  const wrapped = signed === 1n ? BigInt.asIntN(Number(bits), integer) : BigInt.asUintN(Number(bits), integer);
  if (wrapped !== integer && strict === 1n) throw refused(`${integer} does not fit into ${Number(bits)} bits`);
  return wrapped;
}

function wholeOf(value: Value): bigint | null {
  if (value === null || typeof value === 'bigint') return value;
  if (typeof value !== 'number') {
    const text = String(value);
    return INTEGER.test(text) ? BigInt(text.replace(/^\+/, '')) : noNumber(text);
  }
  if (Number.isFinite(value) && Math.abs(value) < 2 ** 63) return BigInt(Math.trunc(value));
  throw refused(`${value} is beyond Int64; write CAST(x AS REAL)`);
}

function noNumber(text: string): never {
  const instead = REAL.test(text) ? 'CAST(x AS REAL)' : "nullif(x, '') or a condition that leaves it out";
  throw refused(`${JSON.stringify(text.slice(0, 40))} is no such number; write ${instead}`);
}
