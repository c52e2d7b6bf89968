import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Access } from '../../../../src/events/write-gate';
import { eventService } from '../../../events/support/event-service';
import { IdempotencyRecords } from '../../../../src/events/idempotency';
import type { SqliteStore } from '../../../../src/store/sqlite/sqlite-store';
import { batchAt, idsOf, readAll, send } from '../../support/batches';
import { failedRow, quarantineOf, rowsOf, values } from '../../support/rows';
import { createSource, TestSource } from '../../support/test-source';
import { openStore, temporaryDirectory } from '../support/open-store';
import { storedRows } from '../support/stored-rows';
import {
  CARS,
  EVENTS,
  GROWN,
  held,
  openVersionThree,
  openVersionTwo,
  PLANT,
  READINGS,
  TOPICS,
  WIDE,
  wideValues,
  YEAR_2100,
} from '../support/version-two';

/**
 * A database of schema 3, closed cleanly: topic `cars` with events `1` and `2` of stream `car-1`, and data source `d`
 * with a column of the values 1 and 2.
 */
const VERSION_THREE = join(__dirname, '../../../fixtures/schema-version-3.db');

/** What the first released version made of an event in each of two topics, the second of them the older. */
const VERSION_ONE = `
  CREATE TABLE topics (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, created_at INTEGER NOT NULL, next_offset INTEGER NOT NULL,
    stream_count INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE streams (
    id INTEGER PRIMARY KEY, topic INTEGER NOT NULL, stream_id TEXT NOT NULL, status TEXT NOT NULL,
    properties TEXT NOT NULL, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, event_count INTEGER NOT NULL,
    first_timestamp INTEGER, last_timestamp INTEGER, UNIQUE (topic, stream_id)
  ) STRICT;
  CREATE TABLE runs (
    series INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL, min_timestamp INTEGER NOT NULL,
    max_timestamp INTEGER NOT NULL, PRIMARY KEY (series, first)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE revoked_tokens (token_id TEXT PRIMARY KEY, expires_at INTEGER) STRICT, WITHOUT ROWID;
  CREATE TABLE probes (id INTEGER PRIMARY KEY, at INTEGER NOT NULL, filler BLOB NOT NULL) STRICT;
  CREATE TABLE events_1 (
    offset INTEGER PRIMARY KEY, stream INTEGER NOT NULL, timestamp INTEGER NOT NULL, id TEXT NOT NULL, value TEXT,
    tags TEXT
  ) STRICT;
  CREATE TABLE events_7 (
    offset INTEGER PRIMARY KEY, stream INTEGER NOT NULL, timestamp INTEGER NOT NULL, id TEXT NOT NULL, value TEXT,
    tags TEXT
  ) STRICT;
  INSERT INTO topics VALUES (1, 't', 1700000000000, 3, 1), (7, 'u', 1600000000000, 2, 1);
  INSERT INTO streams VALUES
    (1, 1, 's', 'closed', '{"name":"n"}', 1700000000000, 1700000000001, 2, 5, 6),
    (2, 7, 's', 'open', '{}', 1600000000000, 1600000000001, 1, 7, 7);
  INSERT INTO runs VALUES (1, 1, 2, 5, 6), (-1, 1, 2, 5, 6), (2, 1, 1, 7, 7), (-7, 1, 1, 7, 7);
  INSERT INTO events_1 VALUES (1, 1, 5, 'a', 'v', '{"k":"w"}'), (2, 1, 6, 'b', NULL, NULL);
  INSERT INTO events_7 VALUES (1, 2, 7, 'c', NULL, NULL);
  INSERT INTO revoked_tokens VALUES ('id', NULL);
  PRAGMA user_version = 1;`;

describe('SqliteStore.open on a database of schema version 1', () => {
  it('finds everything still there, and takes events and rows', async () => {
    const directory = temporaryDirectory();
    const database = new Database(join(directory, 'writer-hub.db'));
    database.exec(VERSION_ONE);
    database.close();
    const store = await openStore({ directory });
    expect(await store.catalogue.topics({ limit: 9 })).toEqual([
      { name: 't', kind: 'events', createdAt: 1700000000000, ...held(2), position: '2' },
      { name: 'u', kind: 'events', createdAt: 1600000000000, ...held(1), position: '1' },
    ]);
    expect(await readAll(store)).toEqual([
      { position: '1', streamId: 's', timestamp: 5n, id: 'a', value: 'v', tags: '{"k":"w"}' },
      { position: '2', streamId: 's', timestamp: 6n, id: 'b', value: null, tags: null },
    ]);
    expect(await store.catalogue.stream('t', 's')).toEqual({
      streamId: 's',
      status: 'closed',
      properties: { name: 'n' },
      hasDefinitions: false,
      createdAt: 1700000000000,
      updatedAt: 1700000000001,
      eventCount: 2,
      firstTimestamp: 5n,
      lastTimestamp: 6n,
    });
    expect(await store.tokens.revokedTokens()).toEqual([{ tokenId: 'id' }]);
    expect(await send(store, 's', batchAt(8))).toBe('3');
    expect(await send(store, 's', batchAt(9), 'new')).toBe('1');
    await (await createSource(store)).send({ rows: values(1) });
    expect(storedRows(directory, 'd').rows).toEqual([['1', null, 1]]);
    expect(idsOf(await readAll(store, { topic: 'u' }))).toEqual(['c']);
    expect(idsOf(await readAll(store, { from: 6n }))).toEqual(['b', '8']);
  });
});

const withoutDefinitions = (stream: object): object => ({ ...stream, hasDefinitions: false });

async function expectEverything(store: SqliteStore, directory: string): Promise<void> {
  expect(await store.catalogue.topics({ limit: 9 })).toEqual(TOPICS);
  expect(await store.catalogue.topic('gone')).toBeUndefined();
  expect(await store.catalogue.streams('cars', { limit: 9 })).toEqual(CARS.map(withoutDefinitions));
  expect(await store.catalogue.streams('plant', { limit: 9 })).toEqual(PLANT.map(withoutDefinitions));
  expect(await readAll(store, { topic: 'cars' })).toEqual(EVENTS);
  expect(await store.tokens.revokedTokens()).toEqual([
    { tokenId: 'for ever' },
    { tokenId: 'until 2100', expiresAt: YEAR_2100 },
  ]);
  expect(storedRows(directory, 'readings')).toEqual(READINGS);
  expect(storedRows(directory, 'wide')).toEqual({ rows: WIDE, quarantine: [] });
  expect(storedRows(directory, 'grown')).toEqual({ rows: GROWN, quarantine: [] });
  const quarantined = await store.rows.quarantinedRows('readings', { limit: 9 });
  expect(quarantined.map(({ id, raw }) => [id, Buffer.from(raw).toString()])).toEqual([
    ['1', 'first'],
    ['3', 'th😀rd'],
  ]);
}

/** All that a closed database holds, as texts, by table. */
function dump(directory: string): { readonly schema: unknown; readonly rows: unknown[] } {
  const database = new Database(join(directory, 'writer-hub.db'), { readonly: true });
  expect(database.pragma('user_version', { simple: true })).toBe(14);
  expect(database.pragma('integrity_check', { simple: true })).toBe('ok');
  const schema = database.prepare('SELECT name, sql FROM sqlite_schema ORDER BY name').raw().all() as [
    string,
    string,
  ][];
  const tables = schema.filter(([, sql]) => (sql as string | null)?.startsWith('CREATE TABLE'));
  const rows = tables.map(([name]) => [name, database.prepare(`SELECT * FROM ${name}`).raw().safeIntegers().all()]);
  database.close();
  return { schema, rows };
}

describe('SqliteStore.open on a database of schema version 3', () => {
  it('finds everything, goes on, and records what became of its commits', async () => {
    const directory = temporaryDirectory();
    copyFileSync(VERSION_THREE, join(directory, 'writer-hub.db'));
    const store = await openStore({ directory });
    expect(await send(store, 'car-1', batchAt(3), 'cars')).toBe('3');
    expect(idsOf(await readAll(store, { topic: 'cars' }))).toEqual(['1', '2', '3']);
    await (await TestSource.of(store)).send({ rows: values(3) });
    await store.close();
    expect(storedRows(directory, 'd').rows.map(([, , value]) => value)).toEqual([1, 2, 3]);
    expect(dump(directory).rows).toContainEqual([
      'commits',
      [
        [0n, expect.any(BigInt), 2n, '{"advanced":{"names":["d"],"offsets":[3],"generations":[0]}}'],
        [1n, expect.any(BigInt), 1n, '{"advanced":{"names":["cars"],"offsets":[3],"generations":[0]}}'],
      ],
    ]);
  });
});

describe('SqliteStore.open on a database of schema version 2', () => {
  it('finds everything, exactly', async () => {
    const { directory, store } = await openVersionTwo();
    await expectEverything(store, directory);
  });

  it('finds events by stream and time', async () => {
    const { store } = await openVersionTwo();
    const read = async (query: object): Promise<string[]> => idsOf(await readAll(store, { topic: 'cars', ...query }));
    expect(await read({ streamId: 'car-1' })).toEqual(['Alert', 'speed', 'late', 'later']);
    expect(await read({ streamId: 'car-1', after: '2' })).toEqual(['late', 'later']);
    expect(await read({ from: 1618133869000000002n, to: 1618133869000000003n })).toEqual(['speed']);
    expect(await read({ from: 1518133869000000002n, to: 1518133869000000003n })).toEqual(['later']);
    expect(await read({ to: -(2n ** 63n) + 1n })).toEqual(['😀']);
  });

  it('is of the latest schema and sound then, and opening it again changes nothing', async () => {
    const { directory, store } = await openVersionTwo();
    await store.close();
    const migrated = dump(directory);
    const again = await openStore({ directory });
    await expectEverything(again, directory);
    await again.close();
    expect(dump(directory)).toEqual(migrated);
  });

  it('goes on with the next offsets and ids', async () => {
    const { directory, store } = await openVersionTwo();
    expect(await send(store, 'car-1', batchAt(8), 'cars')).toBe('8');
    expect(await send(store, 'new', batchAt(9), 'cars')).toBe('9');
    expect(await send(store, 'empty', batchAt(1), 'plant')).toBe('2');
    expect(await store.catalogue.stream('cars', 'car-1')).toMatchObject({
      status: 'open',
      eventCount: 5,
      firstTimestamp: 8n,
      lastTimestamp: 1618133869000000002n,
    });
    const readings = await TestSource.of(store, 'readings');
    await readings.send({ rows: rowsOf([null, 4, null, null, null]), quarantine: quarantineOf(failedRow('next')) });
    expect(storedRows(directory, 'readings').rows.at(-1)).toEqual(['4', null, 4, null, null, null]);
    expect((await readings.quarantine()).map(({ id }) => id)).toEqual(['1', '3', '4']);
    const grown = await TestSource.of(store, 'grown');
    await grown.send({ quarantine: quarantineOf(failedRow('next')) });
    expect((await grown.quarantine()).map(({ id }) => id)).toEqual(['2']);
    // Ids of topics are not used again, nor are versions of schemas.
    expect((await createSource(store, ['any'], 'gone')).schemaVersion).toBe('7.0');
  });

  it('appends rows that were made for the schema it has, also after another column', async () => {
    const { directory, store } = await openVersionTwo();
    const wide = await TestSource.of(store, 'wide');
    await wide.send({ rows: rowsOf([null, ...wideValues(3)]) });
    expect(storedRows(directory, 'wide').rows).toEqual([...WIDE, ['3', null, ...wideValues(3)]]);
    const grown = await TestSource.of(store, 'grown');
    await grown.send({ rows: rowsOf([null, 4, 'four']) });
    await grown.change({ added: [{ name: 'c', storage: 'integer', fill: 2n ** 63n - 1n }] });
    await expect(grown.send({ rows: rowsOf([null, 5, 'five']) })).rejects.toMatchObject({ code: 'schema_changed' });
    await (await grown.current()).send({ rows: rowsOf([null, 6, 'six', 7]) });
    const filled = [...GROWN, ['4', null, 4, 'four']].map((row) => [...row, 2n ** 63n - 1n]);
    expect(storedRows(directory, 'grown').rows).toEqual([...filled, ['5', null, 6, 'six', 7]]);
  });

  it('replaces quarantined rows, once', async () => {
    const { directory, store } = await openVersionTwo();
    const readings = await TestSource.of(store, 'readings');
    const append = { rows: rowsOf([null, 1, 'mended', null, null]), replaced: ['3'] };
    await readings.send(append);
    await expect(readings.send(append)).rejects.toMatchObject({ code: 'schema_changed' });
    await expect(readings.send({ ...append, replaced: ['2'] })).rejects.toMatchObject({ code: 'schema_changed' });
    expect(storedRows(directory, 'readings').quarantine).toEqual(READINGS.quarantine.slice(0, 1));
    expect(await readings.info()).toMatchObject({ rowCount: 4, quarantineCount: 1 });
  });
});

describe('SqliteStore.open on a database of schema version 3', () => {
  const everything: Access = { mayAppend: () => true, mayRead: () => true, mayCreate: true };
  const keyed = {
    ...{ topic: 'cars', streamId: 'car-1', text: Buffer.from('[{"id":"keyed","timestamp":8}]') },
    ...{ idempotencyKey: 'k3', subject: 'ada' },
  };

  it('counts what each topic holds, and keeps positions as they were', async () => {
    const { store } = await openVersionThree();
    const topics = await store.catalogue.topics({ limit: 9 });
    expect(topics.map(({ name, recordCount, earliest }) => [name, recordCount, earliest])).toEqual([
      ['cars', 8, '0'],
      ['grown', 3, '0'],
      ['plant', 1, '0'],
      ['readings', 3, '0'],
      ['wide', 2, '0'],
    ]);
    expect(idsOf(await readAll(store, { topic: 'cars', after: '6' }))).toEqual(['last', 'keyed']);
  });

  it('honours an idempotency key until its stream is removed', async () => {
    const { store } = await openVersionThree();
    await eventService(store).append(everything, keyed, 'refuse');
    expect(await store.catalogue.topic('cars')).toMatchObject({ recordCount: 8 });
    await store.log.removeStream('cars', 'car-1');
    expect(await store.catalogue.topic('cars')).toMatchObject({ recordCount: 3 });
    await eventService(store).append(everything, keyed, 'refuse');
    expect(await store.catalogue.stream('cars', 'car-1')).toMatchObject({ eventCount: 1 });
    expect(idsOf(await readAll(store, { topic: 'cars' }))).toEqual(['nul\0id', '😀', 'last', 'keyed']);
  });

  it('lets what it holds count as stored when it was opened', async () => {
    const { store } = await openVersionThree();
    await store.log.setRetention({ topic: 'cars', age: 3_600_000, confirmed: false });
    const everyEvent = store.log.setRetention({ topic: 'cars', bytes: 1, confirmed: false });
    await expect(everyEvent).rejects.toMatchObject({ code: 'confirmation_required' });
    expect(await store.catalogue.topic('cars')).toMatchObject({ recordCount: 8, retention: { age: 3_600_000 } });
  });
});

describe('an idempotency key of schema version 2', () => {
  const everything: Access = { mayAppend: () => true, mayRead: () => true, mayCreate: true };
  const stored = '[{"id":"count","timestamp":7,"value":"42"}]';
  const other = '[{"id":"count","timestamp":8,"value":"43"}]';

  /**
   * Appends under the key, as the event service did that made the database, and gives how many events there are then.
   */
  async function append(store: SqliteStore, streamId: string, text: string, subject?: string): Promise<number> {
    const posted = { topic: 'plant', streamId, text: Buffer.from(text), idempotencyKey: 'events key', subject };
    await eventService(store).append(everything, posted, 'refuse');
    return (await readAll(store, { topic: 'plant' })).length;
  }

  it.each([undefined, '', 'alice'])('answers the same events as stored before, to the subject %j', async (subject) => {
    const { store } = await openVersionTwo();
    expect(await append(store, 'line 1', stored, subject)).toBe(1);
    expect(await append(store, 'line 1', stored, subject)).toBe(1);
  });

  it('is free for other events, which begin a record of their own', async () => {
    const { store } = await openVersionTwo();
    expect(await append(store, 'line 1', other)).toBe(2);
    expect(await append(store, 'line 1', other)).toBe(2);
    await expect(append(store, 'line 1', stored)).rejects.toMatchObject({ code: 'idempotency_mismatch' });
    // Nobody knows whose the old one was.
    expect(await append(store, 'line 1', stored, 'alice')).toBe(2);
  });

  it('is free for the same events of another stream', async () => {
    const { store } = await openVersionTwo();
    expect(await append(store, 'line 2', stored)).toBe(2);
    expect(await append(store, 'line 2', stored)).toBe(2);
  });

  it('answers the same rows as the first time, and is free for others', async () => {
    const { store } = await openVersionTwo();
    const readings = await TestSource.of(store, 'readings');
    const records = new IdempotencyRecords({ idempotencyWindow: 60_000 }, Date.now);
    const sendUnderKey = (body: string): Promise<string | undefined> => {
      const given = { key: 'rows key', subject: '', purpose: ['rows'], body: Buffer.from(body), answer: 'another' };
      return readings.send({ rows: rowsOf([null, 9, null, null, null]), record: records.make(given) });
    };
    expect(await sendUnderKey('rows of the first request')).toBe('{"rows":2,"quarantined":3}');
    expect((await readings.info()).rowCount).toBe(3);
    expect(await sendUnderKey('other rows')).toBeUndefined();
    expect(await sendUnderKey('other rows')).toBe('another');
    expect((await readings.info()).rowCount).toBe(4);
  });

  it('lasts when the database is opened once more', async () => {
    const { directory, store } = await openVersionTwo();
    await store.close();
    const again = await openStore({ directory });
    expect(await append(again, 'line 1', stored)).toBe(1);
  });
});
