import { aroundInstant, bucketLength, intervalText } from '../../../src/console/chart/interval';

const SECOND = 1_000_000_000n;

describe('bucketLength', () => {
  it.each([
    ['a minute', 60n * SECOND, 60, SECOND],
    ['a day in 800 pixels', 86_400n * SECOND, 800, 120n * SECOND],
    ['a nanosecond', 1n, 800, 1n],
    ['all of int64', 2n ** 64n - 1n, 800, 365n * 86_400n * SECOND],
  ])('is round and short enough for %s', (_, length, most, expected) => {
    expect(bucketLength({ from: -(2n ** 63n), to: -(2n ** 63n) + length }, most)).toBe(expected);
  });
});

describe('aroundInstant', () => {
  it('reaches half a minute to both sides of one instant', () => {
    const range = { from: 70n * SECOND, to: 130n * SECOND };
    expect(aroundInstant({ from: 100n * SECOND, to: 100n * SECOND })).toEqual(range);
    expect(aroundInstant({ from: 100n * SECOND, to: 100n * SECOND + 1n })).toEqual(range);
  });

  it('leaves two instants, however near, as they are', () => {
    expect(aroundInstant({ from: 5n, to: 7n })).toEqual({ from: 5n, to: 7n });
  });
});

describe('intervalText', () => {
  it.each([
    [1n, '1ns'],
    [200_000n, '200us'],
    [5_000_000n, '5ms'],
    [90n * SECOND, '90s'],
    [1800n * SECOND, '30m'],
    [7n * 86_400n * SECOND, '7d'],
  ])('writes %s nanoseconds as the API takes them', (length, text) => {
    expect(intervalText(length)).toBe(text);
  });
});
