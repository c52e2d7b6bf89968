import { nearestDouble } from '../../../../src/store/sqlite/sql/dialect/nearest-double';

describe('nearestDouble', () => {
  it.each([
    [0n, 3n, 0],
    [1n, 3n, 1 / 3],
    [-1n, 10n, -0.1],
    [3n, 10n, 0.3],
    [2n ** 53n + 1n, 1n, 2 ** 53],
    [2n ** 53n + 3n, 1n, 2 ** 53 + 4],
    // A half goes to the even neighbour, more than a half up.
    [(2n ** 53n + 1n) * 10n ** 30n, 10n ** 30n, 2 ** 53],
    [(2n ** 53n + 1n) * 10n ** 30n + 1n, 10n ** 30n, 2 ** 53 + 2],
    [10n ** 76n, 1n, 1e76],
    [1n, 10n ** 76n, 1e-76],
    [123456789012345678901234567890n, 1_000_000_000n, Number('123456789012345678901.23456789')],
  ])('of %s / %s is %s', (dividend, divisor, double) => {
    expect(nearestDouble(dividend, divisor)).toBe(double);
  });
});
