import { encodeTimeSpecToTimestamp, EXT_TIMESTAMP, type ExtData } from '@msgpack/msgpack';
import { nanosecondsOf } from './exact-date';
import { LONGEST_PREFIX, writeLengthPrefix } from './length-prefix-framing';
import { SlabWriter } from './slab-writer';
import { UnwritableError } from './unwritable';

/** A first byte with a length of four bytes, or with a number of eight. */
const LONGEST_HEAD = 9;

/** The greatest length of a string that fits into its first byte. */
const GREATEST_FIXED_STRING = 0x1f;

const MILLISECONDS_PER_SECOND = 1_000;
const NANOSECONDS_PER_MILLISECOND = 1_000_000;

const LEAST_INT64 = -(2n ** 63n);
const GREATEST_UINT64 = 2n ** 64n - 1n;

const LONE_SURROGATE = /[\ud800-\udfff]/u;

/** The error for a value that cannot be written. */
export function noMessagePackForm(what: string): UnwritableError {
  return new UnwritableError(`${what} has no MessagePack form`);
}

/** Writes messages of MessagePack, one format after another, each in the shortest way. */
export abstract class MessagePackOutput extends SlabWriter {
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

  protected bigint(value: bigint): void {
    const number = Number(value);
    if (Number.isSafeInteger(number)) this.number(number);
    else if (value < LEAST_INT64 || value > GREATEST_UINT64) throw noMessagePackForm('a bigint of more than 64 bits');
    else this.#long(value < 0n ? 0xd3 : 0xcf, value);
  }

  protected date(date: Date): void {
    const time = date.getTime();
    if (Number.isNaN(time)) throw noMessagePackForm('an invalid Date');
    const sec = Math.floor(time / MILLISECONDS_PER_SECOND);
    const nsec = (time - sec * MILLISECONDS_PER_SECOND) * NANOSECONDS_PER_MILLISECOND + nanosecondsOf(date);
    this.extension(EXT_TIMESTAMP, encodeTimeSpecToTimestamp({ sec, nsec }));
  }

  protected binary(bytes: Uint8Array): void {
    const { length } = bytes;
    if (length <= 0xff) this.#sized(0xc4, length, 1);
    else if (length <= 0xffff) this.#sized(0xc5, length, 2);
    else this.#sized(0xc6, length, 4);
    this.encoded(bytes);
  }

  protected extension(type: number, data: ExtData['data']): void {
    if (typeof data === 'function') throw noMessagePackForm('an extension whose data is a function');
    const exponent = [1, 2, 4, 8, 16].indexOf(data.length);
    if (exponent !== -1) this.byte(0xd4 + exponent);
    else if (data.length <= 0xff) this.#sized(0xc7, data.length, 1);
    else if (data.length <= 0xffff) this.#sized(0xc8, data.length, 2);
    else this.#sized(0xc9, data.length, 4);
    this.byte(type & 0xff);
    this.encoded(data);
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

  /** A copy of what was written since the message had this size. */
  protected copySince(size: number): Buffer {
    return Buffer.from(this.bytes.subarray(this.position - (this.size - size), this.position));
  }

  /** Adds what was encoded before. */
  protected encoded(data: Uint8Array): void {
    this.reserve(data.length);
    this.bytes.set(data, this.position);
    this.position += data.length;
  }
}
