import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { SqliteStore } from '../../../../src/store/sqlite/sqlite-store';
import { batchAt, batchOf, idsOf, readAll, send } from '../../support/batches';
import { openStore, temporaryDirectory } from '../support/open-store';

const events = batchOf(
  Array.from({ length: 1000 }, (_, index) => ({ timestamp: BigInt(index), id: 'n', value: 'x'.repeat(100) })),
);

/** A store of a few megabytes that took events of streams `a` and `b` in turn until it could take no more. */
async function openFull(): Promise<SqliteStore> {
  const store = await openStore({ directory: temporaryDirectory(), maxDatabaseBytes: 4 * 1024 * 1024 });
  for (let times = 0; ; times++) {
    const code = await send(store, times % 2 === 0 ? 'a' : 'b', events).then(
      () => undefined,
      (error: unknown) => (error as { code: string }).code,
    );
    if (code === undefined) continue;
    expect(code).toBe('store_unavailable');
    return store;
  }
}

/** Appends until it succeeds. */
async function sendAtLast(store: SqliteStore, topic: string): Promise<void> {
  while (!(await send(store, 's', events, topic).then(Boolean, () => false)));
}

describe('SqliteStore that has filled up', () => {
  it.each<[string, (store: SqliteStore) => Promise<void>]>([
    ['the topic is removed', (store) => store.log.removeTopic('t')],
    ['a stream is removed', (store) => store.log.removeStream('t', 'a')],
    ['less is kept', (store) => store.log.setRetention({ topic: 't', bytes: 1_000_000, confirmed: false })],
  ])('takes events again once %s', async (_, free) => {
    const store = await openFull();
    await free(store);
    await sendAtLast(store, 'u');
    expect(await readAll(store, { topic: 'u' })).toHaveLength(1000);
  });
});

describe('SqliteStore that was closed while it removed', () => {
  it('goes on with it when it is opened again', async () => {
    const directory = temporaryDirectory();
    const store = await openStore({ directory });
    for (let times = 0; times < 100; times++) await send(store, times % 2 === 0 ? 'a' : 'b', events);
    await send(store, 's', batchAt(1, 2), 'u');
    await Promise.all([store.log.removeStream('t', 'a'), store.log.removeTopic('u'), store.close()]);
    const again = await openStore({ directory });
    const database = new Database(join(directory, 'writer-hub.db'), { readonly: true });
    const removals = database.prepare('SELECT count(*) FROM removals').pluck();
    // Each question is answered by the reader, while the writer works.
    while (removals.get() !== 0) await again.catalogue.topic('t');
    expect(database.prepare('SELECT count(*) FROM events_1').pluck().get()).toBe(50_000);
    expect(database.prepare(`SELECT 1 FROM sqlite_schema WHERE name = 'events_2'`).all()).toEqual([]);
    database.close();
    expect(idsOf(await readAll(again, { streamId: 'b' }))).toHaveLength(50_000);
  });
});
