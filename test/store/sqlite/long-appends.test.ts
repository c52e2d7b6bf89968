import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { EventBatch } from '../../../src/store/contract/event-log';
import type { CommitReport } from '../../../src/store/contract/store';
import type { SqliteStore } from '../../../src/store/sqlite/sqlite-store';
import { batchAt, idsOf, readAll, send } from '../support/batches';
import { longEvents, longQuarantine, longRows, numbers } from '../support/long-batches';
import { recordOf, values } from '../support/rows';
import { createSource } from '../support/test-source';
import { openStore, temporaryDirectory } from './support/open-store';

/** Appends for a holder of its own, and notes when it is stored. */
class Callers {
  readonly settled: string[] = [];
  readonly #store: SqliteStore;

  constructor(store: SqliteStore) {
    this.#store = store;
  }

  async append(holder: string, batch: EventBatch, topic: string): Promise<string | undefined> {
    const { position } = await this.#store.log.append({ topic, streamId: holder, batch, createTopic: true, holder });
    this.settled.push(holder);
    return position;
  }
}

/** What the tables of a store hold that is not open. */
function countIn(directory: string, table: string): number {
  const database = new Database(join(directory, 'writer-hub.db'), { readonly: true });
  const count = database.prepare(`SELECT count(*) FROM ${table}`).pluck().get() as number;
  database.close();
  return count;
}

describe('a long append', () => {
  it('is stored whole and in order, and counts once', async () => {
    const store = await openStore();
    const commits: CommitReport[] = [];
    store.observe({ onCommit: (commit) => commits.push(commit) });
    await send(store, 's', batchAt(1));
    const batch = longEvents(2, 30_000);
    const stored = send(store, 's', batch);
    expect(store.queue.appends).toBe(1);
    expect(store.queue.bytes).toBeGreaterThan(batch.json.length);
    expect(await stored).toBe('30001');
    expect(store.queue).toEqual({ appends: 0, bytes: 0 });
    expect(idsOf(await readAll(store, { limit: 5000 }))).toEqual(numbers(1, 30_001));
    expect(commits.length).toBeGreaterThan(7);
    const sum = (of: (commit: CommitReport) => number): number => commits.reduce((sum, commit) => sum + of(commit), 0);
    const [appends, records, waits] = [
      sum((commit) => commit.appends),
      sum(({ events }) => events.records),
      sum(({ events }) => events.waits.length),
    ];
    expect({ appends, records, waits }).toEqual({ appends: 2, records: 30_001, waits: 2 });
    expect(await store.catalogue.stream('t', 's')).toMatchObject({ eventCount: 30_001, lastTimestamp: 30_001n });
  });

  it('lets others go in between, and those to its own topic behind it', async () => {
    const store = await openStore();
    const callers = new Callers(store);
    const long = callers.append('long', longEvents(1, 40_000), 'x');
    await new Promise<void>((resolve) => {
      const stop = store.observe({
        onCommit: () => {
          stop();
          resolve();
        },
      });
    });
    const others = [callers.append('same', batchAt(1), 'x'), callers.append('other', batchAt(1), 'y')];
    expect(await Promise.all([long, ...others])).toEqual(['40000', '40001', '1']);
    expect(callers.settled).toEqual(['other', 'long', 'same']);
  });

  it('stores rows and quarantined rows together', async () => {
    const store = await openStore();
    const source = await createSource(store);
    await source.send({ rows: longRows(1, 30_000), quarantine: longQuarantine(1, 9000), record: recordOf('k', 'b') });
    expect(await source.info()).toMatchObject({ rowCount: 30_000, quarantineCount: 9000 });
    const again = source.send({
      rows: longRows(1, 30_000),
      quarantine: longQuarantine(1, 9000),
      record: recordOf('k', 'b'),
    });
    expect(await again).toBe('stored b');
    expect(await source.info()).toMatchObject({ rowCount: 30_000, quarantineCount: 9000 });
    await source.send({ rows: values(30_001) });
    const quarantine = await source.quarantine();
    expect(quarantine.map(({ raw }) => Buffer.from(raw).toString())).toEqual(numbers(1, 9000));
  });

  it('is stored once under a key, whoever of two comes first', async () => {
    const store = await openStore();
    const append = { topic: 't', streamId: 's', createTopic: true, record: recordOf('k', 'b') };
    const batch = longEvents(1, 20_000);
    const [first, second] = await Promise.all([
      store.log.append({ ...append, batch, holder: 'one' }),
      store.log.append({ ...append, batch, holder: 'two' }),
    ]);
    expect([first.position, second.position].toSorted()).toEqual(['20000', undefined]);
    expect(await store.catalogue.topic('t')).toMatchObject({ recordCount: 20_000 });
    expect(store.queue).toEqual({ appends: 0, bytes: 0 });
  });

  it('is behind a removal that was called before it, and before one that was called after it', async () => {
    const store = await openStore();
    await send(store, 's', batchAt(1));
    const [removed, stored] = [store.log.removeTopic('t'), send(store, 's', longEvents(1, 20_000))];
    await removed;
    const position = await stored;
    expect(position).toMatch(/^g\d+-20000$/);
    const [again, gone] = [send(store, 's', longEvents(1, 20_000)), store.log.removeTopic('t')];
    expect(await again).toMatch(/^g\d+-40000$/);
    await gone;
    await expect(store.log.read({ topic: 't', limit: 1 })).rejects.toMatchObject({ code: 'unknown_topic' });
  });

  it('leaves nothing when the database is full in the middle of it, and the store goes on', async () => {
    const directory = temporaryDirectory();
    const store = await openStore({ directory, maxDatabaseBytes: 8 * 1024 * 1024 });
    await send(store, 's', batchAt(1));
    const long = { topic: 't', streamId: 's', createTopic: true, batch: longEvents(2, 40_000, 'x'.repeat(400)) };
    await expect(store.log.append(long)).rejects.toMatchObject({ code: 'store_unavailable' });
    // What has been freed is used again: the sweeper works between commits.
    let position: string | undefined;
    while (position === undefined) position = await send(store, 's', longEvents(2, 9000)).catch(() => undefined);
    expect(position).toBe('9001');
    expect(idsOf(await readAll(store))).toEqual(numbers(1, 9001));
    await store.close();
    const reopened = await openStore({ directory });
    expect(await send(reopened, 's', batchAt(9002))).toBe('9002');
  });

  it('is refused as a short one is', async () => {
    const store = await openStore({ maxStreamsPerTopic: 1 });
    const batch = longEvents(1, 20_000);
    const append = { topic: 't', streamId: 's', batch, createTopic: false };
    await expect(store.log.append(append)).rejects.toMatchObject({ code: 'unknown_topic' });
    await send(store, 's', batchAt(1));
    await expect(send(store, 'other', batch)).rejects.toMatchObject({ code: 'stream_limit' });
    expect(await send(store, 's', batchAt(2))).toBe('2');
    expect(store.queue).toEqual({ appends: 0, bytes: 0 });
  });

  it('is committed before the store is closed', async () => {
    const directory = temporaryDirectory();
    const store = await openStore({ directory });
    const stored = send(store, 's', longEvents(1, 20_000));
    await store.close();
    expect(await stored).toBe('20000');
    expect([countIn(directory, 'events_1'), countIn(directory, 'unfinished_appends')]).toEqual([20_000, 0]);
  });
});
