import { batchOf, send } from '../../support/batches';
import { TestSource } from '../../support/test-source';
import { openSql, column, type SqlStore } from './support/sql-store';

/** A data source of one column and one row, in which its name stands. */
async function addNamed(sql: SqlStore, ...names: string[]): Promise<void> {
  for (const name of names) await sql.addRows(name, [column('v')], JSON.stringify(name));
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

describe('SqliteSqlEngine.query', () => {
  it('reads data sources whatever they are called', async () => {
    const sql = await openSql();
    const names = [
      'topics',
      'streams',
      'runs',
      'probes',
      'discarded',
      'revoked_tokens',
      'idempotency_keys',
      'events_1',
      'rows_1',
      'quarantine_1',
      'select',
      'main',
      'main.topics',
      'a.b',
      'with space',
      'a"b',
      "a'b",
      '[a]',
      'a;b',
      '--a',
      'größe',
      '東京',
      '🚗',
      '1',
      '%s',
      'json_each',
      'json_tree',
      'pragma_table_list',
      'dbstat',
      'fts5vocab',
    ];
    await addNamed(sql, ...names);
    for (const name of names) {
      expect(await sql.rows(`SELECT v FROM ${quoted(name)}`)).toEqual([JSON.stringify([name])]);
    }
    expect(await sql.rows('SELECT topics.v, streams.v FROM topics, streams')).toEqual(['["topics","streams"]']);
  });

  it('never asks a data source what names stand for', async () => {
    const sql = await openSql();
    await addNamed(sql, 'shop', 'vault');
    const columns = ['id', 'name', 'kind', 'definition'].map((name) => column(name));
    // If it did, `shop` would be the second data source now.
    await sql.addRows('topics', columns, '"2","shop","rows","[]"');
    expect(await sql.rows('SELECT id FROM topics')).toEqual(['["2"]']);
    expect(await sql.rows('SELECT v FROM shop')).toEqual(['["shop"]']);
    expect(await sql.rows('SELECT name, v FROM topics, shop')).toEqual(['["shop","shop"]']);
    expect(await sql.rows('SELECT v FROM shop')).toEqual(['["shop"]']);
  });

  it('still takes JSON apart where a data source is called like what does that', async () => {
    const sql = await openSql();
    await addNamed(sql, 'json_each');
    expect(await sql.rows('SELECT v FROM json_each')).toEqual(['["json_each"]']);
    expect(await sql.rows("SELECT value FROM json_each('[1]')")).toEqual(['[1]']);
    expect(await sql.rows("SELECT v, value FROM json_each, json_tree('[]')")).toEqual(['["json_each","[]"]']);
  });

  it('says why it cannot read a data source whose name SQLite keeps for itself', async () => {
    const sql = await openSql();
    await addNamed(sql, 'sqlite_x');
    const message = 'SQL cannot read sqlite_x: SQLite keeps names that begin so to itself';
    await expect(sql.ask('SELECT * FROM sqlite_x')).rejects.toMatchObject({ code: 'invalid_sql', message });
  });

  it('lets a name of the query hide a data source, which is then not read', async () => {
    const sql = await openSql();
    await addNamed(sql, 'secret');
    const mayRead = (): boolean => false;
    expect(await sql.rows('WITH secret AS (SELECT 1) SELECT * FROM secret', { mayRead })).toEqual(['[1]']);
    expect(await sql.rows('SELECT secret.x FROM (SELECT 2 AS x) AS secret', { mayRead })).toEqual(['[2]']);
    await expect(
      sql.ask('WITH a AS (WITH secret AS (SELECT 1) SELECT * FROM secret) SELECT * FROM a, secret', { mayRead }),
    ).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('takes names by their exact case, and refuses two that differ only in case', async () => {
    const sql = await openSql();
    await addNamed(sql, 'Cars', 'cars');
    expect(await sql.rows('SELECT v FROM Cars')).toEqual(['["Cars"]']);
    expect(await sql.rows('SELECT v FROM cars')).toEqual(['["cars"]']);
    await expect(sql.ask('SELECT v FROM CARS')).rejects.toMatchObject({ code: 'unknown_data_source' });
    await expect(sql.ask('SELECT * FROM cars JOIN Cars')).rejects.toMatchObject({
      code: 'invalid_sql',
      message: 'a query cannot name both "cars" and "Cars", which differ only in case',
    });
  });

  it('wants a name quoted as a whole', async () => {
    const sql = await openSql();
    await addNamed(sql, 'main.cars');
    await expect(sql.ask('SELECT * FROM main.cars')).rejects.toMatchObject({
      code: 'invalid_sql',
      message: 'there is no table main.cars; quote names as a whole',
    });
  });

  it('reads a quarantine for whoever may read its data source', async () => {
    const sql = await openSql();
    await addNamed(sql, 'shop');
    await sql.quarantine('shop', '{"v":1}', { v: 'a number' }, ['1']);
    const rows = ['["{\\"v\\":1}"]'];
    expect(await sql.rows('SELECT c__row FROM shop_quarantine', { mayRead: (name) => name === 'shop' })).toEqual(rows);
    expect(
      await sql.rows('SELECT c__row FROM shop_quarantine', { mayRead: (name) => name === 'shop_quarantine' }),
    ).toEqual(rows);
    await expect(
      sql.ask('SELECT * FROM shop', { mayRead: (name) => name === 'shop_quarantine' }),
    ).rejects.toMatchObject({
      code: 'forbidden',
    });
  });

  it('finds no quarantine of a topic of events', async () => {
    const sql = await openSql();
    await send(sql.store, 's', batchOf([{ timestamp: 1n, id: 'a' }]), 'cars');
    await expect(sql.ask('SELECT * FROM cars_quarantine')).rejects.toMatchObject({ code: 'unknown_data_source' });
  });

  it('tells columns apart that are called like its own', async () => {
    const sql = await openSql();
    await sql.addRows('shop', [column('_REST'), column('c__row'), column('offset'), column('c1')], '"a","b","c","d"');
    await sql.quarantine('shop', 'raw', { c1: 'bad' }, ['w', 'x', 'y', null]);
    expect(await sql.ask('SELECT * FROM shop FORMAT CSVWithNames')).toBe(
      '"_REST","c__row","offset","c1","_rest_1"\n"a","b","c","d",\\N\n',
    );
    expect(await sql.rows('SELECT _REST, c__row, offset, c1, c__row_1 FROM shop_quarantine')).toEqual([
      '["w","x","y",null,"raw"]',
    ]);
  });

  it('knows a data source that was made or changed after the query before', async () => {
    const sql = await openSql();
    await expect(sql.ask('SELECT * FROM shop')).rejects.toMatchObject({ code: 'unknown_data_source' });
    const item = column('item');
    const price = column('price', { type: 'Int64', storage: 'integer' });
    await sql.addRows('shop', [item], '"a"');
    expect(await sql.rows('SELECT * FROM shop')).toEqual(['["a",null]']);
    const { schemaVersion } = await TestSource.of(sql.store, 'shop');
    await sql.store.rows.changeDataSource({
      name: 'shop',
      schemaVersion,
      definition: JSON.stringify([item, price]),
      added: [{ ...price, fill: 7 }],
    });
    expect(await sql.rows('SELECT * FROM shop')).toEqual(['["a",7,null]']);
    await sql.store.rows.dropDataSource('shop');
    await expect(sql.ask('SELECT * FROM shop')).rejects.toMatchObject({ code: 'unknown_data_source' });
  });
});
