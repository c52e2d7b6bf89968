import { KeyedMutex } from '../../src/datasources/keyed-mutex';

/** A task that logs when it begins and ends; it ends when `end` is called. */
function task(name: string, log: string[]) {
  let end = (): void => undefined;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const run = async (): Promise<void> => {
    log.push(`${name} begins`);
    await ended;
    log.push(`${name} ends`);
  };
  return { run, end };
}

describe('KeyedMutex', () => {
  it('runs the tasks of one key one after another, and those of other keys meanwhile', async () => {
    const mutex = new KeyedMutex();
    const log: string[] = [];
    const [first, second, other] = [task('first', log), task('second', log), task('other', log)];
    const done = [mutex.run('a', first.run), mutex.run('a', second.run), mutex.run('b', other.run)];
    other.end();
    await done[2];
    second.end();
    first.end();
    await Promise.all(done);
    expect(log).toEqual(['first begins', 'other begins', 'other ends', 'first ends', 'second begins', 'second ends']);
  });

  it('goes on after a task that fails, and gives each its own result', async () => {
    const mutex = new KeyedMutex();
    const failing = mutex.run('a', () => Promise.reject(new Error('no')));
    const next = mutex.run('a', () => Promise.resolve(2));
    await expect(failing).rejects.toThrow('no');
    expect(await next).toBe(2);
  });
});
