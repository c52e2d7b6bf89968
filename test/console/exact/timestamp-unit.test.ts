import { evidentUnit } from '../../../src/console/exact/timestamp-unit';

describe('evidentUnit', () => {
  it.each([
    ['seconds', 1_618_133_869n],
    ['milliseconds', 1_618_133_869_000n],
    ['microseconds', 1_618_133_869_000_000n],
  ])('takes a present-day time in %s for what it is', (unit, timestamp) => {
    expect(evidentUnit(timestamp)).toEqual({ unit, nanoseconds: 1_618_133_869_000_000_000n });
  });

  it.each([
    ['nanoseconds of today', 1_618_133_869_000_000_000n],
    ['nanoseconds of February 1970', 31n * 86_400_000_000_000n],
    ['a small number', 12n],
    ['a time before 1970', -1_618_133_869_000n],
  ])('has nothing to say of %s', (_, timestamp) => {
    expect(evidentUnit(timestamp)).toBeUndefined();
  });
});
