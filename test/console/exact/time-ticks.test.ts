import { timeTicks } from '../../../src/console/exact/time-ticks';
import { WallClock } from '../../../src/console/exact/wall-clock';

const ns = (iso: string): bigint => BigInt(Date.parse(iso)) * 1_000_000n;
const labels = (zone: string, from: bigint, to: bigint, most: number): string[] =>
  timeTicks(new WallClock(zone), from, to, most).map(({ label }) => label.replace('\n', ' | '));

describe('timeTicks', () => {
  it('leaves out the hour that is left out when clocks go forward', () => {
    expect(labels('Europe/Paris', ns('2026-03-28T23:00:00Z'), ns('2026-03-29T04:00:00Z'), 8)).toEqual([
      '00:00 | 2026-03-29',
      '01:00',
      '03:00 | UTC+02:00',
      '04:00',
      '05:00',
      '06:00',
    ]);
  });

  it('shows an hour twice when clocks go back', () => {
    expect(labels('Europe/Paris', ns('2026-10-24T23:00:00Z'), ns('2026-10-25T02:00:00Z'), 5)).toEqual([
      '01:00 | 2026-10-25',
      '02:00',
      '02:00 | UTC+01:00',
      '03:00',
    ]);
  });

  it.each([
    [
      'nanoseconds',
      0n,
      4n,
      5,
      [
        '00:00:00.000000000 | 1970-01-01',
        '00:00:00.000000001',
        '00:00:00.000000002',
        '00:00:00.000000003',
        '00:00:00.000000004',
      ],
    ],
    ['milliseconds', 0n, 400_000_000n, 3, ['00:00:00.000 | 1970-01-01', '00:00:00.200', '00:00:00.400']],
    ['seconds', ns('2026-01-01T00:00:03Z'), ns('2026-01-01T00:00:29Z'), 3, ['00:00:10 | 2026-01-01', '00:00:20']],
    [
      'a new day',
      ns('2026-01-01T22:00:00Z'),
      ns('2026-01-02T01:59:00Z'),
      5,
      ['22:00 | 2026-01-01', '23:00', '00:00 | 2026-01-02', '01:00'],
    ],
    [
      'days',
      ns('2026-02-26T12:00:00Z'),
      ns('2026-03-02T12:00:00Z'),
      6,
      ['2026-02-27', '2026-02-28', '2026-03-01', '2026-03-02'],
    ],
    [
      'months',
      ns('2026-01-15T00:00:00Z'),
      ns('2026-06-15T00:00:00Z'),
      6,
      ['2026-02', '2026-03', '2026-04', '2026-05', '2026-06'],
    ],
    ['years', -(2n ** 63n), 2n ** 63n - 1n, 7, ['1700', '1800', '1900', '2000', '2100', '2200']],
  ])('is at round times: %s', (_, from, to, most, expected) => {
    expect(labels('UTC', from, to, most)).toEqual(expected);
  });

  it('is at round hours of a zone whose offset has none', () => {
    expect(labels('Asia/Kathmandu', ns('2026-01-01T00:00:00Z'), ns('2026-01-01T03:00:00Z'), 4)).toEqual([
      '06:00 | 2026-01-01',
      '07:00',
      '08:00',
    ]);
  });

  it('goes on by the clock on the wall across a change, with steps of hours and of days', () => {
    const days = timeTicks(new WallClock('Europe/Paris'), ns('2026-03-27T00:00:00Z'), ns('2026-04-01T00:00:00Z'), 6);
    expect(days.map(({ at }) => new Date(Number(at / 1_000_000n)).toISOString().slice(5, 16))).toEqual([
      '03-27T23:00',
      '03-28T23:00',
      '03-29T22:00',
      '03-30T22:00',
      '03-31T22:00',
    ]);
    expect(labels('Europe/Paris', ns('2026-03-28T23:00:00Z'), ns('2026-03-29T22:00:00Z'), 5)).toEqual([
      '00:00 | 2026-03-29',
      '06:00 | UTC+02:00',
      '12:00',
      '18:00',
      '00:00 | 2026-03-30',
    ]);
  });

  it.each([1, 2, 5, 12])('never has more than %d, and grows', (most) => {
    for (let exponent = 1n; exponent < 19n; exponent++) {
      for (const digit of [1n, 3n, 7n]) {
        const ticks = timeTicks(
          new WallClock('Europe/Paris'),
          17n * 10n ** 17n,
          17n * 10n ** 17n + digit * 10n ** exponent,
          most,
        );
        expect(ticks.length).toBeLessThanOrEqual(most + 1);
        expect(ticks.every(({ at }, index) => index === 0 || at > ticks[index - 1]!.at)).toBe(true);
      }
    }
  });
});
