import type { Decimal } from './decimal';
import { bytesOf, classOf, type NumberArray } from './object-class';
import type { RawJson } from './raw-json';
import { located, UnwritableError } from './unwritable';
import { isWellFormed } from './well-formed';

/**
 * Writes any value that has a JSON form: what `JSON.stringify` writes, and besides a bigint as an integer with all its
 * digits, a `RawJson` and a `Decimal` as their text, bytes as Base64, a `Map` as an object, a `Set` as an array.
 * @throws UnwritableError at what `JSON.stringify` would make null or leave out, except properties that are undefined.
 */
export function stringifyExactly(value: unknown): string {
  return write(value, '', new Set());
}

/** The error for a value that cannot be written. */
function noJsonForm(what: string): UnwritableError {
  return new UnwritableError(`${what} has no JSON form`);
}

/** ECMAScript: SerializeJSONProperty. `around` holds the arrays and objects that enclose `property`. */
function write(property: unknown, name: string, around: Set<object>): string {
  const value = jsonValue(property, name);
  switch (typeof value) {
    case 'string':
      if (!isWellFormed(value)) throw noJsonForm('a string with a lone surrogate');
      return JSON.stringify(value);
    case 'number':
      if (!Number.isFinite(value)) throw noJsonForm(String(value));
      return String(value + 0);
    case 'boolean':
    case 'bigint':
      return String(value);
    case 'object':
      return value === null ? 'null' : writeNested(value, around);
    case 'undefined':
      throw noJsonForm('undefined');
    case 'function':
    case 'symbol':
      throw noJsonForm(`a ${typeof value}`);
  }
}

/** What the `toJSON` of an object or bigint returns, if it has one and it is asked; else the value itself. */
function jsonValue(value: unknown, name: string): unknown {
  if ((typeof value !== 'object' && typeof value !== 'bigint') || value === null) return value;
  const { toJSON } = value as { readonly toJSON?: unknown };
  if (typeof toJSON !== 'function' || hasOwnForm(value)) return value;
  return toJSON.call(value, name) as unknown;
}

/** Whether a value with a `toJSON` is written otherwise: a `Buffer` as bytes, an invalid date not at all. */
function hasOwnForm(value: object | bigint): boolean {
  if (typeof value === 'bigint' || Array.isArray(value)) return false;
  const kind = classOf(value);
  if (kind === 'date') return Number.isNaN((value as Date).getTime());
  return kind === 'raw' || kind === 'decimal' || kind === 'bytes';
}

function writeNested(value: object, around: Set<object>): string {
  if (around.has(value)) throw new UnwritableError('a value that contains itself has no JSON form');
  around.add(value);
  const text = Array.isArray(value) ? writeArray(value, around) : writeObject(value, around);
  around.delete(value);
  return text;
}

function writeObject(value: object, around: Set<object>): string {
  const kind = classOf(value);
  switch (kind) {
    case 'raw':
    case 'decimal':
      return (value as RawJson | Decimal).text;
    case 'bytes':
      return `"${base64(bytesOf(value))}"`;
    case 'numbers':
      return writeArray([...(value as NumberArray)], around);
    case 'boxed':
      return write((value as { valueOf(): unknown }).valueOf(), '', around);
    case 'map':
      return writeMap(value as ReadonlyMap<unknown, unknown>, around);
    case 'set':
      return writeArray([...(value as ReadonlySet<unknown>)], around);
    case 'record':
      return writeRecord(value as Readonly<Record<string, unknown>>, around);
    case 'date':
      throw noJsonForm('an invalid Date');
    case 'extension':
      throw noJsonForm('a MessagePack extension');
    default:
      throw noJsonForm(kind.unwritable);
  }
}

/** ECMAScript: SerializeJSONArray. */
function writeArray(items: readonly unknown[], around: Set<object>): string {
  const texts: string[] = [];
  for (let i = 0; i < items.length; i++) texts.push(writeItem(items[i], i, around));
  return `[${texts.join(',')}]`;
}

/** ECMAScript: SerializeJSONObject. */
function writeRecord(record: Readonly<Record<string, unknown>>, around: Set<object>): string {
  const texts: string[] = [];
  for (const name of Object.keys(record)) {
    const property = record[name];
    if (property !== undefined) texts.push(writeProperty(name, property, around));
  }
  return `{${texts.join(',')}}`;
}

/** Keys that are numbers become names, as in a dictionary of .NET. */
function writeMap(map: ReadonlyMap<unknown, unknown>, around: Set<object>): string {
  const texts = new Map<string, string>();
  for (const [key, value] of map) {
    const name = mapKey(key);
    if (texts.has(name)) throw new UnwritableError(`a Map with two keys ${JSON.stringify(name)} has no JSON form`);
    texts.set(name, writeProperty(name, value, around));
  }
  return `{${[...texts.values()].join(',')}}`;
}

function mapKey(key: unknown): string {
  if (typeof key === 'string' || typeof key === 'bigint') return String(key);
  if (typeof key === 'number' && Number.isFinite(key)) return String(key);
  throw noJsonForm('a Map with keys that are neither strings nor numbers');
}

function writeItem(item: unknown, index: number, around: Set<object>): string {
  try {
    return write(item, String(index), around);
  } catch (error) {
    throw located(error, index);
  }
}

function writeProperty(name: string, property: unknown, around: Set<object>): string {
  if (!isWellFormed(name)) throw noJsonForm('a name with a lone surrogate');
  try {
    return `${JSON.stringify(name)}:${write(property, name, around)}`;
  } catch (error) {
    throw located(error, name);
  }
}

/** RFC 4648, section 4: what .NET reads as `byte[]`. */
function base64({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('base64');
}
