import { ShortTurns } from '../../../../src/console/pages/sql/short-turns';

describe('ShortTurns', () => {
  it('lets others come after ten milliseconds of work, and begins anew', async () => {
    let now = 0;
    const turns = new ShortTurns(
      () => now,
      () => {
        now += 100;
        return Promise.resolve();
      },
    );
    now = 9;
    expect(turns.isOver).toBe(false);
    now = 10;
    expect(turns.isOver).toBe(true);
    await turns.pass();
    expect(turns.isOver).toBe(false);
  });
});
