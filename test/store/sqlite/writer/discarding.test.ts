import { join } from 'node:path';
import Database from 'better-sqlite3';
import { values } from '../../support/rows';
import { createSource } from '../../support/test-source';
import { openStore, temporaryDirectory } from '../support/open-store';
import { discardedGone, storedRows } from '../support/stored-rows';

const numbers = Array.from({ length: 20_000 }, (_, index) => index);

describe('SqliteStore that removes many rows', () => {
  it('acknowledges at once, takes rows meanwhile, and frees the space bit by bit', async () => {
    const directory = temporaryDirectory();
    const store = await openStore({ directory });
    const d = await createSource(store);
    const e = await createSource(store, ['any'], 'e');
    for (const source of [d, d, e]) await source.send({ rows: values(...numbers) });
    await Promise.all([store.rows.truncateDataSource('d', 'rows'), store.rows.dropDataSource('e')]);
    await d.send({ rows: values('new') });
    await discardedGone(directory);
    expect(storedRows(directory, 'd').rows).toEqual([['40001', null, 'new']]);
    expect(await d.info()).toMatchObject({ rowCount: 1 });
  });

  it('goes on with it when it is opened again', async () => {
    const directory = temporaryDirectory();
    const store = await openStore({ directory });
    const source = await createSource(store);
    for (let times = 0; times < 10; times++) await source.send({ rows: values(...numbers) });
    await store.close();
    // As the store leaves it when it ends right after a truncation.
    const database = new Database(join(directory, 'writer-hub.db'));
    database.exec(
      `INSERT INTO discarded VALUES (1), (2);
       ALTER TABLE rows_1 RENAME TO discarded_2;
       CREATE TABLE discarded_1 (offset INTEGER PRIMARY KEY);
       CREATE TABLE rows_1 (offset INTEGER PRIMARY KEY, rest TEXT, c1);`,
    );
    database.close();
    await openStore({ directory });
    await discardedGone(directory);
  });
});
