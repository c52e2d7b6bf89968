import { refused } from './literals';

/** The SQL value of a JSON text: an integer beyond 64 bits as its digits, or an error. */
export function partValue(json: unknown, reading: unknown): bigint | number | string | null {
  if (typeof json !== 'string') return null;
  switch (json.charAt(0)) {
    case '"':
      return JSON.parse(json) as string;
    case '{':
    case '[':
      return json;
    case 't':
      return 1n;
    case 'f':
      return 0n;
    case 'n':
      return null;
    default:
      return /^-?\d+$/.test(json) ? integer(json, reading) : Number(json);
  }
}

function integer(digits: string, reading: unknown): bigint | string {
  const value = BigInt(digits);
  if (BigInt.asIntN(64, value) === value) return value;
  if (reading === 'digits') return digits;
  throw refused(
    `${digits.slice(0, 40)} in JSON is beyond Int64; write CAST(x AS TEXT) for its digits, or CAST(x AS REAL), which rounds`,
  );
}
