import { setImmediate as turn } from 'node:timers/promises';
import { Wakes } from '../../src/feed/wakes';

/** Waits again and again, and counts how often it was woken. */
function waiter(wakes: Wakes, ending: AbortSignal): { woken: number } {
  const counted = { woken: 0 };
  const loop = async (): Promise<void> => {
    for (;;) {
      await wakes.wait(ending);
      if (ending.aborted) return;
      counted.woken++;
    }
  };
  void loop();
  return counted;
}

describe('those who wait', () => {
  let wakes: Wakes;
  let ending: AbortController;

  beforeEach(() => {
    wakes = new Wakes();
    ending = new AbortController();
  });

  afterEach(() => {
    ending.abort();
  });

  const waiters = (count: number): { woken: number }[] =>
    Array.from({ length: count }, () => waiter(wakes, ending.signal));
  const rounds = (all: readonly { woken: number }[]): number[] => [...new Set(all.map(({ woken }) => woken))];

  it.each([1, 31])('are woken each time when they are few: %i', async (count) => {
    const all = waiters(count);
    for (let times = 1; times <= 3; times++) {
      wakes.wake();
      await turn();
      expect(rounds(all)).toEqual([times]);
    }
  });

  it.each([32, 300, 1000])('are all woken when they are many: %i', async (count) => {
    const all = waiters(count);
    wakes.wake();
    while (all.some(({ woken }) => woken === 0)) await turn();
    expect(rounds(all)).toEqual([1]);
  });

  it('are woken once more for all that came in a round, and the rest after it', async () => {
    const all = waiters(300);
    for (let times = 0; times < 10; times++) wakes.wake();
    while (all.some(({ woken }) => woken < 2)) await turn();
    for (let turns = 0; turns < 20; turns++) await turn();
    expect(rounds(all)).toEqual([2]);
  });

  it('are woken by what comes after a rest, and those too who came meanwhile', async () => {
    const first = waiters(300);
    wakes.wake();
    const late = waiters(1);
    wakes.wake();
    while (late[0]!.woken === 0 || first.some(({ woken }) => woken < 2)) await turn();
    wakes.wake();
    while (first.some(({ woken }) => woken < 3)) await turn();
  });

  it('wait no longer when their signal is aborted', async () => {
    const waiting = wakes.wait(ending.signal);
    ending.abort();
    await waiting;
    await wakes.wait(ending.signal);
    wakes.wake();
  });
});
