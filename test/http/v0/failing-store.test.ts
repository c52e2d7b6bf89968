import { join } from 'node:path';
import Database from 'better-sqlite3';
import { atEnd, bearerOf, temporaryDirectory } from '../../support/test-hub';
import { RowsHub, errorOf } from './support/rows';

/**
 * A hub with the data source `a`, and another process's lock on its database, which `lock` takes and `release` lets go
 * of.
 */
async function lockable(settings: { busyTimeout: number; maxQueueBytes?: number }) {
  const dataDir = temporaryDirectory();
  const rows = await RowsHub.start({ dataDir, ...settings });
  await rows.stored('a', '{"n":0}');
  const other = new Database(join(dataDir, 'writer-hub.db'));
  atEnd(() => {
    other.close();
  });
  return { rows, lock: () => other.exec('BEGIN IMMEDIATE'), release: () => other.exec('ROLLBACK') };
}

const numbers = async (rows: RowsHub) => (await rows.query('SELECT n FROM a')).map(({ n }) => n);

describe('while the disk cannot be written to', () => {
  it('rows that were accepted before are stored in order once it can, without another request', async () => {
    const { rows, lock, release } = await lockable({ busyTimeout: 1 });
    lock();
    for (let n = 1; n <= 3; n++) {
      const response = await rows.events('name=a', `{"n":${n}}`);
      if (response.status !== 202) break;
    }
    await rows.hub.logged('the store cannot write');
    // Commits are in order: when this one has failed, so have the first tries of all that were accepted.
    expect((await rows.events('name=a&wait=true', '{"n":4}')).status).toBe(503);
    release();
    await rows.hub.logged('the store can write again');
    const found = await numbers(rows);
    expect(found).toEqual(found.map((_, n) => n));
    expect(found.length).toBeGreaterThan(1);
  });

  it('nothing more is accepted: 503 with Retry-After, with and without wait', async () => {
    const { rows, lock, release } = await lockable({ busyTimeout: 1 });
    lock();
    expect((await rows.events('name=a', '{"n":1}')).status).toBe(202);
    await rows.hub.logged('the store cannot write');
    for (const query of ['name=a', 'name=a&wait=true', 'name=b']) {
      const response = await rows.events(query, '{"n":2}');
      expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1']);
      expect(await errorOf(response)).toMatch(/locked by another process/);
    }
    release();
    await rows.stored('a', '{"n":3}');
    expect(await numbers(rows)).toEqual([0, 1, 3]);
    expect(await rows.names()).toEqual(['a']);
  });

  it('a 202 without anything accepted before waits until it is sure', async () => {
    const { rows, lock, release } = await lockable({ busyTimeout: 1 });
    lock();
    expect((await rows.events('name=a&wait=true', '{"n":1}')).status).toBe(503);
    expect((await rows.events('name=a', '{"n":2}')).status).toBe(503);
    release();
    expect((await rows.events('name=a', '{"n":3}')).status).toBe(202);
    expect(await numbers(rows)).toEqual([0, 3]);
  });

  it('what could not be stored until the server stops is logged, and counted', async () => {
    const { rows, lock } = await lockable({ busyTimeout: 1 });
    lock();
    await rows.events('name=a', '{"n":1}\n{"n":2}');
    await rows.hub.logged('the store cannot write');
    await rows.hub.close();
    expect(rows.hub.log()).toMatch(/"rows":2,"code":"store_unavailable".*rows that were accepted cannot be stored/);
  });

  it('rows get 503 with Retry-After while the queue in front of it is full', async () => {
    const { rows, lock, release } = await lockable({ busyTimeout: 60_000, maxQueueBytes: 1024 });
    lock();
    // One subject cannot fill it alone.
    const body = `{"n":1,"x":"${'x'.repeat(2000)}"}`;
    const waiting = ['one', 'other'].map((name) => rows.hub.post('/v0/events?name=a&wait=true', body, bearerOf(name)));
    await rows.hub.logged('the queue in front of the disk is full');
    const response = await rows.events('name=a', '{"n":2}');
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await errorOf(response)).toMatch(/queue in front of the disk is full/);
    release();
    expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual([200, 200]);
  });
});
