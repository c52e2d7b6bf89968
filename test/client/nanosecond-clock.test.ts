import { isoTime, NanosecondClock } from '../../src/client/nanosecond-clock';

describe('now', () => {
  afterEach(() => {
    jest.restoreAllMocks();
  });

  it('grows with each call, within a millisecond and when the clock is set back', () => {
    const clock = new NanosecondClock();
    const times = [1700, 1700, 1700, 1600, 1701, 1701];
    jest.spyOn(Date, 'now').mockImplementation(() => times.shift()!);
    expect(Array.from({ length: 6 }, () => clock.now())).toEqual([
      1_700_000_000n,
      1_700_000_001n,
      1_700_000_002n,
      1_700_000_003n,
      1_701_000_000n,
      1_701_000_001n,
    ]);
  });

  it.each([
    [0n, '1970-01-01T00:00:00.000000000Z'],
    [1618133869000000123n, '2021-04-11T09:37:49.000000123Z'],
    [-1n, '1969-12-31T23:59:59.999999999Z'],
    [9223372036854775807n, '2262-04-11T23:47:16.854775807Z'],
  ])('%s is %s', (nanoseconds, text) => {
    expect(isoTime(nanoseconds)).toBe(text);
  });
});
