import { QueryLine } from '../../../../src/store/sqlite/sql/query-line';

const LIMITS = { places: 1, maxWaiting: 2, maxWait: 60_000 };

describe('QueryLine', () => {
  it('lets in as many as there are places, and the others in order', async () => {
    const line = new QueryLine({ ...LIMITS, places: 2 });
    const order: string[] = [];
    await Promise.all([line.enter(undefined), line.enter(undefined)]);
    const waiting = ['first', 'second'].map((name) => line.enter(undefined).then(() => order.push(name)));
    line.leave();
    await waiting[0];
    expect(order).toEqual(['first']);
    line.leave();
    await waiting[1];
    expect(order).toEqual(['first', 'second']);
    line.leave();
    line.leave();
    await line.enter(undefined);
  });

  it('refuses who comes when as many wait as may', async () => {
    const line = new QueryLine(LIMITS);
    await line.enter(undefined);
    const waiting = [line.enter(undefined), line.enter(undefined)];
    await expect(line.enter(undefined)).rejects.toMatchObject({
      code: 'store_busy',
      message: '2 queries wait already; try again in a second',
    });
    line.leave();
    line.leave();
    await Promise.all(waiting);
  });

  it('refuses who has waited too long, and gives the place to the next', async () => {
    const line = new QueryLine({ ...LIMITS, maxWait: 1 });
    await line.enter(undefined);
    await expect(line.enter(undefined)).rejects.toMatchObject({
      code: 'store_busy',
      message: 'the query waited 1 ms for others to end; try again in a second',
    });
    line.leave();
    await line.enter(undefined);
  });

  it('forgets who went away', async () => {
    const line = new QueryLine(LIMITS);
    await line.enter(undefined);
    const caller = new AbortController();
    const gone = line.enter(caller.signal);
    const next = line.enter(undefined);
    caller.abort();
    await expect(gone).rejects.toMatchObject({ code: 'query_timeout' });
    await expect(line.enter(caller.signal)).rejects.toMatchObject({ code: 'query_timeout' });
    line.leave();
    await next;
  });
});
