import { Semaphore, type WaitFailure } from '../../src/limits/semaphore';

const LIMITS = {
  maxWaiting: 4,
  maxWait: 60_000,
  errorFor: (failure: WaitFailure) => new Error(`no place: ${failure}`),
};

describe('Semaphore', () => {
  it('runs as many tasks at a time as there are places, in order, and goes on after one that fails', async () => {
    const semaphore = new Semaphore(2);
    const started: number[] = [];
    const ends: ((failure?: Error) => void)[] = [];
    const tasks = [0, 1, 2, 3].map((n) =>
      semaphore.run(
        () =>
          new Promise<number>((resolve, reject) => {
            started.push(n);
            ends.push((failure) => {
              if (failure === undefined) resolve(n);
              else reject(failure);
            });
          }),
      ),
    );
    expect(started).toEqual([0, 1]);
    ends[0]?.(new Error('no'));
    await expect(tasks[0]).rejects.toThrow('no');
    expect(started).toEqual([0, 1, 2]);
    ends[1]?.();
    await tasks[1];
    expect(started).toEqual([0, 1, 2, 3]);
    ends[2]?.();
    ends[3]?.();
    expect(await Promise.all(tasks.slice(1))).toEqual([1, 2, 3]);
  });

  it('gives a place that is released to the next in line', async () => {
    const semaphore = new Semaphore(2, LIMITS);
    const order: string[] = [];
    await Promise.all([semaphore.acquire(), semaphore.acquire()]);
    const waiting = ['first', 'second'].map((name) => semaphore.acquire().then(() => order.push(name)));
    semaphore.release();
    await waiting[0];
    expect(order).toEqual(['first']);
    semaphore.release();
    await waiting[1];
    expect(order).toEqual(['first', 'second']);
    semaphore.release();
    semaphore.release();
    await semaphore.acquire();
  });

  it('gives it to the next in line before a newcomer', async () => {
    const semaphore = new Semaphore(1);
    const order: string[] = [];
    await semaphore.acquire();
    const waiting = semaphore.acquire().then(() => order.push('waiting'));
    semaphore.release();
    const newcomer = semaphore.run(() => Promise.resolve(order.push('newcomer')));
    await waiting;
    semaphore.release();
    await newcomer;
    expect(order).toEqual(['waiting', 'newcomer']);
  });

  it('rejects a caller when as many wait as may', async () => {
    const semaphore = new Semaphore(1, LIMITS);
    await semaphore.acquire();
    const waiting = ['a', 'b', 'c', 'd'].map((holder) => semaphore.acquire({ holder }));
    await expect(semaphore.acquire({ holder: 'e' })).rejects.toThrow('no place: full');
    await expect(semaphore.run(() => Promise.resolve(), { holder: 'e' })).rejects.toThrow('no place: full');
    semaphore.release();
    for (const holder of ['a', 'b', 'c', 'd']) semaphore.release(holder);
    await Promise.all(waiting);
  });

  it('rejects a caller who has waited too long, and keeps the place for the next', async () => {
    const semaphore = new Semaphore(1, { ...LIMITS, maxWait: 1 });
    await semaphore.acquire();
    await expect(semaphore.acquire()).rejects.toThrow('no place: timeout');
    semaphore.release();
    await semaphore.acquire();
  });

  it('rejects a caller whose signal is aborted, and forgets it', async () => {
    const semaphore = new Semaphore(1, LIMITS);
    await semaphore.acquire();
    const caller = new AbortController();
    const gone = semaphore.acquire({ signal: caller.signal });
    const next = semaphore.acquire();
    caller.abort();
    await expect(gone).rejects.toThrow('no place: aborted');
    await expect(semaphore.acquire({ signal: caller.signal })).rejects.toThrow('no place: aborted');
    semaphore.release();
    await next;
  });

  it('does not run a task whose signal is aborted, though there is a place', async () => {
    const semaphore = new Semaphore(1, LIMITS);
    const task = jest.fn(() => Promise.resolve());
    await expect(semaphore.run(task, { signal: AbortSignal.abort() })).rejects.toThrow('no place: aborted');
    expect(task).not.toHaveBeenCalled();
    await semaphore.acquire();
  });

  it('rejects all who wait', async () => {
    const semaphore = new Semaphore(1, LIMITS);
    await semaphore.acquire();
    const waiting = [semaphore.acquire(), semaphore.acquire()];
    semaphore.rejectWaiting(new Error('closed'));
    for (const one of waiting) await expect(one).rejects.toThrow('closed');
    semaphore.release();
    await semaphore.acquire();
  });

  it('lets holders take turns, and serves the callers of one in order', async () => {
    const semaphore = new Semaphore(1, { ...LIMITS, maxWaiting: 20 });
    const order: string[] = [];
    await semaphore.acquire({ holder: 'a' });
    const wait = (holder: string, name: string): Promise<number> =>
      semaphore.run(() => Promise.resolve(order.push(name)), { holder });
    const waiting = [
      wait('a', 'a1'),
      wait('a', 'a2'),
      wait('a', 'a3'),
      wait('b', 'b1'),
      wait('c', 'c1'),
      wait('b', 'b2'),
    ];
    semaphore.release('a');
    await Promise.all(waiting);
    expect(order).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'a3']);
  });

  it('keeps a place free for others when one holder has as many as it may', async () => {
    const semaphore = new Semaphore(3, { ...LIMITS, placesPerHolder: 2 });
    await Promise.all([semaphore.acquire({ holder: 'a' }), semaphore.acquire({ holder: 'a' })]);
    let admitted = false;
    const third = semaphore.acquire({ holder: 'a' }).then(() => (admitted = true));
    await semaphore.acquire({ holder: 'b' });
    semaphore.release('b');
    await semaphore.acquire({ holder: 'b' });
    expect(admitted).toBe(false);
    semaphore.release('a');
    await third;
  });

  it('rejects a holder that has its share of those who wait, and nobody else', async () => {
    const onShareRefused = jest.fn();
    const semaphore = new Semaphore(1, { ...LIMITS, maxWaiting: 8, onShareRefused });
    await semaphore.acquire({ holder: 'a' });
    const waiting = Array.from({ length: 6 }, () => semaphore.acquire({ holder: 'a' }));
    await expect(semaphore.acquire({ holder: 'a' })).rejects.toThrow('no place: share');
    expect(onShareRefused).toHaveBeenCalledWith('share', 'a');
    waiting.push(semaphore.acquire({ holder: 'b' }));
    semaphore.rejectWaiting(new Error('closed'));
    expect(new Set((await Promise.allSettled(waiting)).map(({ status }) => status))).toEqual(new Set(['rejected']));
  });
});
