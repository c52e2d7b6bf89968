import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { batchAt, idsOf, readAll, send } from '../../support/batches';
import { openStore, temporaryDirectory } from '../support/open-store';

describe('SqliteStore.open', () => {
  it('refuses a database that a newer version has written, and leaves it as it is', async () => {
    const directory = temporaryDirectory();
    const file = join(directory, 'writer-hub.db');
    const future = new Database(file);
    future.pragma('user_version = 1000');
    future.close();
    await expect(openStore({ directory })).rejects.toMatchObject({
      code: 'store_unavailable',
      message: expect.stringMatching(
        /written by a newer version of writer-hub: its schema is 1000, this version knows \d+$/,
      ) as string,
    });
    const unchanged = new Database(file);
    expect(unchanged.prepare('SELECT count(*) FROM sqlite_schema').pluck().get()).toBe(0);
    unchanged.close();
  });

  it('refuses a file that is not a database, and releases the directory', async () => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, 'writer-hub.db'), 'no database'.repeat(1000));
    const refused = { code: 'store_unavailable', message: expect.stringContaining('not an SQLite database') as string };
    await expect(openStore({ directory })).rejects.toMatchObject(refused);
    await expect(openStore({ directory })).rejects.toMatchObject(refused);
  });

  it('refuses a directory whose name is that of a file', async () => {
    const file = join(temporaryDirectory(), 'file');
    writeFileSync(file, '');
    await expect(openStore({ directory: file })).rejects.toMatchObject({
      code: 'store_unavailable',
      message: expect.stringContaining('data directory') as string,
    });
  });

  it('leaves no write-ahead log behind when it closes', async () => {
    const directory = temporaryDirectory();
    const store = await openStore({ directory });
    await send(store, 's', batchAt(1, 2));
    await readAll(store);
    await store.close();
    expect(readdirSync(directory)).toEqual(['writer-hub.db', 'writer-hub.lock']);
  });

  it('goes on after offsets beyond 32 bits, and never gives an offset twice', async () => {
    const directory = temporaryDirectory();
    const first = await openStore({ directory });
    await send(first, 's', batchAt(1));
    await first.close();
    const database = new Database(join(directory, 'writer-hub.db'));
    database.exec('UPDATE topics SET next_offset = 9000000000; DELETE FROM events_1');
    database.close();
    const store = await openStore({ directory });
    expect(await send(store, 's', batchAt(5, 6))).toBe('9000000001');
    expect(await send(store, 's', batchAt(7))).toBe('9000000002');
    expect(idsOf(await readAll(store, { streamId: 's', after: '9000000000' }))).toEqual(['6', '7']);
    expect(idsOf(await readAll(store, { from: 6n }))).toEqual(['6', '7']);
  });
});
