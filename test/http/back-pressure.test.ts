import { join } from 'node:path';
import Database from 'better-sqlite3';
import { TestHub, atEnd, bearerOf, temporaryDirectory } from '../support/test-hub';

const EVENTS = '/topics/cars/streams/car-1/events/data';
const large = [{ id: 'a', timestamp: 1, value: 'x'.repeat(2000) }];

/** A hub whose disk is held up until `release` is called, and whose queue is full with a few events. */
async function heldUp(): Promise<{ hub: TestHub; release: () => void }> {
  const dataDir = temporaryDirectory();
  const hub = await TestHub.start({ dataDir, maxQueueBytes: 1024, busyTimeout: 60_000 });
  await hub.post(EVENTS, [{ id: 'first', timestamp: 1 }]);
  const other = new Database(join(dataDir, 'writer-hub.db'));
  atEnd(() => {
    other.close();
  });
  other.exec('BEGIN IMMEDIATE');
  return { hub, release: () => other.exec('ROLLBACK') };
}

/** Fills the queue, which one subject cannot do alone. Gives the status codes once the disk is free again. */
async function fill(hub: TestHub): Promise<{ accepted: Promise<number[]> }> {
  const posts = ['one', 'other'].map((subject) => hub.post(EVENTS, large, bearerOf(subject)));
  await hub.logged('the queue in front of the disk is full');
  return { accepted: Promise.all(posts).then((responses) => responses.map(({ status }) => status)) };
}

describe('while the queue in front of the disk is full', () => {
  it('HTTP callers get 503 with Retry-After, and what was accepted before is stored', async () => {
    const { hub, release } = await heldUp();
    const { accepted } = await fill(hub);
    const refused = await hub.post(EVENTS, large);
    expect(refused.status).toBe(503);
    expect(refused.headers.get('retry-after')).toBe('1');
    expect(await refused.json()).toMatchObject({ code: 'store_busy' });
    release();
    expect(await accepted).toEqual([200, 200]);
    expect((await hub.post(EVENTS, large)).status).toBe(200);
  });

  it('changes of streams over HTTP get 503 as well', async () => {
    const { hub, release } = await heldUp();
    const { accepted } = await fill(hub);
    expect((await hub.post('/topics/cars/streams', { name: 'x' })).status).toBe(503);
    expect((await hub.fetch('/topics/cars/streams/car-1/close', { method: 'POST' })).status).toBe(503);
    release();
    expect(await accepted).toEqual([200, 200]);
  });

  it('hub connections are not read, and all they sent is stored once it has drained', async () => {
    const { hub, release } = await heldUp();
    const connection = await hub.connect();
    const { accepted } = await fill(hub);
    const later = Array.from({ length: 20 }, () => connection.invoke('SendEventData', 'cars', 'car-1', large));
    for (let times = 0; times < 5; times++) {
      expect(await hub.read('/metrics')).toContain('writer_hub_queue_appends 2\n');
    }
    release();
    await Promise.all([accepted, ...later]);
    expect(await hub.read('/topics/cars/streams/car-1')).toContain('"eventCount":23');
  });
});
