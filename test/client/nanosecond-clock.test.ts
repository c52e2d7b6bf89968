import { NanosecondClock } from '../../src/client/nanosecond-clock';

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
});
