import { encode } from '@msgpack/msgpack';
import fc from 'fast-check';
import { InvalidDataException } from '../../../src/signalr/exceptions';
import { MESSAGE_TYPE } from '../../../src/signalr/protocol/hub-messages';
import { readArgument } from './support/messagepack-bodies';

const SEED = 20260;

/** The JSON text that a raw parameter gets for a MessagePack value. */
function transcode(bytes: Uint8Array): string {
  const message = readArgument('Raw', bytes);
  if (message?.type === MESSAGE_TYPE.Invocation) return (message.arguments[1] as Buffer).toString();
  if (message?.type === MESSAGE_TYPE.BindingFailure) throw message.error ?? new Error('Unknown method.');
  throw new Error('No invocation.');
}

const hex = (text: string): Buffer => Buffer.from(text, 'hex');
const encodeExact = (value: unknown): Uint8Array => encode(value, { useBigInt64: true });

describe('raw JSON under MessagePack', () => {
  it('is what JSON.stringify writes', () => {
    const value = fc.jsonValue({ noUnicodeString: false, maxDepth: 5 });
    fc.assert(
      fc.property(value, (written) => {
        fc.pre(!JSON.stringify(written).includes('__proto__'));
        expect(transcode(encode(written))).toBe(JSON.stringify(written));
      }),
      { seed: SEED, numRuns: 500 },
    );
  });

  it('escapes in a string what JSON.stringify escapes, and nothing else', () => {
    const characters = Array.from({ length: 0x100 }, (_, code) => String.fromCharCode(code));
    const everyByte = characters.join('');
    const texts = [everyByte, `${everyByte}\u2028\u2029\ufeff\ud83d\ude00`, ...characters];
    for (const text of texts) expect(transcode(encode(text))).toBe(JSON.stringify(text));
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 2_000 }), (text) => {
        expect(transcode(encode(text))).toBe(JSON.stringify(text));
      }),
      { seed: SEED, numRuns: 300 },
    );
  });

  it('has all digits of integers of 64 bits', () => {
    const bounds = [-(2n ** 63n), -(10n ** 18n), -(2n ** 53n), 2n ** 53n - 1n, 10n ** 18n, 2n ** 63n, 2n ** 64n - 1n];
    for (const integer of bounds) expect(transcode(encodeExact(integer))).toBe(String(integer));
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }), (integer) => {
        expect(transcode(encodeExact(integer))).toBe(String(integer));
      }),
      { seed: SEED, numRuns: 2_000 },
    );
  });

  it.each([
    ['a float that is an integer', 'cb4045000000000000', '42'],
    ['a short float that is an integer', 'ca42280000', '42'],
    ['nanoseconds as a client sends them that has only floats', 'cb43b674c42e3cc602', '1618133869000000000'],
    ['a float past all integers', 'cb444b1ae4d6e2ef50', '1e+21'],
    ['a float below zero', 'cbbff8000000000000', '-1.5'],
    ['minus zero', 'cb8000000000000000', '0'],
    ['a short integer in a long format', 'cf0000000000000005', '5'],
    ['binary', 'c40301ff02', '"Af8C"'],
    ['no bytes', 'c400', '""'],
    ['a timestamp of 32 bits', 'd6ff59682f00', '"2017-07-14T02:40:00.000Z"'],
    ['a timestamp with milliseconds', 'd7ff1d53530059682f00', '"2017-07-14T02:40:00.123Z"'],
    ['a timestamp with nanoseconds', 'd7ff0000000459682f00', '"2017-07-14T02:40:00.000000001Z"'],
    ['a timestamp before 1970', 'c70cff3b9ac9ffffffffffffffffff', '"1969-12-31T23:59:59.999999999Z"'],
    ['keys that are integers', '8201c0cfffffffffffffffff90', '{"1":null,"18446744073709551615":[]}'],
    ['equal keys, for the reader to refuse', '82a16101a16102', '{"a":1,"a":2}'],
    ['a key that JavaScript knows', '81a95f5f70726f746f5f5f80', '{"__proto__":{}}'],
    ['nesting of 64', `${'91'.repeat(62)}c0`, `${'['.repeat(62)}null${']'.repeat(62)}`],
  ])('writes %s', (_, bytes, text) => {
    expect(transcode(hex(bytes))).toBe(text);
  });

  it.each([
    ['NaN', NaN, 'NaN has no JSON form'],
    [
      'an infinity in an event',
      [{ id: 'a' }, { tags: { ü: -Infinity } }],
      'at [1]["tags"]["ü"]: -Infinity has no JSON form',
    ],
    ['an extension', hex('9192d40501c0'), 'at [0][0]: an extension of type 5 has no JSON form'],
    ['a timestamp out of range', hex('d7ffee6b280000000000'), 'a timestamp out of range has no JSON form'],
    ['a string that is not UTF-8', hex('91a2c328'), 'at [0]: a string that is not valid UTF-8 has no JSON form'],
    ['a lone surrogate', hex('91a3eda080'), 'at [0]: a string that is not valid UTF-8 has no JSON form'],
    ['a key that is not UTF-8', hex('81a1ff01'), 'a string that is not valid UTF-8 has no JSON form'],
    ['a key that is nil', hex('9181c001'), 'at [0]: a key that is neither a string nor an integer has no JSON form'],
    ['a key without end', { ['k'.repeat(500)]: NaN }, `at ["${'k'.repeat(99)}]: NaN has no JSON form`],
    ['nesting of 65', hex(`${'91'.repeat(63)}c0`), 'error reading MessagePack: values are nested deeper than 64'],
  ])('tells the client where %s is', (_, value, message) => {
    const bytes = Buffer.isBuffer(value) ? value : encode(value);
    expect(() => transcode(bytes)).toThrow(new InvalidDataException(`argument 2: ${message}`));
  });

  it.each(['', '92c0', '81a161', '81', 'd9', 'a5616263', 'dd7fffffff', 'c1', '91c1'])(
    'refuses the broken %j',
    (bytes) => {
      expect(() => transcode(hex(bytes))).toThrow('Error binding arguments.');
    },
  );

  it('is a copy, which later messages do not touch', () => {
    const first = readArgument('Raw', encode([1, 'one']));
    const second = readArgument('Raw', encode([2, 'two']));
    expect(first).toMatchObject({ arguments: ['x', Buffer.from('[1,"one"]')] });
    expect(second).toMatchObject({ arguments: ['x', Buffer.from('[2,"two"]')] });
  });

  it('holds long texts whole', () => {
    const long = Array.from({ length: 20_000 }, (_, i) => ({ id: `event ${i}`, value: '\n'.repeat(i % 7) }));
    expect(transcode(encode(long))).toBe(JSON.stringify(long));
    expect(transcode(encode('after'))).toBe('"after"');
  });
});
