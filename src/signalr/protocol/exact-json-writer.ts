import { RawJson } from './raw-json';

/**
 * Writes a value as `JSON.stringify` does, and also the values at which that throws: a bigint as an integer with all
 * its digits, a `RawJson` as its text. Returns `undefined` for a value without a JSON form.
 * @throws TypeError when the value contains itself.
 */
export function stringifyExactly(value: unknown): string | undefined {
  return write(value, '', new Set());
}

/** ECMAScript: SerializeJSONProperty. `around` holds the arrays and objects that enclose `property`. */
function write(property: unknown, name: string, around: Set<object>): string | undefined {
  const value = jsonValue(property, name);
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (value instanceof RawJson) return value.text;
  if (value instanceof BigInt) return String(value);
  if (value instanceof Number || value instanceof String || value instanceof Boolean) return JSON.stringify(value);
  if (around.has(value)) throw new TypeError('converting circular structure to JSON');
  around.add(value);
  const text = Array.isArray(value)
    ? writeArray(value, around)
    : writeObject(value as Readonly<Record<string, unknown>>, around);
  around.delete(value);
  return text;
}

/** What the `toJSON` of an object or bigint returns, if it has one; else the value itself. */
function jsonValue(value: unknown, name: string): unknown {
  if ((typeof value !== 'object' && typeof value !== 'bigint') || value === null || value instanceof RawJson)
    return value;
  const { toJSON } = value as { readonly toJSON?: unknown };
  return typeof toJSON === 'function' ? (toJSON.call(value, name) as unknown) : value;
}

/** ECMAScript: SerializeJSONArray. */
function writeArray(items: readonly unknown[], around: Set<object>): string {
  const texts: string[] = [];
  for (let i = 0; i < items.length; i++) texts.push(write(items[i], String(i), around) ?? 'null');
  return `[${texts.join(',')}]`;
}

/** ECMAScript: SerializeJSONObject. */
function writeObject(object: Readonly<Record<string, unknown>>, around: Set<object>): string {
  const texts: string[] = [];
  for (const name of Object.keys(object)) {
    const text = write(object[name], name, around);
    if (text !== undefined) texts.push(`${JSON.stringify(name)}:${text}`);
  }
  return `{${texts.join(',')}}`;
}
