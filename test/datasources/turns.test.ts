import { Turns } from '../../src/datasources/turns';

/** A task that notes when it begins and ends, and ends when it is told to. */
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

describe('Turns', () => {
  it('runs the tasks of a name one after another, and those of other names meanwhile', async () => {
    const turns = new Turns();
    const log: string[] = [];
    const [first, second, other] = [task('first', log), task('second', log), task('other', log)];
    const done = [turns.take('a', first.run), turns.take('a', second.run), turns.take('b', other.run)];
    other.end();
    await done[2];
    second.end();
    first.end();
    await Promise.all(done);
    expect(log).toEqual(['first begins', 'other begins', 'other ends', 'first ends', 'second begins', 'second ends']);
  });

  it('goes on after a task that fails, and gives each its own result', async () => {
    const turns = new Turns();
    const failing = turns.take('a', () => Promise.reject(new Error('no')));
    const next = turns.take('a', () => Promise.resolve(2));
    await expect(failing).rejects.toThrow('no');
    expect(await next).toBe(2);
  });
});
