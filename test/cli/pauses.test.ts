import { Pauses } from '../../src/cli/pauses';

const take = (pauses: Pauses, count: number): number[] => Array.from({ length: count }, () => pauses.next());

describe('pauses before another attempt', () => {
  it('are what the server asks for at first, and then grow from a second on', () => {
    const pauses = new Pauses();
    pauses.onRetry(4_500);
    expect(take(pauses, 8)).toEqual([4_500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
    pauses.onRetry(2_000);
    expect(take(pauses, 2)).toEqual([2_000, 1_000]);
  });

  it('are what the server asks for each time that it asks', () => {
    const pauses = new Pauses();
    for (const retry of [5_000, 5_000, 5_000]) {
      pauses.onRetry(retry);
      expect(pauses.isFirst).toBe(true);
      expect(pauses.next()).toBe(retry);
      expect(pauses.isFirst).toBe(false);
    }
  });
});
