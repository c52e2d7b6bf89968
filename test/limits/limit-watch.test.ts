import { LimitWatch } from '../../src/limits/limit-watch';

describe('LimitWatch', () => {
  it('counts every strike, and warns of the first and of the first after a quiet minute', () => {
    let now = 0;
    const counted: string[] = [];
    const warned: string[] = [];
    const watch = new LimitWatch({
      count: (limit) => counted.push(limit),
      warn: (limit, who) => warned.push(`${limit}: ${who}`),
      now: () => now,
    });
    watch.strike('queries', 'a');
    watch.strike('queries', 'b');
    watch.strike('reads', 'a');
    now = 59_999;
    watch.strike('queries', 'c');
    now += 60_000;
    watch.strike('queries', 'd');
    expect(counted).toHaveLength(5);
    expect(warned).toEqual(['queries: a', 'reads: a', 'queries: d']);
  });
});
