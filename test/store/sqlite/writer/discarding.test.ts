import { join } from 'node:path';
import Database from 'better-sqlite3';
import { createSource, infoOf, sendRows, values } from '../../support/rows';
import { openStore, temporaryDirectory } from '../support/open-store';
import { discardedGone, storedRows } from '../support/stored-rows';

const numbers = Array.from({ length: 20_000 }, (_, index) => index);

describe('SqliteEventStore that removes many rows', () => {
  it('acknowledges at once, takes rows meanwhile, and lets the space go by and by', async () => {
    const directory = temporaryDirectory();
    const store = await openStore({ directory });
    await createSource(store);
    await createSource(store, ['any'], 'e');
    for (const topic of ['d', 'd', 'e']) await sendRows(store, { topic, rows: values(...numbers) });
    await Promise.all([store.truncateDataSource('d', 'rows'), store.dropDataSource('e')]);
    await sendRows(store, { rows: values('new') });
    await discardedGone(directory);
    expect(storedRows(directory, 'd').rows).toEqual([[40_001, null, 'new']]);
    expect(await infoOf(store)).toMatchObject({ rowCount: 1 });
  });

  it('goes on with it when it is opened again', async () => {
    const directory = temporaryDirectory();
    const store = await openStore({ directory });
    await createSource(store);
    for (let times = 0; times < 10; times++) await sendRows(store, { rows: values(...numbers) });
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
