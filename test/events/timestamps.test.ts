import fc from 'fast-check';
import { isIntegerText, isMinusZero, TimestampRange } from '../../src/events/timestamps';

const int64 = fc.oneof(
  fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n),
  fc.bigInt(-1_000_000_002n, -999_999_998n),
  fc.bigInt(999_999_998n, 1_000_000_002n),
  fc.bigInt(10n ** 18n - 2n, 10n ** 18n + 2n),
);

describe('TimestampRange', () => {
  it('holds the exact least and greatest of the numbers added', () => {
    fc.assert(
      fc.property(fc.array(int64, { minLength: 1 }), (values) => {
        const range = new TimestampRange();
        for (const value of values) {
          const digits = Buffer.from(value.toString());
          expect(range.add(digits, 0, digits.length)).toBe(true);
        }
        const ascending = [...values].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
        expect([range.min, range.max]).toEqual([ascending[0], ascending.at(-1)]);
      }),
    );
  });

  it('accepts exactly the integers of int64', () => {
    const near = (limit: bigint) => fc.bigInt(limit - 1000n, limit + 1000n);
    fc.assert(
      fc.property(fc.oneof(near(2n ** 63n), near(-(2n ** 63n)), near(10n ** 19n), fc.bigInt()), (value) => {
        const digits = Buffer.from(value.toString());
        expect(new TimestampRange().add(digits, 0, digits.length)).toBe(value === BigInt.asIntN(64, value));
      }),
    );
  });

  it('gives the same result for usual digits in either way', () => {
    fc.assert(
      fc.property(fc.bigInt(10n ** 18n, 9n * 10n ** 18n - 1n), (value) => {
        const range = new TimestampRange();
        expect(range.addUsual(Buffer.from(`:${value.toString()},`), 1)).toBe(true);
        expect([range.min, range.max]).toEqual([value, value]);
      }),
    );
  });

  it.each([
    '0618133869000000000',
    '-161813386900000000',
    '9000000000000000000',
    '"161813386900000000',
    '1.18133869000000000',
    '1618133869/00000000',
    '1618133869:00000000',
    '161813386900000000.',
    '161813386900000000e',
    '161813386900000000}',
  ])('leaves %s to the general way', (text) => {
    const range = new TimestampRange();
    expect(range.addUsual(Buffer.from(`${text}000000000`), 0)).toBe(false);
    range.add(Buffer.from('5'), 0, 1);
    expect([range.min, range.max]).toEqual([5n, 5n]);
  });
});

describe('isIntegerText', () => {
  it.each([
    ['0', true],
    ['-0', true],
    ['7', true],
    ['-10', true],
    ['9'.repeat(30), true],
    ['', false],
    ['-', false],
    ['--1', false],
    ['+1', false],
    ['00', false],
    ['-01', false],
    ['1.0', false],
    ['1e3', false],
    ['1 ', false],
    ['1-', false],
    ['0x1', false],
    ['/', false],
    [':', false],
  ])('of %j is %s', (text, expected) => {
    expect(isIntegerText(Buffer.from(text), 0, text.length)).toBe(expected);
    expect(isIntegerText(Buffer.from(`1${text}1`), 1, text.length + 1)).toBe(expected);
  });
});

describe('isMinusZero', () => {
  it.each([
    ['-0', true],
    ['0', false],
    ['-1', false],
    ['10', false],
    ['-00', false],
  ])('of %j is %s', (text, expected) => {
    expect(isMinusZero(Buffer.from(text), 0, text.length)).toBe(expected);
  });
});
