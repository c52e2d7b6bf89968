import { Checkpoints } from '../../../../src/store/sqlite/queue/checkpoints';

const MEBIBYTE = 1024 * 1024;

/** What was asked for, in order; `left`: the pages that each move leaves. */
function setUp(...left: readonly number[]): { readonly asked: string[]; readonly checkpoints: Checkpoints } {
  const asked: string[] = [];
  const leaves = [...left];
  const checkpoints = new Checkpoints({
    move() {
      asked.push('move');
      const next = leaves.shift();
      return next === undefined ? Promise.reject(new Error('no log')) : Promise.resolve(next);
    },
    finish() {
      asked.push('finish');
      return Promise.resolve();
    },
  });
  return { asked, checkpoints };
}

describe('Checkpoints', () => {
  it('leaves a log alone that is short', async () => {
    const { asked, checkpoints } = setUp(0);
    for (let count = 0; count < 100; count++) checkpoints.note(1);
    await checkpoints.stop();
    expect(asked).toEqual([]);
  });

  it.each([
    ['many small commits', 200, 1, 0],
    ['a few large ones', 8, MEBIBYTE, 0],
    ['a few small ones with much other work between them', 5, 1, 2],
  ])('has a log moved after %s, while commits go on', async (_, count, bytes, steps) => {
    const { asked, checkpoints } = setUp(0);
    for (let number = 0; number < count; number++) checkpoints.note(bytes, steps);
    await new Promise(setImmediate);
    expect(asked).toEqual(['move']);
    await checkpoints.stop();
  });

  it('has the writer finish when the log has become long, and not again until it has once more', async () => {
    const { asked, checkpoints } = setUp(...Array<number>(20).fill(0));
    for (let times = 0; times < 8; times++) {
      checkpoints.note(8 * MEBIBYTE);
      await new Promise(setImmediate);
    }
    const moves = asked.filter((what) => what === 'move');
    expect(moves).toHaveLength(8);
    expect(asked.filter((what) => what === 'finish').length).toBeGreaterThanOrEqual(1);
    expect(asked.indexOf('finish')).toBeGreaterThan(2);
    expect(asked.lastIndexOf('finish') - asked.indexOf('finish')).not.toBe(1);
  });

  it('moves what has come meanwhile before the writer has to', async () => {
    const { asked, checkpoints } = setUp(1500, 400, 20);
    checkpoints.note(32 * MEBIBYTE);
    await new Promise(setImmediate);
    expect(asked).toEqual(['move', 'move', 'move', 'finish']);
  });

  it('counts what comes while it is moved as left', async () => {
    const asked: string[] = [];
    const checkpoints: Checkpoints = new Checkpoints({
      move() {
        asked.push('move');
        if (asked.length < 3) checkpoints.note(2 * MEBIBYTE);
        return Promise.resolve(0);
      },
      finish() {
        asked.push('finish');
        return Promise.resolve();
      },
    });
    checkpoints.note(32 * MEBIBYTE);
    await new Promise(setImmediate);
    expect(asked).toEqual(['move', 'move', 'move', 'finish']);
  });

  it('has the writer do it when more comes than can be moved', async () => {
    const { asked, checkpoints } = setUp(2000, 2000, 2000, 2000, 2000);
    checkpoints.note(32 * MEBIBYTE);
    await new Promise(setImmediate);
    expect(asked).toEqual(['move', 'move', 'move', 'move', 'finish']);
  });

  it('tries again later after it has failed', async () => {
    const { asked, checkpoints } = setUp();
    checkpoints.note(8 * MEBIBYTE);
    await new Promise(setImmediate);
    checkpoints.note(8 * MEBIBYTE);
    await new Promise(setImmediate);
    expect(asked).toEqual(['move', 'move']);
  });

  it('does nothing once it was stopped', async () => {
    const { asked, checkpoints } = setUp(0);
    await checkpoints.stop();
    checkpoints.note(8 * MEBIBYTE);
    expect(asked).toEqual([]);
  });
});
