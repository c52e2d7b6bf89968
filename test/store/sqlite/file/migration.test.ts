import { join } from 'node:path';
import Database from 'better-sqlite3';
import { batchAt, idsOf, readAll, send } from '../../support/batches';
import { values } from '../../support/rows';
import { createSource } from '../../support/test-source';
import { openStore, temporaryDirectory } from '../support/open-store';
import { storedRows } from '../support/stored-rows';

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
      { name: 't', kind: 'events', createdAt: 1700000000000, position: '2' },
      { name: 'u', kind: 'events', createdAt: 1600000000000, position: '1' },
    ]);
    expect(await readAll(store)).toEqual([
      { position: '1', streamId: 's', timestamp: 5n, id: 'a', value: 'v', tags: '{"k":"w"}' },
      { position: '2', streamId: 's', timestamp: 6n, id: 'b', value: null, tags: null },
    ]);
    expect(await store.catalogue.stream('t', 's')).toEqual({
      streamId: 's',
      status: 'closed',
      properties: { name: 'n' },
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
