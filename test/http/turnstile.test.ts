import { Turnstile } from '../../src/http/turnstile';

describe('Turnstile', () => {
  it('runs so many tasks at a time, in order, and goes on behind one that fails', async () => {
    const turnstile = new Turnstile(2);
    const started: number[] = [];
    const ends: ((failure?: Error) => void)[] = [];
    const tasks = [0, 1, 2, 3].map((n) =>
      turnstile.run(
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
});
