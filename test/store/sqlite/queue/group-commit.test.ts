import { join } from 'node:path';
import Database from 'better-sqlite3';
import { batchAt, batchOf, idsOf, readAll, send } from '../../support/batches';
import { Recorder } from '../../support/recorder';
import { openStore, temporaryDirectory } from '../support/open-store';

describe('SqliteStore', () => {
  it('commits together what is sent together', async () => {
    const store = await openStore();
    const { commits } = Recorder.of(store);
    const offsets = await Promise.all(Array.from({ length: 1000 }, (_, index) => send(store, 's', batchAt(index))));
    expect(offsets).toEqual(Array.from({ length: 1000 }, (_, index) => String(index + 1)));
    expect(commits).toMatchObject([{ appends: 1000, events: { records: 1000 } }]);
    expect(commits[0]!.events.waits).toHaveLength(1000);
  });

  it('cuts what waits into commits of bounded size', async () => {
    const store = await openStore();
    const { commits } = Recorder.of(store);
    const megabyte = batchOf([{ timestamp: 1n, id: 'large', value: 'x'.repeat(1024 * 1024) }]);
    await Promise.all(Array.from({ length: 16 }, (_, index) => send(store, `s${index % 3}`, megabyte)));
    expect(commits).toHaveLength(4);
    expect(Math.max(...commits.map(({ events }) => events.bytes))).toBeLessThan(5 * 1024 * 1024);
  });

  it('says when bytes that wait reach the limit, and when they have been committed', async () => {
    const store = await openStore({ maxQueueBytes: 10_000 });
    const { pressure: turns } = Recorder.of(store);
    const batch = batchOf([{ timestamp: 1n, id: 'large', value: 'x'.repeat(4000) }]);
    const appends = [send(store, 's', batch), send(store, 's', batch)];
    expect([store.full, ...turns]).toEqual([false]);
    appends.push(send(store, 's', batch), send(store, 's', batch));
    expect([store.full, ...turns]).toEqual([true, true]);
    expect(store.queue.appends).toBe(4);
    expect(store.queue.bytes).toBeGreaterThan(16_000);
    await Promise.all(appends);
    expect([store.full, ...turns]).toEqual([false, true, false]);
    expect(store.queue).toEqual({ appends: 0, bytes: 0 });
  });

  it('indexes streams by runs: a row per stream and commit, and few for a stream that is alone', async () => {
    const directory = temporaryDirectory();
    const store = await openStore({ directory });
    for (let commit = 0; commit < 10; commit++) await send(store, 'alone', batchAt(commit), 'alone');
    for (let commit = 0; commit < 5; commit++) {
      await Promise.all(['a', 'b', 'a', 'b'].map((streamId) => send(store, streamId, batchAt(commit))));
    }
    const database = new Database(join(directory, 'writer-hub.db'), { readonly: true });
    const runs = database.prepare('SELECT series, count(*) FROM runs GROUP BY series').raw().all();
    const [alone, a, b, topicOfAlone, topicOfBoth] = [1, 2, 3, -1, -2];
    expect(new Map(runs as [number, number][])).toEqual(
      new Map([
        [alone, 1],
        [a, 5],
        [b, 5],
        [topicOfAlone, 1],
        [topicOfBoth, 1],
      ]),
    );
    database.close();
    expect(idsOf(await readAll(store, { streamId: 'a' }))).toEqual(['0', '0', '1', '1', '2', '2', '3', '3', '4', '4']);
  });

  it('begins a new run when the newest has grown large', async () => {
    const store = await openStore();
    const timestamps = Array.from({ length: 5000 }, (_, index) => BigInt(index));
    for (let commit = 0; commit < 3; commit++) await send(store, 's', batchAt(...timestamps));
    expect(await readAll(store, { streamId: 's' })).toHaveLength(15_000);
    expect(await readAll(store, { from: 4999n })).toHaveLength(3);
    expect(await readAll(store, { streamId: 's', from: 4999n, after: '5000' })).toHaveLength(2);
  });

  it('ends a page before its texts grow too large, and says that more may follow', async () => {
    const store = await openStore();
    const event = { timestamp: 1n, id: 'large', value: 'x'.repeat(400 * 1024) };
    await Promise.all(['a', 'b', 'c', 'd', 'e'].map((streamId) => send(store, streamId, batchOf([event]))));
    const page = await store.log.read({ topic: 't', limit: 1000 });
    expect(page.events).toHaveLength(3);
    expect(page).toMatchObject({ position: '3', more: true });
    expect(await readAll(store)).toHaveLength(5);
  });

  it('remembers only so many topics and streams, and finds the others again', async () => {
    const store = await openStore({ maxTopics: 2000, maxStreamsPerTopic: 50_000 });
    const names = Array.from({ length: 1100 }, (_, index) => `t${index}`);
    for (let round = 0; round < 2; round++) {
      for (let start = 0; start < names.length; start += 100) {
        const some = names.slice(start, start + 100);
        expect(await Promise.all(some.map((name) => send(store, 's', batchAt(round), name)))).toEqual(
          some.map(() => String(round + 1)),
        );
      }
    }
    expect(idsOf(await readAll(store, { topic: 't0', streamId: 's' }))).toEqual(['0', '1']);
  });

  it('refuses reads beyond those that may wait', async () => {
    const store = await openStore();
    const outcomes = await Promise.allSettled(Array.from({ length: 1001 }, () => store.catalogue.topics({ limit: 1 })));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1000);
    expect(outcomes.at(-1)).toMatchObject({ reason: { code: 'store_busy' } });
  });
});
