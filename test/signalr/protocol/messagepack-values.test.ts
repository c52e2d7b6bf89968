import { decode, encode, ExtData } from '@msgpack/msgpack';
import fc from 'fast-check';
import { InvalidDataException } from '../../../src/signalr/exceptions';
import { MESSAGE_TYPE } from '../../../src/signalr/protocol/hub-messages';
import { MessagePackProtocol } from '../../../src/signalr/protocol/messagepack-protocol';
import { readArgument } from './support/messagepack-bodies';

const SEED = 20260;
const protocol = new MessagePackProtocol();

/** The bytes of a written value, without the message around it. */
function write(value: unknown): Buffer {
  const message = protocol.write({ type: MESSAGE_TYPE.StreamItem, invocationId: 'i', item: value });
  // Every length prefix ends with the first byte below 0x80.
  const prefix = message.findIndex((byte) => byte < 0x80) + 1;
  return message.subarray(prefix + '940280a169'.length / 2);
}

function read(bytes: Uint8Array): unknown {
  const message = readArgument('Target', bytes);
  if (message?.type === MESSAGE_TYPE.Invocation) return message.arguments[0];
  if (message?.type === MESSAGE_TYPE.BindingFailure) throw message.error ?? new Error('Unknown method.');
  throw new Error('No invocation.');
}

const hex = (text: string): Buffer => Buffer.from(text, 'hex');

const value = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(null, true, false),
    fc.double(),
    fc.maxSafeInteger(),
    fc.string({ unit: 'grapheme', maxLength: 300 }),
    fc.uint8Array({ maxLength: 300 }),
    fc.date({ noInvalidDate: true }),
    fc.array(tie('value'), { maxLength: 20 }),
    fc.dictionary(fc.string({ unit: 'grapheme' }), tie('value'), { maxKeys: 20, noNullPrototype: true }),
  ),
})).value;

describe('MessagePack values', () => {
  it('come back as they were written', () => {
    fc.assert(
      fc.property(value, (written) => {
        expect(read(write(written))).toEqual(written);
      }),
      { seed: SEED, numRuns: 300 },
    );
  });

  it('are written so that another implementation reads them', () => {
    fc.assert(
      fc.property(value, (written) => {
        fc.pre(!JSON.stringify(written).includes('__proto__'));
        expect(decode(write(written))).toEqual(written);
      }),
      { seed: SEED, numRuns: 300 },
    );
  });

  it('are read as another implementation wrote them', () => {
    fc.assert(
      fc.property(value, (written) => {
        expect(read(encode(written))).toEqual(written);
      }),
      { seed: SEED, numRuns: 300 },
    );
  });

  it.each([
    [0, '00'],
    [127, '7f'],
    [128, 'cc80'],
    [255, 'ccff'],
    [256, 'cd0100'],
    [65_535, 'cdffff'],
    [65_536, 'ce00010000'],
    [4_294_967_295, 'ceffffffff'],
    [4_294_967_296, 'cf0000000100000000'],
    [Number.MAX_SAFE_INTEGER, 'cf001fffffffffffff'],
    [-1, 'ff'],
    [-32, 'e0'],
    [-33, 'd0df'],
    [-128, 'd080'],
    [-129, 'd1ff7f'],
    [-32_768, 'd18000'],
    [-32_769, 'd2ffff7fff'],
    [-2_147_483_648, 'd280000000'],
    [-2_147_483_649, 'd3ffffffff7fffffff'],
    [Number.MIN_SAFE_INTEGER, 'd3ffe0000000000001'],
    [9_007_199_254_740_992n, 'cf0020000000000000'],
    [18_446_744_073_709_551_615n, 'cfffffffffffffffff'],
    [-9_007_199_254_740_992n, 'd3ffe0000000000000'],
    [-9_223_372_036_854_775_808n, 'd38000000000000000'],
    [1_618_133_869_000_000_001n, 'cf1674c42e3cc60201'],
  ])('hold the integer %p exactly, in the shortest format', (integer, bytes) => {
    expect(write(integer).toString('hex')).toBe(bytes);
    expect(read(hex(bytes))).toBe(integer);
  });

  it('make a number of a bigint that fits one, and of a short integer in a long format', () => {
    expect(write(5n)).toEqual(hex('05'));
    expect(read(hex('cf0000000000000005'))).toBe(5);
    expect(read(hex('d3fffffffffffffffb'))).toBe(-5);
  });

  it.each<[string, (size: number) => unknown, [number, string][]]>([
    [
      'a string',
      (size) => 'x'.repeat(size),
      [
        [0, 'a0'],
        [31, 'bf'],
        [32, 'd920'],
        [255, 'd9ff'],
        [256, 'da0100'],
        [65_535, 'daffff'],
        [65_536, 'db00010000'],
      ],
    ],
    [
      'bytes',
      (size) => Buffer.alloc(size),
      [
        [0, 'c400'],
        [255, 'c4ff'],
        [256, 'c50100'],
        [65_535, 'c5ffff'],
        [65_536, 'c600010000'],
      ],
    ],
    [
      'an array',
      (size) => Array<number>(size).fill(1),
      [
        [0, '90'],
        [15, '9f'],
        [16, 'dc0010'],
        [65_535, 'dcffff'],
        [65_536, 'dd00010000'],
      ],
    ],
    [
      'an object',
      (size) => Object.fromEntries(Array.from({ length: size }, (_, index) => [`k${index}`, 1])),
      [
        [0, '80'],
        [15, '8f'],
        [16, 'de0010'],
        [65_535, 'deffff'],
        [65_536, 'df00010000'],
      ],
    ],
    [
      'an extension',
      (size) => new ExtData(7, new Uint8Array(size)),
      [
        [1, 'd407'],
        [2, 'd507'],
        [4, 'd607'],
        [8, 'd707'],
        [16, 'd807'],
        [0, 'c70007'],
        [255, 'c7ff07'],
        [256, 'c8010007'],
        [65_535, 'c8ffff07'],
        [65_536, 'c90001000007'],
      ],
    ],
  ])('begin %s with the shortest length there is', (_, make, heads) => {
    for (const [size, head] of heads) {
      const made = make(size);
      const bytes = Buffer.from(write(made));
      expect(bytes.subarray(0, head.length / 2).toString('hex')).toBe(head);
      expect(decode(bytes)).toEqual(decode(encode(made)));
    }
  });

  it('are nested as deep as may be, and no deeper', () => {
    const nest = (levels: number, wrap: (inner: unknown) => unknown): unknown =>
      Array.from({ length: levels }).reduce<unknown>((inner) => wrap(inner), 1);
    for (const wrap of [(inner: unknown) => [inner], (inner: unknown) => ({ a: inner })]) {
      let deepest = 1;
      while (canWrite(nest(deepest + 1, wrap))) deepest += 1;
      expect(read(write(nest(62, wrap)))).toEqual(nest(62, wrap));
      expect(deepest).toBeLessThan(2000);
    }
  });

  function canWrite(value: unknown): boolean {
    try {
      write(value);
      return true;
    } catch {
      return false;
    }
  }

  it.each([
    ['a date of whole seconds', new Date(1_500_000_000_000), 'd6ff59682f00'],
    ['a date with milliseconds', new Date(1_500_000_000_123), 'd7ff1d53530059682f00'],
    ['a date before 1970', new Date(-1), 'c70cff3b8b87c0ffffffffffffffff'],
    ['bytes', Buffer.from('ab'), 'c4026162'],
    ['a view of other numbers, as .NET does', new Uint16Array([1, 300]), '9201cd012c'],
    ['big integers in a view', new BigInt64Array([-1n, 2n ** 62n]), '92ffcf4000000000000000'],
    ['memory', new Uint8Array([1, 2]).buffer, 'c4020102'],
    ['a view of memory', new DataView(new Uint8Array([1, 2, 3]).buffer, 1), 'c4020203'],
    ['an extension', new ExtData(5, new Uint8Array([1, 2])), 'd50501 02'.replace(' ', '')],
    ['an extension of an odd size', new ExtData(-2, new Uint8Array(3)), 'c703fe000000'],
    ['undefined in an object', { a: undefined, c: 1 }, '81a16301'],
    ['what says itself how it is written', { toJSON: () => ({ a: 1 }) }, '81a16101'],
    ['a string of 32 bytes', 'x'.repeat(32), `d920${'78'.repeat(32)}`],
    ['a string with what is not ASCII', 'ü', 'a2c3bc'],
  ])('write %s', (_, written, bytes) => {
    expect(write(written).toString('hex')).toBe(bytes);
  });

  it.each([
    ['a function', () => 1, 'a function has no MessagePack form'],
    ['a symbol', Symbol('x'), 'a symbol has no MessagePack form'],
    ['undefined', undefined, 'undefined has no MessagePack form'],
    ['a function in an object', { a: () => 1 }, 'at ["a"]: a function has no MessagePack form'],
    ['undefined in an array', [1, undefined], 'at [1]: undefined has no MessagePack form'],
    ['no date', { at: new Date(NaN) }, 'at ["at"]: an invalid Date has no MessagePack form'],
    ['a bigint of more than 64 bits', [2n ** 64n], 'a bigint of more than 64 bits has no MessagePack form'],
    ['a bigint below 64 bits', [-(2n ** 63n) - 1n], 'a bigint of more than 64 bits has no MessagePack form'],
    ['a lone surrogate', ['\ud800'], 'a string with a lone surrogate has no MessagePack form'],
    ['a key with a lone surrogate', { '\udfff': 1 }, 'a key with a lone surrogate has no MessagePack form'],
    ['an array that holds itself', ((array: unknown[]) => [array.push(array), array])([]), ''],
    ['what writes itself as itself for ever', { toJSON: recursion }, ''],
  ])('cannot be %s', (_, written, message) => {
    expect(() => write(written)).toThrow(TypeError);
    expect(() => write(written)).toThrow(message);
    // The next value is written as if nothing had happened.
    expect(write(1)).toEqual(hex('01'));
  });

  function recursion(): unknown {
    return { toJSON: recursion };
  }

  it('are written whole while one of them sends a message itself', () => {
    const inner: Buffer[] = [];
    const written = write([1, { toJSON: () => inner.push(write('inner')) }, 2]);
    expect(written.toString('hex')).toBe('93010102');
    expect(inner[0]).toEqual(hex('a5696e6e6572'));
  });

  it.each([
    ['a string that is not UTF-8', 'a1ff', 'error reading MessagePack: a string is not valid UTF-8'],
    [
      'a long string that is not UTF-8',
      `d928${'78'.repeat(39)}ff`,
      'error reading MessagePack: a string is not valid UTF-8',
    ],
    ['a surrogate in UTF-8', 'a3eda080', 'error reading MessagePack: a string is not valid UTF-8'],
    ['a key that is nil', '81c001', 'error reading MessagePack: a key is neither a string nor an integer'],
    ['a key that is an array', '819001', 'error reading MessagePack: a key is neither a string nor an integer'],
    ['a timestamp of no size', 'd4ff00', 'error reading MessagePack: a timestamp is out of range'],
    [
      'a timestamp of a billion nanoseconds',
      'd7ffee6b280000000000',
      'error reading MessagePack: a timestamp is out of range',
    ],
    [
      'a timestamp no date reaches',
      'c70cff000000007fffffffffffffff',
      'error reading MessagePack: a timestamp is out of range',
    ],
    ['nesting of 63', `${'91'.repeat(63)}c0`, 'error reading MessagePack: values are nested deeper than 64'],
    ['nesting without end', '91'.repeat(100_000), 'error reading MessagePack: values are nested deeper than 64'],
  ])('refuse %s, and say so', (_, bytes, message) => {
    expect(() => read(hex(bytes))).toThrow(new InvalidDataException(`argument 1: ${message}`));
  });

  it('take nesting of 64, the message and its arguments included', () => {
    expect(read(hex(`${'91'.repeat(62)}c0`))).toBeInstanceOf(Array);
  });

  it('refuse lengths beyond the message before anything is allocated for them', () => {
    const before = process.memoryUsage().heapUsed;
    for (const head of [
      'dd7fffffff',
      'ddffffffff',
      'df7fffffff',
      'db7fffffff',
      'c67fffffff',
      'c97fffffff01',
      'dcffff',
    ]) {
      expect(() => read(hex(head))).toThrow();
      expect(() => read(hex(`dc0003${head}${head}${head}`))).toThrow();
    }
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(50_000_000);
  });

  it('cannot set the prototype of what is made of them', () => {
    const map = read(encode({ constructor: 1 })) as object;
    expect(Object.getPrototypeOf(map)).toBe(Object.prototype);
    const polluting = read(hex(`82a9${Buffer.from('__proto__').toString('hex')}81a178c3a17901`)) as { x?: unknown };
    expect(Object.keys(polluting)).toEqual(['__proto__', 'y']);
    expect(Object.getPrototypeOf(polluting)).toBe(Object.prototype);
    expect(polluting.x).toBeUndefined();
    expect(Object.getOwnPropertyDescriptor(polluting, '__proto__')).toMatchObject({
      writable: true,
      configurable: true,
    });
    expect({}).not.toHaveProperty('x');
  });

  it('hold keys that are integers as strings', () => {
    expect(read(hex('8301c0ffc0cfffffffffffffffffc0'))).toEqual({
      '1': null,
      '-1': null,
      '18446744073709551615': null,
    });
  });

  it('hold extensions that are not known', () => {
    expect(read(hex('d40701'))).toEqual(new ExtData(7, new Uint8Array([1])));
  });

  it('share no memory with what was received', () => {
    const bytes = hex('c4026162');
    const binary = read(bytes);
    bytes.fill(0);
    expect(binary).toEqual(new Uint8Array([0x61, 0x62]));
  });
});
