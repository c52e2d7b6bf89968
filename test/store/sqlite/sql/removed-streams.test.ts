import { join } from 'node:path';
import Database from 'better-sqlite3';
import { batchAt, idsOf, readAll, send } from '../../support/batches';
import { openSql, type SqlStore } from './support/sql-store';

/** A topic whose stream `a` was removed, its events not deleted yet: as the store leaves it right after the commit. */
async function openHalfway(): Promise<SqlStore> {
  const sql = await openSql();
  for (const time of [1, 2, 3]) {
    await send(sql.store, 'a', batchAt(10 * time), 'cars');
    await send(sql.store, 'b', batchAt(10 * time + 1), 'cars');
  }
  const database = new Database(join(sql.directory, 'writer-hub.db'));
  database.exec(
    `DELETE FROM streams WHERE stream_id = 'a'; INSERT INTO removals (topic, kind, stream) VALUES (1, 'stream', 1)`,
  );
  expect(database.prepare('SELECT count(*) FROM events_1').pluck().get()).toBe(6);
  database.close();
  return sql;
}

describe('events of a stream that was removed, while they are still there', () => {
  it.each([
    ['SELECT count(*) AS n FROM cars', ['[3]']],
    ['SELECT stream_id, count(*) AS n FROM cars GROUP BY 1', ['["b",3]']],
    ['SELECT min(timestamp) AS t FROM cars', ['[11]']],
    ["SELECT count(*) AS n FROM cars WHERE stream_id = 'a' OR stream_id IS NULL", ['[0]']],
    ['SELECT count(*) AS n FROM cars AS one LEFT JOIN cars AS other ON other.offset = one.offset - 1', ['[3]']],
    ['SELECT id FROM cars ORDER BY offset DESC LIMIT 1', ['["31"]']],
  ])('are in no result: %s', async (query, rows) => {
    const sql = await openHalfway();
    expect(await sql.rows(query)).toEqual(rows);
  });

  it('are seen by the queries before the removal, and by none after it in the same process', async () => {
    const sql = await openSql();
    await send(sql.store, 'a', batchAt(1), 'cars');
    await send(sql.store, 'b', batchAt(2), 'cars');
    const count = 'SELECT count(*) AS n FROM cars';
    expect(await sql.rows(count)).toEqual(['[2]']);
    await sql.store.log.removeStream('cars', 'a');
    expect(await sql.rows(count)).toEqual(['[1]']);
  });

  it('are in no page of events', async () => {
    const { store } = await openHalfway();
    const read = async (query: object): Promise<string[]> => idsOf(await readAll(store, { topic: 'cars', ...query }));
    expect(await read({})).toEqual(['11', '21', '31']);
    expect(await read({ limit: 1 })).toEqual(['11', '21', '31']);
    expect(await read({ after: '3' })).toEqual(['21', '31']);
    expect(await read({ from: 15n, to: 31n })).toEqual(['21']);
    const page = await store.log.read({ topic: 'cars', limit: 9, after: '6' });
    expect(page).toEqual({ events: [], position: '6', more: false });
  });
});
