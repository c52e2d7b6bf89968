import {
  formatDateTime,
  formatIso,
  fromMilliseconds,
  looksLike,
  toMilliseconds,
  toNanoseconds,
} from '../../../src/console/exact/nanoseconds';
import { LosslessNumber } from 'lossless-json';

describe('toNanoseconds', () => {
  it.each([
    [new LosslessNumber('1618133869000000123'), 1618133869000000123n],
    ['1618133869000000123', 1618133869000000123n],
    [12, 12n],
    [-1, -1n],
    ['-9223372036854775808', -(2n ** 63n)],
    ['9223372036854775808', undefined],
    ['1.5', undefined],
    [1.5, undefined],
    ['', undefined],
    ['2024-01-01', undefined],
  ])('reads %s as %s', (value, expected) => {
    expect(toNanoseconds(value)).toBe(expected);
  });
});

describe('formatDateTime', () => {
  it.each([
    [1618133869000000123n, 9, '2021-04-11 09:37:49.000000123'],
    [1618133869999999999n, 3, '2021-04-11 09:37:49.999'],
    [1618133869999999999n, 0, '2021-04-11 09:37:49'],
    [-1n, 9, '1969-12-31 23:59:59.999999999'],
    [2n ** 63n - 1n, 9, '2262-04-11 23:47:16.854775807'],
    [-(2n ** 63n), 9, '1677-09-21 00:12:43.145224192'],
  ] as const)('writes %s with %s digits in UTC', (nanoseconds, digits, expected) => {
    expect(formatDateTime(nanoseconds, 'utc', digits)).toBe(expected);
  });

  it('writes what the server reads as the same time', () => {
    expect(formatIso(1618133869000000123n)).toBe('2021-04-11T09:37:49.000000123Z');
  });
});

describe('toMilliseconds', () => {
  it.each([
    [-1n, -1],
    [999_999n, 0],
    [1_000_000n, 1],
  ])('gives of %s the whole milliseconds before it', (nanoseconds, expected) => {
    expect(toMilliseconds(nanoseconds)).toBe(expected);
  });

  it('gives back what was made of milliseconds', () => {
    expect(toMilliseconds(fromMilliseconds(1618133869123))).toBe(1618133869123);
  });
});

describe('looksLike', () => {
  it.each([
    [1_618_133_869n, 'seconds'],
    [1_618_133_869_000n, 'milliseconds'],
    [1_618_133_869_000_000n, 'microseconds'],
    [1_618_133_869_000_000_000n, undefined],
    [0n, undefined],
    [-1_618_133_869n, undefined],
    [5n, undefined],
  ])('takes %s for %s', (nanoseconds, unit) => {
    expect(looksLike(nanoseconds)).toBe(unit);
  });
});
