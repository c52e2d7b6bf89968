import { WallClock, floorDivide } from '../../../src/console/exact/wall-clock';

const ns = (iso: string, nanoseconds = 0n): bigint => BigInt(Date.parse(iso)) * 1_000_000n + nanoseconds;

describe('WallClock', () => {
  it('shows all nine digits, which no double holds', () => {
    const at = 1_618_133_869_123_456_789n;
    expect(new WallClock('UTC').dateTime(at, 9)).toBe('2021-04-11 09:37:49.123456789');
    expect(new WallClock('UTC').dateTime(at, 3)).toBe('2021-04-11 09:37:49.123');
    expect(new WallClock('Europe/Paris').dateTime(at, 9)).toBe('2021-04-11 11:37:49.123456789');
  });

  it.each([
    ['just before clocks go forward', '2026-03-29T00:59:59Z', '01:59:59', '+01:00'],
    ['just after', '2026-03-29T01:00:00Z', '03:00:00', '+02:00'],
    ['an hour and a half later', '2026-03-29T02:30:00Z', '04:30:00', '+02:00'],
    ['the first half past two of autumn', '2026-10-25T00:30:00Z', '02:30:00', '+02:00'],
    ['the second', '2026-10-25T01:30:00Z', '02:30:00', '+01:00'],
    ['midnight, which is 00 and never 24', '2026-06-30T22:00:00Z', '00:00:00', '+02:00'],
  ])('is right in Paris %s', (_, instant, time, offset) => {
    const clock = new WallClock('Europe/Paris');
    expect(clock.time(ns(instant), 0)).toBe(time);
    expect(clock.offsetText(ns(instant))).toBe(offset);
  });

  it.each([
    ['a nanosecond before 1970', -1n, '1969-12-31 23:59:59.999999999'],
    ['the least int64', -(2n ** 63n), '1677-09-21 00:12:43.145224192'],
    ['the greatest int64', 2n ** 63n - 1n, '2262-04-11 23:47:16.854775807'],
    ['zero', 0n, '1970-01-01 00:00:00.000000000'],
  ])('shows %s', (_, at, text) => {
    expect(new WallClock('UTC').dateTime(at, 9)).toBe(text);
  });

  it.each([
    ['an ordinary midnight', { year: 2026, month: 7, day: 1 }, '2026-06-30T22:00:00Z'],
    ['a time that is left out', { year: 2026, month: 3, day: 29, hour: 2 }, '2026-03-29T01:00:00Z'],
    [
      'a time that comes twice, the first of the two',
      { year: 2026, month: 10, day: 25, hour: 2 },
      '2026-10-25T00:00:00Z',
    ],
    ['the midnight before a change', { year: 2026, month: 3, day: 29 }, '2026-03-28T23:00:00Z'],
    ['the midnight after', { year: 2026, month: 3, day: 30 }, '2026-03-29T22:00:00Z'],
  ])('finds %s', (_, wall, instant) => {
    expect(new WallClock('Europe/Paris').instant(wall)).toBe(ns(instant));
  });

  it('goes by the zone of the machine as any other', () => {
    expect(new WallClock('Asia/Kathmandu').offsetText(ns('2026-01-01T00:00:00Z'))).toBe('+05:45');
    expect(new WallClock('America/St_Johns').dateTime(ns('2026-07-01T00:00:00Z', 7n), 9)).toBe(
      '2026-06-30 21:30:00.000000007',
    );
  });

  it('refuses a zone that there is not', () => {
    expect(() => new WallClock('Europe/Nowhere')).toThrow(RangeError);
  });
});

describe('floorDivide', () => {
  it.each([
    [7n, 2n, 3n],
    [-7n, 2n, -4n],
    [-8n, 2n, -4n],
    [0n, 5n, 0n],
  ])('divides %s by %s', (dividend, divisor, quotient) => {
    expect(floorDivide(dividend, divisor)).toBe(quotient);
  });
});
