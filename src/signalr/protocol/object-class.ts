import { types } from 'node:util';
import { ExtData } from '@msgpack/msgpack';
import { Decimal } from './decimal';
import { RawJson } from './raw-json';

/** How an object is written, in both encodings. */
export type ObjectClass =
  'raw' | 'decimal' | 'bytes' | 'numbers' | 'date' | 'extension' | 'map' | 'set' | 'boxed' | 'record';

/** Arrays of numbers, unlike `Uint8Array`, which is bytes. */
export type NumberArray = Exclude<NodeJS.TypedArray, Uint8Array>;

/** How an object is written that is no array, or in words why it is not. An object with a `toJSON` is not asked for. */
export function classOf(value: object): ObjectClass | { readonly unwritable: string } {
  if (value instanceof RawJson) return 'raw';
  if (value instanceof Decimal) return 'decimal';
  if (value instanceof ExtData) return 'extension';
  if (ArrayBuffer.isView(value)) return isNumbers(value) ? 'numbers' : 'bytes';
  if (types.isAnyArrayBuffer(value)) return 'bytes';
  if (types.isDate(value)) return 'date';
  if (types.isMap(value)) return 'map';
  if (types.isSet(value)) return 'set';
  if (types.isBoxedPrimitive(value)) return 'boxed';
  const name = unwritableName(value);
  return name === undefined ? 'record' : { unwritable: name };
}

/** Whether an object is one of no class, as a literal makes them. */
export function isLiteral(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  // That of another realm has no prototype either.
  return prototype === Object.prototype || prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** The memory of a value of the class `bytes`. */
export function bytesOf(value: object): Uint8Array {
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  return new Uint8Array(value as ArrayBufferLike);
}

/** What an `Error`, a promise or an object that shows nothing of itself is called; all of them would become `{}`. */
function unwritableName(value: object): string | undefined {
  if (types.isNativeError(value) || value instanceof Error) return 'an Error';
  if (types.isPromise(value)) return 'a Promise';
  if (isLiteral(value) || Object.keys(value).length > 0) return undefined;
  const { name } = value.constructor;
  return `an object of the class ${name}, which has no properties of its own,`;
}

/** Bytes are what .NET reads as `byte[]`; arrays of other numbers are arrays there too. */
function isNumbers(value: ArrayBufferView): value is NumberArray {
  return !(types.isUint8Array(value) || types.isUint8ClampedArray(value) || value instanceof DataView);
}
