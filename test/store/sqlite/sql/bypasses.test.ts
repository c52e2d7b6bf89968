import { batchOf, send } from '../../support/batches';
import { sendPackage } from './support/packages';
import { SqlStore, column } from './support/sql-store';

/** Somebody who may read one topic and one data source, and not what is secret. */
const mayRead = (name: string): boolean => ['cars', 'shop', 'absent'].includes(name);

describe('SqliteSqlEngine.query', () => {
  let sql: SqlStore;

  // One store for all: none of the queries may change anything.
  beforeAll(async () => {
    sql = await SqlStore.open({ maxResultRows: 100 });
    await send(
      sql.store,
      's1',
      batchOf([{ timestamp: 1n, id: 'speed', value: 'known', tags: { unit: 'km' } }]),
      'cars',
    );
    await send(sql.store, 's9', batchOf([{ timestamp: 2n, id: 'code', value: 'hidden' }]), 'secret');
    await sendPackage(sql, 's1', '{"timestamps":[1],"numericValues":{"Speed":[1]}}');
    await sendPackage(sql, 's9', '{"timestamps":[2],"stringValues":{"Code":["hidden"]}}', 'secret');
    await sql.addRows('shop', [column('item')], '"known"');
    await sql.addRows('vault', [column('item')], '"hidden"');
    await sql.quarantine('vault', '{"item":"hidden"}', { item: 'no' }, ['hidden']);
    await sql.store.tokens.revokeToken('hidden');
  });

  afterAll(() => sql.close());

  it.each([
    ['a topic it may not read', 'SELECT * FROM secret', 'forbidden'],
    ['a data source it may not read', 'SELECT * FROM vault', 'forbidden'],
    ['the quarantine of a data source it may not read', 'SELECT * FROM vault_quarantine', 'forbidden'],
    ['a name that is not there, which it may not read either', 'SELECT * FROM other', 'forbidden'],
    ['a name that is not there', 'SELECT * FROM absent', 'unknown_data_source'],
    ['a topic in a subquery', 'SELECT (SELECT value FROM secret) FROM cars', 'forbidden'],
    ['a topic in IN', "SELECT 1 FROM cars WHERE 'x' IN secret", 'forbidden'],
    ['a topic in EXISTS', 'SELECT 1 FROM cars WHERE EXISTS (SELECT 1 FROM secret)', 'forbidden'],
    ['a topic in a UNION', 'SELECT value FROM cars UNION ALL SELECT value FROM secret', 'forbidden'],
    ['a topic in a CTE', 'WITH x AS (SELECT * FROM secret) SELECT * FROM x', 'forbidden'],
    [
      'a topic in a recursive CTE',
      'WITH RECURSIVE x(v) AS (SELECT 1 UNION ALL SELECT 2 FROM secret, x) SELECT * FROM x',
      'forbidden',
    ],
    ['a topic in JOIN … USING', 'SELECT * FROM cars JOIN secret USING (id)', 'forbidden'],
    ['a topic in ORDER BY', 'SELECT 1 FROM cars ORDER BY (SELECT value FROM secret)', 'forbidden'],
    ['a topic in LIMIT', 'SELECT 1 FROM cars LIMIT (SELECT offset FROM secret)', 'forbidden'],
    ['a topic in a window frame', 'SELECT sum(1) OVER (ORDER BY (SELECT offset FROM secret)) FROM cars', 'forbidden'],
    ['a topic in FILTER', 'SELECT count(*) FILTER (WHERE 1 IN (SELECT offset FROM secret)) FROM cars', 'forbidden'],
    ['a topic in double quotes', 'SELECT * FROM "secret"', 'forbidden'],
    ['a topic in single quotes', "SELECT * FROM 'secret'", 'forbidden'],
    ['a topic in brackets', 'SELECT * FROM [secret]', 'forbidden'],
    ['a topic in backquotes', 'SELECT * FROM `secret`', 'forbidden'],
    ['a topic in another case', 'SELECT * FROM SECRET', 'forbidden'],
    ['a topic behind a comment', 'SELECT * FROM/**/secret', 'forbidden'],
    ['a topic under main', 'SELECT * FROM main.secret', 'forbidden'],
    ['a topic under temp', 'SELECT * FROM temp.secret', 'forbidden'],
    ['the table of topics', 'SELECT * FROM topics', 'forbidden'],
    ['the table of streams', 'SELECT * FROM streams', 'forbidden'],
    ['the table of runs', 'SELECT * FROM runs', 'forbidden'],
    ['the table of revoked tokens', 'SELECT * FROM revoked_tokens', 'forbidden'],
    ['the table of idempotency keys', 'SELECT * FROM idempotency_keys', 'forbidden'],
    ['the table of its own topic', 'SELECT * FROM events_1', 'forbidden'],
    ['the table of another topic', 'SELECT * FROM events_2', 'forbidden'],
    ['the table of another data source', 'SELECT * FROM rows_4', 'forbidden'],
    ['the table of a quarantine', 'SELECT * FROM quarantine_4', 'forbidden'],
    ['a table under main', 'SELECT * FROM main.topics', 'forbidden'],
    ['a table under main, in quotes', 'SELECT * FROM "main"."events_2"', 'forbidden'],
    ['a table under a database that is not there', 'SELECT * FROM hub.topics', 'forbidden'],
    ['the schema', 'SELECT * FROM sqlite_schema', 'invalid_sql'],
    ['the schema by its old name', 'SELECT * FROM sqlite_master', 'invalid_sql'],
    ['the schema in another case', 'SELECT * FROM SQLite_Master', 'invalid_sql'],
    ['the schema in quotes', 'SELECT * FROM "sqlite_schema"', 'invalid_sql'],
    ['the schema under main', 'SELECT * FROM main.sqlite_schema', 'invalid_sql'],
    ['the temporary schema', 'SELECT * FROM sqlite_temp_schema', 'invalid_sql'],
    ['the temporary schema by its old name', 'SELECT * FROM sqlite_temp_master', 'invalid_sql'],
    ['the schema under temp', 'SELECT * FROM temp.sqlite_schema', 'invalid_sql'],
    ['the schema in a subquery', 'SELECT (SELECT group_concat(sql) FROM sqlite_schema) FROM cars', 'invalid_sql'],
    ['the schema in a CTE', 'WITH s AS (SELECT * FROM sqlite_schema) SELECT * FROM s', 'invalid_sql'],
    ['the statistics', 'SELECT * FROM sqlite_stat1', 'invalid_sql'],
    ['the sequences', 'SELECT * FROM sqlite_sequence', 'invalid_sql'],
    ['pragma_table_list', 'SELECT * FROM pragma_table_list', 'invalid_sql'],
    ['pragma_table_info', "SELECT * FROM pragma_table_info('topics')", 'invalid_sql'],
    ['pragma_database_list', 'SELECT file FROM pragma_database_list()', 'invalid_sql'],
    ['a pragma function in a join', 'SELECT * FROM cars JOIN pragma_function_list', 'invalid_sql'],
    ['a pragma function in other case', "SELECT * FROM Pragma_Index_List('streams')", 'invalid_sql'],
    ['dbstat', 'SELECT * FROM dbstat', 'invalid_sql'],
    ['dbstat of the file', "SELECT * FROM dbstat('main')", 'invalid_sql'],
    ['a tokenizer', "SELECT * FROM fts3tokenize('simple', 'a b')", 'invalid_sql'],
    ['an fts5 vocabulary', 'SELECT * FROM fts5vocab', 'forbidden'],
    ['an R-tree', 'SELECT * FROM rtree', 'forbidden'],
    ['the parameter data of a topic it may not read', 'SELECT * FROM secret.parameters', 'forbidden'],
    ['the parameter data in quotes as a whole', 'SELECT * FROM "secret.parameters"', 'forbidden'],
    ['the parameter data in backquotes', 'SELECT * FROM `secret`.`parameters`', 'forbidden'],
    ['the parameter data of a topic that is not there', 'SELECT * FROM other.parameters', 'forbidden'],
    ['the parameter data in a subquery', 'SELECT (SELECT max(value) FROM secret.parameters) FROM cars', 'forbidden'],
    ['the parameter data beside its own', 'SELECT * FROM cars.parameters, secret.parameters AS other', 'forbidden'],
    ['the parameter data in IN', "SELECT 1 FROM cars WHERE 'x' IN secret.parameters", 'forbidden'],
    ['the parameter data under main', 'SELECT * FROM main."secret.parameters"', 'forbidden'],
    ['its own parameter data under main', 'SELECT * FROM main."cars.parameters"', 'forbidden'],
    ['the tables behind parameter data', 'SELECT * FROM blocks', 'forbidden'],
    ['the tables behind parameter data, beside them', 'SELECT * FROM cars.parameters, main.series', 'forbidden'],
    ['the packages of its own topic', 'SELECT * FROM packages_1', 'forbidden'],
    ['the table of the samples of a block', 'SELECT * FROM block_samples', 'forbidden'],
    ['the samples of a block as a function', "SELECT * FROM block_samples(0, 0, x'00', x'00')", 'forbidden'],
    ['the samples of a package as a function', "SELECT * FROM main.package_samples(1, '{}')", 'forbidden'],
    ['a column of its parameter data that is hidden', 'SELECT " least_timestamp" FROM cars.parameters', 'invalid_sql'],
    ['parameters as a function', 'SELECT * FROM cars.parameters(1)', 'invalid_sql'],
    ['the rowid of parameter data', 'SELECT rowid FROM cars.parameters', 'invalid_sql'],
    ['an index of parameter data', 'SELECT * FROM cars.parameters INDEXED BY small_blocks', 'invalid_sql'],
    ['the page table of SQLite', 'SELECT * FROM sqlite_dbpage', 'invalid_sql'],
    ['load_extension', "SELECT load_extension('/tmp/x.so')", 'invalid_sql'],
    ['load_extension in a condition', "SELECT 1 FROM cars WHERE load_extension('x', 'y')", 'invalid_sql'],
    ['readfile', "SELECT readfile('/etc/passwd')", 'invalid_sql'],
    ['writefile', "SELECT writefile('/tmp/x', 'y')", 'invalid_sql'],
    ['edit', "SELECT edit('x', 'vi')", 'invalid_sql'],
    ['fts3_tokenizer', "SELECT fts3_tokenizer('simple')", 'invalid_sql'],
    ['fts5', 'SELECT fts5(1)', 'invalid_sql'],
    ['rtreenode', "SELECT rtreenode(2, x'00')", 'invalid_sql'],
    ['rtreecheck', "SELECT rtreecheck('topics')", 'invalid_sql'],
    ['sqlite_log', "SELECT sqlite_log(1, 'x')", 'invalid_sql'],
    ['sqlite_compileoption_get', 'SELECT sqlite_compileoption_get(1)', 'invalid_sql'],
    ['randomblob', 'SELECT length(randomblob(10))', 'invalid_sql'],
    ['zeroblob', 'SELECT length(zeroblob(10))', 'invalid_sql'],
    ['the rowid of a view', 'SELECT rowid FROM cars', 'invalid_sql'],
    ['a column that is kept beside', 'SELECT stream FROM cars', 'invalid_sql'],
    ['a parameter', 'SELECT ?', 'invalid_sql'],
    ['a parameter with a name', 'SELECT :a, @b, $c', 'invalid_sql'],
    ['an index of another table', 'SELECT * FROM cars INDEXED BY sqlite_autoindex_streams_1', 'invalid_sql'],
  ])('refuses %s', async (_what, text, code) => {
    await expect(sql.ask(text, { mayRead })).rejects.toMatchObject({ code });
  });

  it.each([
    ['a table of its own under main', 'SELECT * FROM main.events_1'],
    ['the tables inside', 'SELECT * FROM topics'],
    ['a name that only the store knows', 'SELECT * FROM streams JOIN runs'],
  ])('does not know %s, whatever the caller may read', async (_what, text) => {
    await expect(sql.ask(text)).rejects.toMatchObject({ code: 'unknown_data_source' });
  });

  it('knows of each topic and data source what it is asked for, and no more', async () => {
    expect(await sql.rows('SELECT * FROM cars', { mayRead })).toEqual(['[1,"s1",1,"speed","known",{"unit":"km"}]']);
    expect(await sql.rows('SELECT value FROM cars.parameters', { mayRead })).toEqual(['["1"]']);
    expect(await sql.rows('SELECT * FROM shop', { mayRead })).toEqual(['["known",null]']);
    expect(await sql.rows("SELECT * FROM cars WHERE stream_id = 's9'", { mayRead })).toEqual([]);
  });

  it('asks anew for each query: what one caller may read the next may not', async () => {
    expect(await sql.rows('SELECT value FROM secret')).toEqual(['["hidden"]']);
    await expect(sql.ask('SELECT value FROM secret', { mayRead })).rejects.toMatchObject({ code: 'forbidden' });
  });
});
