import { encodeTimestampExtension, EXT_TIMESTAMP, ExtData } from '@msgpack/msgpack';
import { SlabWriter } from './slab-writer';
import { readExactly } from './exact-json-reader';
import { LONGEST_PREFIX, writeLengthPrefix } from './length-prefix-framing';
import { RawJson } from './raw-json';

/** Clients that limit nesting, as .NET's does, accept no deeper one. MessagePackSecurity.UntrustedData. */
const MAXIMUM_DEPTH = 500;

/** A first byte with a length of four bytes, or with a number of eight. */
const LONGEST_HEAD = 9;

/** The greatest length of a string that fits into its first byte. */
const GREATEST_FIXED_STRING = 0x1f;

const LEAST_INT64 = -(2n ** 63n);
const GREATEST_UINT64 = 2n ** 64n - 1n;

const LONE_SURROGATE = /[\ud800-\udfff]/u;

/** The error for a value that cannot be written. */
function noMessagePackForm(what: string): TypeError {
  return new TypeError(`${what} has no MessagePack form`);
}

/** Whether `JSON.stringify` leaves a value out of objects and writes it as null in arrays. */
function isAbsent(value: unknown): boolean {
  return value === undefined || typeof value === 'function' || typeof value === 'symbol';
}

/**
 * Writes MessagePack in the shortest formats. Values are treated as by `JSON.stringify`, including `toJSON` and what is
 * left out, unless MessagePack has a better type: bytes are binary, a `Date` is a timestamp, a bigint is a 64-bit
 * integer.
 */
export class MessagePackWriter extends SlabWriter {
  /** Begins a new message. */
  clear(): void {
    this.begin();
    // Room for the length, which is known last.
    this.position += LONGEST_PREFIX;
  }

  /** The message with its length in front. HubProtocol: Binary encoding. */
  message(): Buffer {
    const length = this.size - LONGEST_PREFIX;
    const prefixEnd = this.position - length;
    const start = writeLengthPrefix(this.bytes, prefixEnd, length);
    return this.take(LONGEST_PREFIX - (prefixEnd - start));
  }

  /** Writes any value. @throws TypeError when it has no MessagePack form. */
  value(value: unknown): void {
    if (isAbsent(value)) throw noMessagePackForm(`a value of type ${typeof value}`);
    this.#value(value, 0);
  }

  nil(): void {
    this.byte(0xc0);
  }

  boolean(value: boolean): void {
    this.byte(value ? 0xc3 : 0xc2);
  }

  /** Begins an array; its items follow. */
  array(count: number): void {
    this.#head(count, 0x90, 0x0f, 0xdc);
  }

  /** Begins a map; its pairs follow. */
  map(count: number): void {
    this.#head(count, 0x80, 0x0f, 0xde);
  }

  /** Writes a string; a lone surrogate in it becomes U+FFFD. Returns false if there was one. */
  string(text: string): boolean {
    return this.#shortAscii(text) || this.#anyString(text);
  }

  /**
   * Writes a number: an integer in the shortest integer format, which typed clients expect, any other as a 64-bit
   * float.
   */
  number(value: number): void {
    if (!Number.isSafeInteger(value)) {
      this.reserve(LONGEST_HEAD);
      this.bytes[this.position] = 0xcb;
      this.position = this.bytes.writeDoubleBE(value, this.position + 1);
    } else if (value >= 0) {
      if (value < 0x80) this.byte(value);
      else if (value < 0x100) this.#sized(0xcc, value, 1);
      else if (value < 0x1_0000) this.#sized(0xcd, value, 2);
      else if (value < 0x1_0000_0000) this.#sized(0xce, value, 4);
      else this.#long(0xcf, BigInt(value));
    } else if (value >= -0x20) this.byte(value + 0x100);
    else if (value >= -0x80) this.#sized(0xd0, value + 0x100, 1);
    else if (value >= -0x8000) this.#sized(0xd1, value + 0x1_0000, 2);
    else if (value >= -0x8000_0000) this.#sized(0xd2, value + 0x1_0000_0000, 4);
    else this.#long(0xd3, BigInt(value));
  }

  #shortAscii(text: string): boolean {
    const size = text.length;
    if (size > GREATEST_FIXED_STRING) return false;
    this.reserve(size + 1);
    const bytes = this.bytes;
    let at = this.position;
    bytes[at++] = 0xa0 | size;
    for (let i = 0; i < size; i++) {
      const code = text.charCodeAt(i);
      if (code >= 0x80) return false;
      bytes[at++] = code;
    }
    this.position = at;
    return true;
  }

  #anyString(text: string): boolean {
    const size = Buffer.byteLength(text);
    if (size >= 0x20 && size <= 0xff) this.#sized(0xd9, size, 1);
    else this.#head(size, 0xa0, GREATEST_FIXED_STRING, 0xda);
    this.reserve(size);
    this.position += this.bytes.write(text, this.position, 'utf8');
    return size === text.length || !LONE_SURROGATE.test(text);
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
        this.#bigint(value);
        return;
      case 'object':
        if (value !== null) this.#object(value, depth);
        else this.nil();
        return;
      case 'undefined':
      case 'function':
      case 'symbol':
        this.nil();
    }
  }

  #bigint(value: bigint): void {
    const number = Number(value);
    if (Number.isSafeInteger(number)) this.number(number);
    else if (value < LEAST_INT64 || value > GREATEST_UINT64) throw noMessagePackForm('a bigint of more than 64 bits');
    else this.#long(value < 0n ? 0xd3 : 0xcf, value);
  }

  #object(value: object, depth: number): void {
    if (depth >= MAXIMUM_DEPTH) throw noMessagePackForm(`a value that is nested deeper than ${MAXIMUM_DEPTH}`);
    if (Array.isArray(value)) {
      this.array(value.length);
      for (const item of value as readonly unknown[]) this.#value(item, depth + 1);
    } else if (value instanceof Date) {
      this.#date(value);
    } else if (ArrayBuffer.isView(value)) {
      this.#binary(value);
    } else if (value instanceof ExtData) {
      this.#extension(value.type, value.data);
    } else if ('toJSON' in value && typeof value.toJSON === 'function') {
      // It may return such an object again; the depth limits that too.
      if (value instanceof RawJson) this.#value(readExactly(value.text), depth);
      else this.#value((value.toJSON as () => unknown)(), depth + 1);
    } else {
      this.#record(value as Readonly<Record<string, unknown>>, depth);
    }
  }

  #record(record: Readonly<Record<string, unknown>>, depth: number): void {
    const keys = Object.keys(record);
    // Each property is read once, as by JSON.stringify: a getter may return something else the next time.
    const values = keys.map((key) => record[key]);
    let count = 0;
    for (const value of values) if (!isAbsent(value)) count++;
    this.map(count);
    for (let i = 0; i < keys.length; i++) {
      if (isAbsent(values[i])) continue;
      if (!this.string(keys[i]!)) throw noMessagePackForm('a key with a lone surrogate');
      this.#value(values[i], depth + 1);
    }
  }

  #date(date: Date): void {
    const data = Number.isNaN(date.getTime()) ? null : encodeTimestampExtension(date);
    if (data === null) this.nil();
    else this.#extension(EXT_TIMESTAMP, data);
  }

  #binary({ buffer, byteOffset, byteLength }: ArrayBufferView): void {
    if (byteLength <= 0xff) this.#sized(0xc4, byteLength, 1);
    else if (byteLength <= 0xffff) this.#sized(0xc5, byteLength, 2);
    else this.#sized(0xc6, byteLength, 4);
    this.#raw(new Uint8Array(buffer, byteOffset, byteLength));
  }

  #extension(type: number, data: ExtData['data']): void {
    if (typeof data === 'function') throw noMessagePackForm('an extension whose data is a function');
    const exponent = [1, 2, 4, 8, 16].indexOf(data.length);
    if (exponent !== -1) this.byte(0xd4 + exponent);
    else if (data.length <= 0xff) this.#sized(0xc7, data.length, 1);
    else if (data.length <= 0xffff) this.#sized(0xc8, data.length, 2);
    else this.#sized(0xc9, data.length, 4);
    this.byte(type & 0xff);
    this.#raw(data);
  }

  /**
   * A length: in the first byte if it fits there, else in the two bytes after `wide` or the four after the next format
   * byte.
   */
  #head(length: number, fixed: number, greatestFixed: number, wide: number): void {
    if (length <= greatestFixed) this.byte(fixed | length);
    else if (length <= 0xffff) this.#sized(wide, length, 2);
    else this.#sized(wide + 1, length, 4);
  }

  #sized(first: number, value: number, width: number): void {
    this.reserve(LONGEST_HEAD);
    this.bytes[this.position] = first;
    this.position = this.bytes.writeUIntBE(value, this.position + 1, width);
  }

  #long(first: number, value: bigint): void {
    this.reserve(LONGEST_HEAD);
    this.bytes[this.position] = first;
    this.position = this.bytes.writeBigUInt64BE(BigInt.asUintN(64, value), this.position + 1);
  }

  #raw(data: Uint8Array): void {
    this.reserve(data.length);
    this.bytes.set(data, this.position);
    this.position += data.length;
  }
}
