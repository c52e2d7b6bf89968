import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { RowBatch } from '../../../../src/store/contract/row-store';
import type { Store } from '../../../../src/store/contract/store';
import { toSchemaVersion } from '../../../../src/store/sqlite/file/schema-version';
import { failedRow, nothing, quarantineOf, recordOf, rowsOf, rowTexts, values } from '../../support/rows';
import { createSource, infoOf, type TestSource } from '../../support/test-source';
import { openStore, temporaryDirectory } from '../support/open-store';
import { discardedGone, openDatabase, storedRows } from '../support/stored-rows';

const UNAVAILABLE = { code: 'store_unavailable' };

/** Every write a data source knows, in one commit. */
function writeAll(store: Store, source: TestSource): Promise<PromiseSettledResult<unknown>[]> {
  return Promise.allSettled([
    source.send({ rows: values(2) }),
    source.send({ rows: values(3), record: recordOf('k', 'body') }),
    source.send({ rows: values(4), quarantine: quarantineOf(failedRow('b')), replaced: ['1'] }),
    store.rows.createDataSource({ name: 'new', definition: '', columns: [] }),
    source.change({ added: [{ name: 'b', storage: 'any', fill: 'x' }] }),
    store.rows.truncateDataSource('d', 'rows'),
    store.rows.dropDataSource('e'),
  ]);
}

describe('SqliteStore that cannot write rows', () => {
  it('leaves nothing of a commit that failed, and goes on as if it had not been', async () => {
    const directory = temporaryDirectory();
    const store = await openStore({ directory, busyTimeout: 20 });
    const source = await createSource(store);
    await createSource(store, ['any'], 'e');
    await source.send({ rows: values(1), quarantine: quarantineOf(failedRow('a')) });
    const before = [storedRows(directory, 'd'), await store.catalogue.topics({ limit: 9 })];
    const other = new Database(join(directory, 'writer-hub.db'));
    other.exec('BEGIN IMMEDIATE');
    for (const outcome of await writeAll(store, source)) expect(outcome).toMatchObject({ reason: UNAVAILABLE });
    expect(store.writable).toBe(false);
    other.close();
    expect([storedRows(directory, 'd'), await store.catalogue.topics({ limit: 9 })]).toEqual(before);
    for (const { status } of await writeAll(store, source)) expect(status).toBe('fulfilled');
    expect(store.writable).toBe(true);
    expect(await source.info()).toMatchObject({ definition: 'new', rowCount: 0, quarantineCount: 1, position: '4' });
    expect((await store.catalogue.topics({ limit: 9 })).map(({ name }) => name)).toEqual(['d', 'new']);
  });

  it('forgets an idempotency record with the rows of a commit that failed', async () => {
    const store = await openStore({ maxDatabaseBytes: 400_000 });
    const source = await createSource(store);
    const large = { rows: values('x'.repeat(2_000_000)), record: recordOf('k', 'body') };
    await expect(source.send(large)).rejects.toMatchObject(UNAVAILABLE);
    await expect(source.send(large)).rejects.toMatchObject(UNAVAILABLE);
    expect(await source.send({ rows: values(1), record: recordOf('k', 'body') })).toBeUndefined();
    expect(await source.send({ rows: values(1), record: recordOf('k', 'body') })).toBe('stored body');
    expect(await source.info()).toMatchObject({ rowCount: 1 });
  });

  it('forgets a commit that failed half-way, tables and columns that it had made among it', async () => {
    const directory = temporaryDirectory();
    const store = await openStore({ directory, maxDatabaseBytes: 400_000 });
    const source = await createSource(store);
    // The version that the change in front of it makes.
    const schemaVersion = toSchemaVersion(1, 1);
    const outcomes = await Promise.allSettled([
      store.rows.createDataSource({ name: 'new', definition: '', columns: [{ name: 'a', storage: 'text' }] }),
      source.change({ added: [{ name: 'b', storage: 'any', fill: null }] }),
      source.send({ schemaVersion, rows: rowsOf([null, 'x'.repeat(2_000_000), 1]) }),
    ]);
    for (const outcome of outcomes) expect(outcome).toMatchObject({ reason: UNAVAILABLE });
    await source.send({ rows: values(1) });
    const next = await createSource(store, ['text', 'text'], 'new');
    await next.send({ rows: rowsOf([null, 'a', 'b']) });
    expect(storedRows(directory, 'd').rows).toEqual([['1', null, 1]]);
    expect(storedRows(directory, 'new').rows).toEqual([['1', null, 'a', 'b']]);
  });

  it.each<[string, (store: Store) => Promise<void>]>([
    ['truncated', (store) => store.rows.truncateDataSource('d', 'rows')],
    ['removed', (store) => store.rows.dropDataSource('d')],
  ])('has room again when a large data source is %s', async (_, makeRoom) => {
    const directory = temporaryDirectory();
    const store = await openStore({ directory, maxDatabaseBytes: 1_000_000 });
    const source = await createSource(store);
    const other = await createSource(store, ['any'], 'e');
    const rows = values(...Array.from({ length: 500 }, (_, index) => `row ${index} ${'x'.repeat(50)}`));
    // Ever smaller, so that little is left for single rows.
    const fewer = values(...Array.from({ length: 20 }, (_, index) => `row ${index}`));
    const fillWith = async (rows: RowBatch): Promise<void> => {
      for (;;) await source.send({ rows });
    };
    await expect(fillWith(rows)).rejects.toMatchObject(UNAVAILABLE);
    await expect(fillWith(fewer)).rejects.toMatchObject(UNAVAILABLE);
    await expect(fillWith(values('a'))).rejects.toMatchObject(UNAVAILABLE);
    expect((await source.info()).rowCount).toBeGreaterThan(5000);
    await makeRoom(store);
    await discardedGone(directory);
    for (let times = 0; times < 5; times++) await other.send({ rows });
    expect(await infoOf(store, 'e')).toMatchObject({ rowCount: 2500 });
  });

  it.each([
    ['rows', 1, { rows: rowTexts('[null,1],[null,'), quarantine: nothing }],
    ['quarantined rows', 1, { rows: values(1), quarantine: rowTexts('["YQ==",["c"]]') }],
    ['rows of many columns', 30, { rows: rowTexts(`[null${',1'.repeat(30)}],[null`), quarantine: nothing }],
    ['rows of many columns, too short,', 30, { rows: rowTexts(`[null${',1'.repeat(29)}]`), quarantine: nothing }],
    ['rows of many columns, a string left open,', 30, { rows: rowTexts('[null,"a]'), quarantine: nothing }],
    ['rows of many columns, an array left open,', 30, { rows: rowTexts('[null,[[1]'), quarantine: nothing }],
    ['rows of many columns, other words,', 30, { rows: rowTexts('[null,nan]'), quarantine: nothing }],
    ['rows of many columns, nothing between,', 30, { rows: rowTexts('[null][null]'), quarantine: nothing }],
  ])('fails an append alone whose %s break the contract, and stores nothing of it', async (_, columns, broken) => {
    const directory = temporaryDirectory();
    const store = await openStore({ directory });
    const source = await createSource(
      store,
      Array.from({ length: columns }, () => 'any' as const),
    );
    const whole = (value: number) => ({ rows: rowsOf([null, ...Array<number>(columns).fill(value)]) });
    const outcomes = await Promise.allSettled([
      source.send(whole(1)),
      source.send({ ...broken, record: recordOf('k', 'body') }),
      source.send(whole(2)),
    ]);
    expect(outcomes).toMatchObject([
      { status: 'fulfilled' },
      { status: 'rejected', reason: { code: 'internal' } },
      { status: 'fulfilled' },
    ]);
    expect(await source.send({ ...whole(3), record: recordOf('k', 'body') })).toBeUndefined();
    const { rows, quarantine } = storedRows(directory, 'd');
    expect(rows).toEqual([1, 2, 3].map((value) => [String(value), null, ...Array<number>(columns).fill(value)]));
    expect(quarantine).toEqual([]);
  });

  it('makes nothing of a data source with more columns than SQLite takes', async () => {
    const directory = temporaryDirectory();
    const store = await openStore({ directory, maxTopics: 1 });
    const tooMany = Array.from({ length: 3000 }, () => 'text' as const);
    await expect(createSource(store, tooMany)).rejects.toMatchObject({ code: 'internal' });
    await createSource(store);
    const database = openDatabase(directory);
    const tables = database.prepare(`SELECT name FROM sqlite_schema WHERE name GLOB 'rows_*'`).pluck().all();
    database.close();
    expect(tables).toHaveLength(1);
  });
});
