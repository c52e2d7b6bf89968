import { QueuePressure } from '../../../../src/store/sqlite/queue/queue-pressure';

describe('QueuePressure', () => {
  it('tells when a holder has its share, and when it has half of that', () => {
    const told: unknown[] = [];
    const pressure = new QueuePressure(100, (...what) => told.push(what));
    for (let bytes = 0; bytes < 75; bytes++) pressure.add('greedy', 1);
    expect(told).toEqual([[true, 'greedy']]);
    expect([pressure.isFullFor('greedy'), pressure.isFullFor('modest'), pressure.isFull]).toEqual([true, false, false]);
    pressure.add('modest', 1);
    pressure.release(new Map([['greedy', 14]]));
    expect(told).toHaveLength(1);
    pressure.release(new Map([['greedy', 2]]));
    expect(told.slice(1)).toEqual([[false, 'greedy']]);
    expect(pressure.isFullFor('greedy')).toBe(false);
  });

  it('tells when there is no room for anybody, and when half of it is free again', () => {
    const told: unknown[] = [];
    const pressure = new QueuePressure(100, (full, holder) => {
      if (holder === undefined) told.push(full);
    });
    pressure.add('a', 60);
    pressure.add('b', 40);
    expect(told).toEqual([true]);
    expect(pressure.isFullFor('newcomer')).toBe(true);
    pressure.release(new Map([['a', 49]]));
    expect(told).toEqual([true]);
    pressure.release(new Map([['b', 1]]));
    expect(told).toEqual([true, false]);
    expect(pressure.bytes).toBe(50);
  });

  it('lets nobody fill the queue alone, however much it writes at once', () => {
    const pressure = new QueuePressure(100, () => undefined);
    pressure.add('huge', 1000);
    expect([pressure.isFull, pressure.isFullFor('huge'), pressure.isFullFor('modest')]).toEqual([false, true, false]);
    pressure.add('modest', 1);
    expect(pressure.isFullFor('modest')).toBe(false);
    expect([pressure.bytes, pressure.heldBy('huge')]).toEqual([1001, 1000]);
    pressure.release(new Map([['huge', 500]]));
    expect(pressure.isFullFor('huge')).toBe(true);
    pressure.release(new Map([['huge', 500]]));
    pressure.release(new Map([['modest', 1]]));
    expect([pressure.isFullFor('huge'), pressure.bytes, pressure.heldBy('huge')]).toEqual([false, 0, 0]);
  });
});
