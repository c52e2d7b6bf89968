import type { ExtData } from '@msgpack/msgpack';
import type { Decimal } from './decimal';
import { readWith64Bits } from './exact-json-reader';
import { MessagePackOutput, noMessagePackForm } from './messagepack-output';
import { bytesOf, classOf, isLiteral } from './object-class';
import { encodedForm, keepForm, type RawJson } from './raw-json';
import { located } from './unwritable';

/** Clients that limit nesting, as .NET's does, accept no deeper one. MessagePackSecurity.UntrustedData. */
const MAXIMUM_DEPTH = 500;

/**
 * Writes MessagePack in the shortest formats. Values are treated as in JSON, including `toJSON` and what has no form,
 * unless MessagePack has a better type: bytes are binary, a `Date` is a timestamp, a bigint is a 64-bit integer, and
 * floats may be NaN or infinite.
 */
export class MessagePackWriter extends MessagePackOutput {
  /** Writes any value. @throws UnwritableError when it has no MessagePack form. */
  value(value: unknown): void {
    this.#value(value, 0);
  }

  /** Writes the arguments of a call; those that are undefined as nil, as results and items are. @throws as `value` */
  arguments(values: readonly unknown[]): void {
    this.array(values.length);
    for (let i = 0; i < values.length; i++) {
      if (values[i] === undefined) this.nil();
      else this.#item(values[i], i, 1);
    }
  }

  #value(value: unknown, depth: number): void {
    switch (typeof value) {
      case 'string':
        if (!this.string(value)) throw noMessagePackForm('a string with a lone surrogate');
        return;
      case 'number':
        this.number(value);
        return;
      case 'boolean':
        this.boolean(value);
        return;
      case 'bigint':
        this.bigint(value);
        return;
      case 'object':
        if (value !== null) this.#object(value, depth);
        else this.nil();
        return;
      case 'undefined':
        throw noMessagePackForm('undefined');
      case 'function':
      case 'symbol':
        throw noMessagePackForm(`a ${typeof value}`);
    }
  }

  #object(value: object, depth: number): void {
    if (depth >= MAXIMUM_DEPTH) throw noMessagePackForm(`a value that is nested deeper than ${MAXIMUM_DEPTH}`);
    if (Array.isArray(value)) this.#items(value, depth);
    else if (isLiteral(value) && !('toJSON' in value)) this.#record(value as Readonly<Record<string, unknown>>, depth);
    else this.#instance(value, depth);
  }

  /** Writes an object of a class, or one with a `toJSON`. */
  #instance(value: object, depth: number): void {
    const kind = classOf(value);
    if (kind === 'raw') this.#raw(value as RawJson, depth);
    else if (kind === 'decimal') this.string((value as Decimal).text);
    else if (kind === 'bytes') this.binary(bytesOf(value));
    else if (kind === 'date') this.date(value as Date);
    else if (kind === 'extension') this.extension((value as ExtData).type, (value as ExtData).data);
    else if ('toJSON' in value && typeof value.toJSON === 'function') {
      // It may return such an object again; the depth limits that too.
      this.#value((value.toJSON as () => unknown)(), depth + 1);
    } else this.#contents(kind, value, depth);
  }

  /** A text that is sent to many is read once. */
  #raw(json: RawJson, depth: number): void {
    const kept = encodedForm(json);
    if (kept !== undefined && depth <= kept.depth) {
      this.encoded(kept.bytes);
      return;
    }
    const { size } = this;
    this.#value(readWith64Bits(json.text), depth);
    keepForm(json, () => ({ bytes: this.copySince(size), depth }));
  }

  /** Writes an object as what it holds. */
  #contents(kind: ReturnType<typeof classOf>, value: object, depth: number): void {
    if (typeof kind === 'object') throw noMessagePackForm(kind.unwritable);
    if (kind === 'map') this.#map(value as ReadonlyMap<unknown, unknown>, depth);
    else if (kind === 'set' || kind === 'numbers') this.#items([...(value as Iterable<unknown>)], depth);
    else if (kind === 'boxed') this.#value((value as { valueOf(): unknown }).valueOf(), depth + 1);
    else this.#record(value as Readonly<Record<string, unknown>>, depth);
  }

  #items(items: readonly unknown[], depth: number): void {
    this.array(items.length);
    for (let i = 0; i < items.length; i++) this.#item(items[i], i, depth + 1);
  }

  #record(record: Readonly<Record<string, unknown>>, depth: number): void {
    const keys = Object.keys(record);
    // Each property is read once, as by JSON.stringify: a getter may return something else the next time.
    const values = keys.map((key) => record[key]);
    let count = 0;
    for (const value of values) if (value !== undefined) count++;
    this.map(count);
    for (let i = 0; i < keys.length; i++) {
      if (values[i] === undefined) continue;
      if (!this.string(keys[i]!)) throw noMessagePackForm('a key with a lone surrogate');
      this.#item(values[i], keys[i]!, depth + 1);
    }
  }

  /** Keys that are integers stay integers, as in a dictionary of .NET. */
  #map(map: ReadonlyMap<unknown, unknown>, depth: number): void {
    this.map(map.size);
    for (const [key, value] of map) {
      if (typeof key !== 'string' && typeof key !== 'number' && typeof key !== 'bigint') {
        throw noMessagePackForm('a Map with keys that are neither strings nor numbers');
      }
      this.#value(key, depth + 1);
      this.#item(value, String(key), depth + 1);
    }
  }

  /** Writes an item or property; an error says where it is. */
  #item(value: unknown, step: string | number, depth: number): void {
    try {
      this.#value(value, depth);
    } catch (error) {
      throw located(error, step);
    }
  }
}
