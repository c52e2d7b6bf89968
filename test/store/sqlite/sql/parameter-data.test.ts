import { join } from 'node:path';
import Database from 'better-sqlite3';
import { batchOf, send } from '../../support/batches';
import { PACKED, packed, sendPackage, UNPACKED } from './support/packages';
import { column, openSql, SqlStore } from './support/sql-store';

const FIRST = JSON.stringify({
  epoch: 1000,
  timestamps: [0, 10, 20],
  stringValues: { Mode: ['a "b"', null, ''] },
  binaryValues: { Blob: [null, 'QQ==', ''] },
  tagValues: { lap: ['1', null, '2'], '10': ['x', null, null] },
}).replace('}', '},"numericValues":{"Speed":[-0,1.10,12345678901234567890.123],"Gear":[1,null,2]}');

/** Late: before and between the others. */
const LATE = '{"timestamps":[1005,995],"numericValues":{"Speed":[5e0,7]}}';
const OTHER = '{"timestamps":[1000,1100],"numericValues":{"Speed":[100,200]}}';

async function fill(sql: SqlStore): Promise<void> {
  await sendPackage(sql, 'car-1', FIRST);
  await sendPackage(sql, 'car-1', LATE);
  await sendPackage(sql, 'car-2', OTHER);
}

describe.each([
  ['in packages', UNPACKED, () => Promise.resolve()],
  ['in blocks', PACKED, packed],
])('the table of parameter data, %s', (_state, storeOptions, settled) => {
  let sql: SqlStore;

  // One store for all: a query changes nothing.
  beforeAll(async () => {
    sql = await SqlStore.open({}, storeOptions);
    await fill(sql);
    await settled(sql);
  });

  afterAll(() => sql.close());

  it.each([
    [
      'numbers with all digits',
      `SELECT timestamp, numeric_value, value FROM cars.parameters WHERE stream_id = 'car-1' AND parameter = 'Speed' ORDER BY timestamp`,
      [
        '[995,7,"7"]',
        '[1000,0,"-0"]',
        '[1005,5,"5e0"]',
        '[1010,1.1,"1.10"]',
        '[1020,12345678901234567000,"12345678901234567890.123"]',
      ],
    ],
    [
      'strings, an empty one too',
      `SELECT kind, numeric_value, string_value, binary_value, value FROM cars.parameters WHERE parameter = 'Mode' ORDER BY timestamp`,
      ['["string",null,"a \\"b\\"",null,"a \\"b\\""]', '["string",null,"",null,""]'],
    ],
    [
      'bytes as base64',
      `SELECT kind, numeric_value, string_value, binary_value, value FROM cars.parameters WHERE kind = 'binary' ORDER BY timestamp`,
      ['["binary",null,null,"QQ==","QQ=="]', '["binary",null,null,"",""]'],
    ],
    [
      'offsets of packages and tags in their order',
      `SELECT offset, tags FROM cars.parameters WHERE parameter = 'Gear' ORDER BY timestamp`,
      ['[1,{"10":"x","lap":"1"}]', '[1,{"lap":"2"}]'],
    ],
    ['no tags as NULL', `SELECT tags FROM cars.parameters WHERE stream_id = 'car-2'`, ['[null]', '[null]']],
    [
      'tags by name',
      `SELECT value FROM cars.parameters WHERE tags ->> 'lap' = '2' AND kind = 'numeric' ORDER BY parameter`,
      ['["2"]', '["12345678901234567890.123"]'],
    ],
    [
      'aggregates by parameter',
      `SELECT stream_id, parameter, count() AS n, avg(numeric_value) AS mean FROM cars.parameters
       WHERE kind = 'numeric' AND timestamp < 1020 GROUP BY stream_id, parameter ORDER BY stream_id, parameter`,
      ['["car-1","Gear",1,1]', '["car-1","Speed",4,3.275]', '["car-2","Speed",1,100]'],
    ],
    [
      'the latest of all',
      'SELECT stream_id, value FROM cars.parameters ORDER BY timestamp DESC LIMIT 1',
      ['["car-2","200"]'],
    ],
    ['the table with one name in double quotes', 'SELECT count() AS n FROM "cars.parameters"', ['[13]']],
    ['the table with one name in backquotes', 'SELECT count() AS n FROM `cars.parameters` AS p', ['[13]']],
    [
      'the table with two names and no space around them',
      'SELECT(value)FROM"cars"."parameters"WHERE timestamp=1100',
      ['["200"]'],
    ],
    [
      'rows that an outer join adds, where WHERE lets them through',
      `SELECT a.n, p.value FROM (SELECT 1100 AS n) AS a RIGHT JOIN cars.parameters AS p ON p.timestamp = a.n
       WHERE p.timestamp >= 1020 AND p.kind = 'numeric' AND p.parameter = 'Speed' ORDER BY p.timestamp`,
      ['[null,"12345678901234567890.123"]', '[1100,"200"]'],
    ],
    ['the table with two names in quotes', 'SELECT count(parameters.value) AS n FROM "cars".`parameters`', ['[13]']],
    [
      'the table twice, under its aliases',
      `SELECT a.value, b.value AS other FROM cars.parameters AS a JOIN cars.parameters b
       ON b.timestamp = a.timestamp AND b.stream_id = a.stream_id WHERE a.parameter = 'Speed' AND b.parameter = 'Gear' ORDER BY a.timestamp`,
      ['["-0","1"]', '["12345678901234567890.123","2"]'],
    ],
    [
      'the table in a subquery, an IN, a CTE and a UNION',
      `WITH p AS (SELECT * FROM cars.parameters WHERE parameter = 'Gear')
       SELECT (SELECT max(numeric_value) FROM cars.parameters) AS most, value FROM p WHERE timestamp IN (SELECT timestamp FROM cars.parameters)
       UNION ALL SELECT 0, value FROM "cars.parameters" WHERE stream_id = 'car-2' AND timestamp = 1100`,
      ['[12345678901234567000,"1"]', '[12345678901234567000,"2"]', '[0,"200"]'],
    ],
  ])('has %s', async (_what, query, rows) => {
    expect(await sql.rows(query)).toEqual(rows);
  });

  it.each([
    ['timestamp >= 1010', 7],
    ['timestamp > 1010', 5],
    ['timestamp <= 1000', 5],
    ['1000 > timestamp', 1],
    ['timestamp = 1005', 1],
    ['timestamp BETWEEN 1000 AND 1005', 5],
    ['timestamp NOT BETWEEN 1000 AND 1020', 2],
    ['timestamp >= 1000 * 1000 - 998900 AND (timestamp < 2000)', 1],
    ['timestamp >= -9223372036854775807 - 1', 13],
    ['timestamp >= 1100 OR timestamp < 1000', 2],
    ['NOT (timestamp >= 1100)', 12],
    ['timestamp <> 1100', 12],
    ['timestamp >= 1099.5', 1],
    ["stream_id = 'car-2' AND timestamp >= 1001 AND parameter IN ('Speed', 'Gear')", 1],
    ["stream_id = 'nobody'", 0],
    ["parameter LIKE 'Spe%'", 7],
  ])('has the rows where %s', async (condition, count) => {
    expect(await sql.rows(`SELECT count() AS n FROM cars.parameters WHERE ${condition}`)).toEqual([`[${count}]`]);
  });
});

/** A store with two blocks a stream and parameter, of the times 1 and 2 and of 101 and 102. */
async function openBlocks(): Promise<SqlStore> {
  const sql = await openSql({}, PACKED);
  for (const time of [1, 101]) {
    for (const stream of ['car-1', 'car-2']) {
      await sendPackage(
        sql,
        stream,
        `{"timestamps":[${time},${time + 1}],"numericValues":{"Speed":[1,2],"Gear":[3,4]}}`,
      );
    }
    await packed(sql);
  }
  return sql;
}

describe('the table of parameter data', () => {
  it('has each sample once while some are in blocks and others are not', async () => {
    const sql = await openSql({}, PACKED);
    await fill(sql);
    await packed(sql);
    await sendPackage(sql, 'car-1', '{"timestamps":[1001,1002],"numericValues":{"Speed":[1,2]}}');
    const late = 'SELECT value FROM cars.parameters WHERE timestamp IN (1001, 1002) ORDER BY timestamp';
    expect(await sql.rows(late)).toEqual(['["1"]', '["2"]']);
    expect(await sql.rows('SELECT count() AS n FROM cars.parameters')).toEqual(['[15]']);
  });

  it('goes with the events of its topic', async () => {
    const sql = await openSql({}, UNPACKED);
    await fill(sql);
    await send(sql.store, 'car-1', batchOf([{ timestamp: 1010n, id: 'lap', value: 'done' }]), 'cars');
    const together = `SELECT e.id, p.parameter, p.value FROM cars AS e JOIN cars.parameters AS p
      ON p.stream_id = e.stream_id AND p.timestamp = e.timestamp WHERE p.kind = 'numeric'`;
    expect(await sql.rows(together)).toEqual(['["lap","Speed","1.10"]']);
    const outer = `SELECT e.id, p.value FROM cars AS e LEFT JOIN cars.parameters AS p ON p.timestamp = e.timestamp + 1
      WHERE p.timestamp >= 5 OR p.timestamp IS NULL`;
    expect(await sql.rows(outer)).toEqual(['["lap",null]']);
  });

  it('says of which types its columns are', async () => {
    const sql = await openSql({}, UNPACKED);
    await fill(sql);
    const { meta } = JSON.parse(await sql.ask('SELECT * FROM cars.parameters', { quoteLargeIntegers: true })) as {
      meta: { name: string; type: string }[];
    };
    expect(meta.map(({ name, type }) => `${name} ${type}`)).toEqual([
      'offset Int64',
      'stream_id String',
      'timestamp Int64',
      'parameter String',
      'kind String',
      'numeric_value Nullable(Float64)',
      'string_value Nullable(String)',
      'binary_value Nullable(String)',
      'value String',
      'tags Map(String, String)',
    ]);
  });

  it('leaves out a stream that was removed', async () => {
    const sql = await openSql({}, UNPACKED);
    await fill(sql);
    await sql.store.log.removeStream('cars', 'car-1');
    expect(await sql.rows('SELECT stream_id, value FROM cars.parameters ORDER BY timestamp')).toEqual([
      '["car-2","100"]',
      '["car-2","200"]',
    ]);
  });

  it('stands back behind a topic of its name', async () => {
    const sql = await openSql({}, UNPACKED);
    await fill(sql);
    await send(sql.store, 's', batchOf([{ timestamp: 1n, id: 'event' }]), 'cars.parameters');
    expect(await sql.rows('SELECT id FROM cars.parameters')).toEqual(['["event"]']);
  });

  it.each([
    ['a topic without parameter data', 'SELECT * FROM bikes.parameters', 'the topic "bikes" has no parameter data'],
    ['a topic that is not there', 'SELECT * FROM "planes.parameters"', 'there is no topic "planes"'],
    ['a data source', 'SELECT * FROM shop.parameters', 'there is no topic "shop"'],
  ])('is not there for %s', async (_what, query, message) => {
    const sql = await openSql({}, UNPACKED);
    await send(sql.store, 's', batchOf([{ timestamp: 1n, id: 'event' }]), 'bikes');
    await sql.addRows('shop', [column('item')], '"known"');
    await expect(sql.ask(query)).rejects.toMatchObject({
      code: 'unknown_data_source',
      message: expect.stringContaining(message) as string,
    });
  });

  it('does not take two names that differ only in case for one', async () => {
    const sql = await openSql({}, UNPACKED);
    await fill(sql);
    await sendPackage(sql, 's', OTHER, 'CARS');
    await expect(sql.ask('SELECT * FROM cars.parameters, CARS.parameters AS other')).rejects.toThrow(
      'differ only in case',
    );
  });

  it.each([
    ["stream_id = 'car-2'", 8],
    ["stream_id IN ('car-2') AND timestamp > 0", 8],
    ["parameter = 'Gear' AND kind = 'numeric'", 8],
    ['timestamp < 100', 8],
    ['timestamp BETWEEN 1 AND 2', 8],
    ["kind = 'string'", 0],
  ])('reads no block but those that may have rows where %s', async (condition, count) => {
    const sql = await openBlocks();
    await sendPackage(sql, 'car-1', '{"timestamps":[1001],"stringValues":{"Mode":["x"]}}');
    const database = new Database(join(sql.directory, 'writer-hub.db'));
    // The block of car-1's speed behind 100.
    database.exec(`UPDATE block_data SET zones = x'00010101ff' WHERE id = (
      SELECT b.id FROM blocks AS b JOIN series AS s ON s.id = b.series JOIN parameters AS p ON p.id = s.parameter
        JOIN streams AS st ON st.id = s.stream
      WHERE b.max_timestamp > 100 AND p.name = 'Speed' AND st.stream_id = 'car-1' LIMIT 1)`);
    database.close();
    const query = (where: string): string => `SELECT count() AS n FROM cars.parameters WHERE ${where}`;
    await expect(sql.ask(query("stream_id = 'car-1'"))).rejects.toMatchObject({ code: 'store_unavailable' });
    expect(await sql.rows(query(`${condition} AND parameter <> 'Mode'`))).toEqual([`[${count}]`]);
  });

  it('ends when a query takes longer than it may', async () => {
    const sql = await openSql({ timeout: 300 }, UNPACKED);
    await fill(sql);
    const endless =
      'SELECT count() AS n FROM ' + Array.from({ length: 12 }, (_, i) => `cars.parameters AS p${i}`).join(', ');
    await expect(sql.ask(endless)).rejects.toMatchObject({ code: 'query_timeout' });
  });

  it('gives a million samples within the usual memory', async () => {
    const sql = await openSql({}, PACKED);
    const times = Array.from({ length: 10_000 }, (_, index) => index);
    for (let i = 0; i < 100; i++) {
      const text = JSON.stringify({ epoch: i * 10_000, timestamps: times, numericValues: { Speed: times } });
      await sendPackage(sql, 'car-1', text);
    }
    await packed(sql);
    expect(
      await sql.rows('SELECT count() AS n, avg(numeric_value) AS mean, max(timestamp) AS last FROM cars.parameters'),
    ).toEqual(['[1000000,4999.5,999999]']);
    const window = `SELECT count() AS n FROM cars.parameters WHERE parameter = 'Speed' AND timestamp >= 999990`;
    expect(await sql.rows(window)).toEqual(['[10]']);
  });
});
