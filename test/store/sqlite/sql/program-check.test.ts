import { join } from 'node:path';
import { DataConnection } from '../../../../src/store/sqlite/sql/data-connection';
import { checkProgram, type VdbeInstruction } from '../../../../src/store/sqlite/sql/program-check';
import { readableSource } from '../../../../src/store/sqlite/sql/readable-source';
import { batchOf, send } from '../../support/batches';
import { SqlStore, column } from './support/sql-store';

// The second of two guards: names that the first has let through, which it does not do, must not get past this one.
describe('DataConnection.prepare', () => {
  let sql: SqlStore;
  let connection: DataConnection;
  const cars = readableSource({ kind: 'events', id: 1, hasRemovals: false });
  const shop = readableSource({ kind: 'rows', id: 2, columns: [column('item')] });

  beforeAll(async () => {
    sql = await SqlStore.open();
    await send(sql.store, 's1', batchOf([{ timestamp: 1n, id: 'speed', tags: { a: '1' } }]), 'cars');
    await sql.addRows('shop', [column('item')], '"a"');
    await sql.addRows('vault', [column('item')], '"hidden"');
    connection = new DataConnection(join(sql.directory, 'writer-hub.db'), 1000, false);
  });

  afterAll(async () => {
    connection.close();
    await sql.close();
  });

  beforeEach(() => {
    connection.begin();
    connection.showSources(
      new Map([
        ['cars', cars],
        ['shop', shop],
      ]),
    );
  });

  afterEach(() => {
    connection.end();
  });

  const run = (text: string): number => connection.prepare(text, [cars, shop]).all().length;

  it.each([
    ['a table inside', 'SELECT * FROM topics'],
    ['a table inside under main', 'SELECT * FROM main.revoked_tokens'],
    ['an index inside', 'SELECT name FROM main.topics ORDER BY name'],
    ['the runs', 'SELECT * FROM runs'],
    ['another data source', 'SELECT * FROM rows_3'],
    ['another quarantine', 'SELECT * FROM quarantine_3'],
    ['the quarantine of a data source whose rows are allowed', 'SELECT * FROM quarantine_2'],
    ['another table in a subquery', 'SELECT (SELECT c1 FROM rows_3) FROM cars'],
    ['another table in a trigger of conditions', 'SELECT 1 FROM cars WHERE offset IN (SELECT offset FROM rows_3)'],
    [
      'another table in a CTE that is used twice',
      'WITH x AS MATERIALIZED (SELECT * FROM rows_3) SELECT * FROM x, x AS y',
    ],
    ['the number of rows of another table', 'SELECT count(*) FROM rows_3'],
    ['the least offset of another table', 'SELECT min(offset) FROM rows_3'],
    ['the schema', 'SELECT * FROM sqlite_schema'],
    ['the temporary schema', 'SELECT * FROM sqlite_temp_schema'],
    ['a pragma function', 'SELECT * FROM pragma_table_list'],
    ['dbstat', 'SELECT * FROM dbstat'],
    ['a function that is not listed', 'SELECT load_extension(1)'],
    ['a function that is not listed, as an aggregate', 'SELECT geopoly_group_bbox(value) FROM cars'],
    ['a write to a table', 'INSERT INTO main.topics (name) VALUES (1)'],
    ['a write to the schema', 'DROP TABLE main.topics'],
    ['a temporary table', 'CREATE TEMP TABLE x (a)'],
    ['a pragma', 'PRAGMA user_version'],
    ['a transaction', 'COMMIT'],
    ['an attached database', "ATTACH ':memory:' AS x"],
    ['a vacuum', "VACUUM INTO '/tmp/x.db'"],
  ])('refuses %s', (_what, text) => {
    expect(() => run(text)).toThrow(expect.objectContaining({ code: 'invalid_sql' }) as Error);
  });

  it.each([
    ['SELECT * FROM cars', 1],
    ['SELECT id, count(*), min(value), group_concat(DISTINCT value) FROM cars GROUP BY id ORDER BY 2 DESC LIMIT 5', 1],
    ['SELECT * FROM cars AS a JOIN cars AS b ON a.id = b.id LEFT JOIN shop ON shop.item = a.value', 1],
    ['SELECT * FROM cars FULL JOIN shop ON cars.value = shop.item', 2],
    ['WITH RECURSIVE t(x) AS (SELECT 1 UNION SELECT x + 1 FROM t WHERE x < 5) SELECT * FROM t, cars', 5],
    [
      'SELECT rank() OVER (PARTITION BY id ORDER BY value), lag(value) OVER w FROM cars WINDOW w AS (ORDER BY offset)',
      1,
    ],
    ["SELECT key, j.value FROM cars, json_each(tags) AS j WHERE tags ->> 'a' = '1'", 1],
    ["SELECT * FROM json_tree('[1]'), jsonb_each('[2]')", 2],
    ['SELECT value FROM cars UNION SELECT item FROM shop EXCEPT SELECT 1 ORDER BY 1', 2],
    ["SELECT stream_id, max(timestamp) FROM cars WHERE stream_id = 's1' GROUP BY 1", 1],
    ["SELECT * FROM shop WHERE item IN (SELECT value FROM cars) OR EXISTS (SELECT 1 FROM cars) OR item = 'b'", 1],
    ["SELECT strftime('%Y', timestamp / 1000000000, 'unixepoch'), upper(id), round(1.5), iif(1, 2, 3) FROM cars", 1],
    ['VALUES (1, 2), (3, 4)', 2],
  ])('runs %s', (text, rows) => {
    expect(run(text)).toBe(rows);
  });
});

describe('checkProgram', () => {
  const openable = { rootPages: new Set([7]), virtualTables: () => new Set(['vtab:1']) };
  const line = (opcode: string, p1 = 0, p2 = 0, p3 = 0, p4: string | null = null, p5 = 0): VdbeInstruction => [
    0,
    opcode,
    p1,
    p2,
    p3,
    p4,
    p5,
    null,
  ];

  it.each([
    ['an instruction nobody knows', line('Frobnicate')],
    ['another root page', line('OpenRead', 0, 8)],
    ['a root page of another database', line('OpenRead', 0, 7, 1)],
    ['a root page that only the run will tell', line('OpenRead', 0, 7, 0, null, 0x10)],
    ['an index by another root page', line('ReopenIdx', 0, 1)],
    ['a table to write', line('OpenWrite', 0, 7)],
    ['a transaction that writes', line('Transaction', 0, 1)],
    ['a function without a name', line('Function')],
    ['another virtual table', line('VOpen', 0, 0, 0, 'vtab:2')],
    ['an update of a virtual table', line('VUpdate', 0, 0, 0, 'vtab:1')],
    ['a row put through a cursor that is not temporary', line('Insert', 0)],
  ])('refuses %s', (_what, instruction) => {
    expect(() => {
      checkProgram([line('OpenRead', 0, 7), line('OpenEphemeral', 1), instruction], openable);
    }).toThrow(expect.objectContaining({ code: 'invalid_sql' }) as Error);
  });

  it('lets a program fill what is temporary, wherever that is opened', () => {
    expect(() => {
      checkProgram([line('Insert', 1), line('OpenRead', 0, 7), line('OpenEphemeral', 1)], openable);
    }).not.toThrow();
  });
});
