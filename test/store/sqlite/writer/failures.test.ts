import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { SqliteStore } from '../../../../src/store/sqlite/sqlite-store';
import { batchAt, batchOf, idsOf, readAll, send } from '../../support/batches';
import { Recorder } from '../../support/recorder';
import { openStore, temporaryDirectory } from '../support/open-store';

/** A store, and another connection that holds the lock every writer needs until it is released. */
async function openLocked(busyTimeout: number): Promise<{ store: SqliteStore; turns: string[]; release: () => void }> {
  const directory = temporaryDirectory();
  const turns: string[] = [];
  const store = await openStore({ directory, busyTimeout });
  store.observe({ onWritable: (failure) => turns.push(failure?.message ?? 'writable') });
  await send(store, 's', batchAt(1));
  const other = new Database(join(directory, 'writer-hub.db'));
  other.exec('BEGIN IMMEDIATE');
  return { store, turns, release: () => other.close() };
}

const LOCKED = 'the store cannot write: the database is locked by another process (SQLITE_BUSY)';

describe('SqliteStore that cannot write', () => {
  it('rejects every waiting write with the reason, and goes on when it can write again', async () => {
    const { store, turns, release } = await openLocked(20);
    const writes = [
      ...[2, 3, 4].map((number) => send(store, `s${number}`, batchAt(number))),
      store.log.putStream({ topic: 't', streamId: 's', properties: {}, createTopic: true }),
      store.tokens.revokeToken('id'),
    ];
    for (const { status, ...outcome } of await Promise.allSettled(writes)) {
      expect(status).toBe('rejected');
      expect(outcome).toMatchObject({ reason: { code: 'store_unavailable', message: LOCKED } });
    }
    await expect(send(store, 's', batchAt(5))).rejects.toThrow(LOCKED);
    release();
    expect(await send(store, 's', batchAt(6))).toBe('2');
    expect(idsOf(await readAll(store))).toEqual(['1', '6']);
    expect(turns).toEqual([LOCKED, 'writable']);
  });

  it('takes no topic or stream for known that was undone', async () => {
    const { store, release } = await openLocked(20);
    await expect(send(store, 'new', batchAt(1), 'new')).rejects.toThrow(LOCKED);
    release();
    const append = { topic: 'new', streamId: 'new', batch: batchAt(1), createTopic: false };
    await expect(store.log.append(append)).rejects.toMatchObject({ code: 'unknown_topic' });
    await expect(send(store, 'new', batchAt(1), 'new')).resolves.toBe('1');
  });

  it('fails its probe until it can write again', async () => {
    const { store, turns, release } = await openLocked(20);
    await expect(send(store, 's', batchAt(2))).rejects.toThrow(LOCKED);
    await expect(Promise.all([store.probe(), store.probe()])).rejects.toMatchObject({ code: 'store_unavailable' });
    release();
    await expect(store.probe()).resolves.toBeUndefined();
    expect(turns).toEqual([LOCKED, 'writable']);
  });

  it('answers reads while a commit waits', async () => {
    const { store, release } = await openLocked(20_000);
    const append = send(store, 's', batchAt(2));
    expect(idsOf(await readAll(store))).toEqual(['1']);
    expect(await store.catalogue.topics({ limit: 1 })).toHaveLength(1);
    expect(store.queue.appends).toBe(1);
    release();
    await expect(append).resolves.toBe('2');
  });

  it('says that the disk is full, keeps what it had, and goes on with more room', async () => {
    const directory = temporaryDirectory();
    const small = await openStore({ directory, maxDatabaseBytes: 500_000 });
    const { turns } = Recorder.of(small);
    const large = batchOf([{ timestamp: 1n, id: 'large', value: 'x'.repeat(100_000) }]);
    let kept = 0;
    const full = (async () => {
      for (; kept < 10; kept++) await send(small, `s${kept}`, large);
    })();
    await expect(full).rejects.toMatchObject({
      code: 'store_unavailable',
      message: 'the store cannot write: the disk is full, or the database has reached its size limit (SQLITE_FULL)',
    });
    expect(kept).toBeGreaterThan(0);
    expect(turns).toHaveLength(1);
    // A few bytes would still fit.
    await expect(small.probe()).rejects.toMatchObject({ code: 'store_unavailable' });
    expect(await readAll(small)).toHaveLength(kept);
    expect(await small.catalogue.streams('t', { limit: 100 })).toHaveLength(kept);
    await expect(send(small, 's0', batchAt(1))).resolves.toBe(String(kept + 1));
    expect(turns).toEqual([expect.any(Error), undefined]);
    await small.close();
    const store = await openStore({ directory });
    await expect(send(store, 's0', large)).resolves.toBe(String(kept + 2));
  });

  it('forgets what a failed commit had made', async () => {
    const store = await openStore({ maxDatabaseBytes: 400_000 });
    const large = batchOf([{ timestamp: 1n, id: 'large', value: 'x'.repeat(2_000_000) }]);
    await expect(send(store, 's', large, 'new')).rejects.toMatchObject({ code: 'store_unavailable' });
    await expect(send(store, 's', batchAt(1), 'new')).resolves.toBe('1');
  });

  it('fails an append alone whose text breaks the contract', async () => {
    const store = await openStore();
    const broken = { ...batchAt(1), json: Buffer.from('{"id":') };
    const outcomes = await Promise.allSettled([
      send(store, 'a', batchAt(1)),
      send(store, 'b', broken),
      send(store, 'c', { ...batchAt(1), json: Buffer.from('{"timestamp":1,"id":"1"},{"timestamp":1}') }),
      send(store, 'a', batchAt(2)),
    ]);
    expect(outcomes).toMatchObject([
      { status: 'fulfilled' },
      { status: 'rejected', reason: { code: 'internal' } },
      { status: 'rejected', reason: { code: 'internal' } },
      { status: 'fulfilled' },
    ]);
    expect(idsOf(await readAll(store))).toEqual(['1', '2']);
    await expect(send(store, 'b', batchAt(3))).resolves.toBe('3');
  });
});
