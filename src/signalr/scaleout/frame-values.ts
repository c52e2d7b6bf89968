import {
  decode,
  decodeTimestampToTimeSpec,
  encode,
  encodeTimeSpecToTimestamp,
  EXT_TIMESTAMP,
  ExtensionCodec,
} from '@msgpack/msgpack';
import { Decimal } from '../protocol/decimal';
import { dateWith, nanosecondsOf } from '../protocol/exact-date';
import { RawJson } from '../protocol/raw-json';

/** Types of MessagePack extensions, for what it has no type for. */
const BIGINT = 1;
const RAW_JSON = 2;
const DECIMAL = 3;

const NANOSECONDS_PER_MILLISECOND = 1_000_000;

const text = new TextDecoder();
const bytes = new TextEncoder();

function createCodec(): ExtensionCodec {
  const codec = new ExtensionCodec();
  codec.register({
    type: BIGINT,
    encode: (value) => (typeof value === 'bigint' ? bytes.encode(String(value)) : null),
    decode: (data) => BigInt(text.decode(data)),
  });
  codec.register({
    type: RAW_JSON,
    encode: (value) => (value instanceof RawJson ? bytes.encode(value.text) : null),
    decode: (data) => new RawJson(text.decode(data)),
  });
  codec.register({
    type: DECIMAL,
    encode: (value) => (value instanceof Decimal ? bytes.encode(String(value)) : null),
    decode: (data) => new Decimal(text.decode(data)),
  });
  // In place of the library's own, which knows no more than milliseconds.
  codec.register({
    type: EXT_TIMESTAMP,
    encode: (value) => (value instanceof Date ? encodeTimeSpecToTimestamp(timeOf(value)) : null),
    decode: (data) => {
      const { sec, nsec } = decodeTimestampToTimeSpec(data);
      const below = nsec % NANOSECONDS_PER_MILLISECOND;
      return dateWith(new Date(sec * 1000 + (nsec - below) / NANOSECONDS_PER_MILLISECOND), below);
    },
  });
  return codec;
}

function timeOf(date: Date): { readonly sec: number; readonly nsec: number } {
  const milliseconds = date.getTime();
  const sec = Math.floor(milliseconds / 1000);
  return { sec, nsec: (milliseconds - sec * 1000) * NANOSECONDS_PER_MILLISECOND + nanosecondsOf(date) };
}

const extensionCodec = createCodec();

/** How deep what a frame holds is nested at most: a value that a client may send, in an answer. */
const MAXIMUM_DEPTH = 1000;

/**
 * Values as bytes, such that the same values come out: a number stays a number and a bigint a bigint, whatever their
 * size.
 */
export function encodeValues(values: unknown): Uint8Array {
  const options = { extensionCodec, ignoreUndefined: true, forceIntegerToFloat: true, maxDepth: MAXIMUM_DEPTH };
  return encode(values, options);
}

/** @throws Error when the bytes are not what `encodeValues` makes. Bytes in the values are views. */
export function decodeValues(data: Uint8Array): unknown {
  return decode(data, { extensionCodec });
}
