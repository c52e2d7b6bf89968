import { formatAgo, formatBytes, formatCount, formatNumberOf, formatRate } from '../../../src/console/exact/numbers';

describe('numbers as people read them', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1 KB'],
    [1549, '1.55 KB'],
    [12_345, '12.3 KB'],
    [999_499, '999 KB'],
    [999_999, '1 MB'],
    [5e15, '5 PB'],
    [5e18, '5000 PB'],
  ])('writes %s bytes as %s', (bytes, expected) => {
    expect(formatBytes(bytes)).toBe(expected);
  });

  it.each([
    [0, '0'],
    [0.44, '0.4'],
    [9.96, '10'],
    [123.4, '123'],
    [12_345, '12.3K'],
  ])('writes %s a second as %s', (rate, expected) => {
    expect(formatRate(rate)).toBe(expected);
  });

  it.each([
    [0, '0 events'],
    [1, '1 event'],
    [1204, '1,204 events'],
  ])('writes %s of something as %s', (count, expected) => {
    expect(formatNumberOf(count, 'event')).toBe(expected);
  });

  it('writes counts with all their digits', () => {
    expect(formatCount(2n ** 60n)).toBe('1,152,921,504,606,846,976');
  });

  it.each([
    [0, 'now'],
    [999, 'now'],
    [59_999, '59 s ago'],
    [3_600_000, '1 h ago'],
    [200_000_000, '2 d ago'],
    [-5000, 'now'],
  ])('says of %s ms before that it was %s', (milliseconds, expected) => {
    expect(formatAgo(1e12 - milliseconds, 1e12)).toBe(expected);
  });
});
