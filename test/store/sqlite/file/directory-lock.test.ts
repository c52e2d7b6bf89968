import { join } from 'node:path';
import Database from 'better-sqlite3';
import { batchAt, readAll, send } from '../../support/batches';
import { openElsewhere } from '../support/appender';
import { openStore, temporaryDirectory } from '../support/open-store';

describe('SqliteStore.open', () => {
  it('refuses a directory that a store in this process holds', async () => {
    const directory = temporaryDirectory();
    const store = await openStore({ directory });
    await expect(openStore({ directory })).rejects.toMatchObject({
      code: 'store_unavailable',
      message: `the data directory ${directory} is in use by another writer-hub process`,
    });
    await expect(send(store, 's', batchAt(1))).resolves.toBe('1');
  });

  it('refuses a directory that a store in another process holds', async () => {
    const directory = temporaryDirectory();
    const store = await openStore({ directory });
    expect(await openElsewhere(directory)).toEqual({
      code: 1,
      complaint: `the data directory ${directory} is in use by another writer-hub process\n`,
    });
    await expect(send(store, 's', batchAt(1))).resolves.toBe('1');
  });

  it('still holds the directory after a second store was refused', async () => {
    const directory = temporaryDirectory();
    await openStore({ directory });
    await expect(openStore({ directory })).rejects.toThrow('in use');
    expect(await openElsewhere(directory)).toMatchObject({ code: 1 });
  });

  it('takes a directory again that was closed', async () => {
    const directory = temporaryDirectory();
    const store = await openStore({ directory });
    await store.close();
    await expect(openStore({ directory })).resolves.toBeDefined();
  });

  it('leaves the database open to other tools', async () => {
    const directory = temporaryDirectory();
    const store = await openStore({ directory });
    await send(store, 's', batchAt(1, 2));
    const tool = new Database(join(directory, 'writer-hub.db'), { readonly: true });
    expect(tool.prepare('SELECT count(*) FROM events_1').pluck().get()).toBe(2);
    tool.close();
    expect(await readAll(store)).toHaveLength(2);
  });

  it('makes a directory that is missing', async () => {
    const directory = join(temporaryDirectory(), 'a', 'b');
    const store = await openStore({ directory });
    await expect(send(store, 's', batchAt(1))).resolves.toBe('1');
  });
});
