import { decode, encode, ExtensionCodec } from '@msgpack/msgpack';
import { RawJson } from '../protocol/raw-json';

/** Types of MessagePack extensions, for what it has no type for. */
const BIGINT = 1;
const RAW_JSON = 2;

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
  return codec;
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
