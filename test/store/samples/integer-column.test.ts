import fc from 'fast-check';
import { ByteReader } from '../../../src/store/samples/byte-reader';
import { ByteWriter } from '../../../src/store/samples/byte-writer';
import { readInt64s, writeInt64s } from '../../../src/store/samples/int64-column';
import { LARGEST_INTEGER, readIntegers, writeIntegers } from '../../../src/store/samples/integer-column';
import { anyTimestamp } from '../contract/arbitraries';

function written(values: readonly number[]): Buffer {
  const writer = new ByteWriter();
  writeIntegers(writer, values);
  return writer.done();
}

function readBack(values: readonly number[]): number[] {
  const reader = new ByteReader(written(values));
  const found = Array.from(readIntegers(reader, values.length), (value) => value + 0);
  expect(reader.isAtEnd).toBe(true);
  return found;
}

const MOST = LARGEST_INTEGER - 1;

describe('writeIntegers', () => {
  it.each<[string, number[]]>([
    ['none', []],
    ['one', [7]],
    ['evenly spaced ones', [5, 8, 11, 14]],
    ['falling ones', [5, 3, 1, -1]],
    ['equal ones', [4, 4, 4, 4, 9, 9, 9]],
    ['the farthest apart', [MOST, -MOST, MOST, -MOST, 0]],
    ['with a common divisor', [0, 1000, 3000, 3000, 10_000]],
    ['evenly spaced as far as they go', [-MOST, 0, MOST]],
  ])('gives back %s', (_, values) => {
    expect(readBack(values)).toEqual(values);
  });

  it('gives back any', () => {
    const any = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.integer({ min: -MOST, max: MOST }));
    const rule = fc.property(fc.array(any, { maxLength: 50 }), fc.constantFrom(1, 7, 1_000_000), (values, unit) => {
      const all = values.map((value) => (Math.abs(value * unit) <= MOST ? value * unit : value) + 0);
      expect(readBack(all)).toEqual(all);
    });
    fc.assert(rule, { numRuns: 500 });
  });

  it('takes few bytes for those at even distances, however many', () => {
    const even = Array.from({ length: 4096 }, (_, index) => index * 100_000_000);
    expect(written(even).length).toBeLessThan(12);
    const jittering = even.map((value, index) => value + (index % 7));
    expect(written(jittering).length).toBeLessThan(2 * 4096);
  });
});

describe('writeInt64s', () => {
  it('gives back any, near each other or far apart', () => {
    const near = fc
      .tuple(anyTimestamp, fc.array(fc.bigInt({ min: 0n, max: 2n ** 50n }), { maxLength: 20 }))
      .map(([base, all]) => all.map((distance) => (base > 0n ? base - distance : base + distance)));
    const rule = fc.property(fc.oneof(near, fc.array(anyTimestamp, { maxLength: 20 })), (values) => {
      const writer = new ByteWriter();
      writeInt64s(writer, BigInt64Array.from(values));
      const reader = new ByteReader(writer.done());
      expect([...readInt64s(reader, values.length)]).toEqual(values);
      expect(reader.isAtEnd).toBe(true);
    });
    fc.assert(rule, { numRuns: 500 });
  });
});
