import { SqlClient, sqlPath } from './support/sql-client';

const SCHEMA = [
  't DateTime `json:$.t`',
  't3 DateTime64(3) `json:$.t3`',
  'day Date `json:$.day`',
  'i Int32 `json:$.i`',
  'j Int64 `json:$.j`',
  'u UInt64 `json:$.u`',
  'f Float64 `json:$.f`',
  's String `json:$.s`',
  'd Decimal(10, 2) `json:$.d`',
  'dd Decimal(30, 4) `json:$.dd`',
  'n Nullable(Int32) `json:$.n`',
  'b Bool `json:$.b`',
  'uu UUID `json:$.uu`',
  'arr Array(String) `json:$.arr`',
  'm Map(String, String) `json:$.m`',
].join(', ');

const ROWS = [
  '{"t":"2024-03-10 10:00:00","t3":"2024-03-10 10:00:00.500","day":"2024-03-10","i":7,"j":9223372036854775807,"u":"18446744073709551615","f":2.5,"s":"Ab","d":0.10,"dd":"12345678901234567890.1234","n":null,"b":true,"uu":"61f0c404-5cb3-11e7-907b-a6006ad3dba0","arr":["x","y"],"m":{"k":"v"}}',
  '{"t":"2024-03-10 11:00:00","t3":"2024-03-10 11:00:00.000","day":"2024-03-11","i":-7,"j":1,"u":"9223372036854775808","f":0.5,"s":"ab","d":0.10,"dd":"-0.5","n":4,"b":false,"uu":"61f0c404-5cb3-11e7-907b-a6006ad3dba1","arr":[],"m":{}}',
  '{"t":"2024-03-10 12:30:00","t3":"2024-03-10 12:30:00.001","day":"2024-03-12","i":0,"j":-3,"u":5,"f":0,"s":"é1","d":0.10,"dd":"9.0000","n":1,"b":true,"uu":"61f0c404-5cb3-11e7-907b-a6006ad3dba2","arr":["é"],"m":{"a":"1","b":"2"}}',
].join('\n');

describe('GET /v0/sql', () => {
  let client: SqlClient;

  beforeAll(async () => {
    client = await SqlClient.start();
    const made = await client.post(`/v0/datasources?name=r&schema=${encodeURIComponent(SCHEMA)}`, '');
    expect(made.status).toBe(200);
    const sent = await client.post('/v0/events?name=r&wait=true', ROWS);
    expect(await sent.json()).toMatchObject({ successful_rows: 3, quarantined_rows: 0 });
  });

  afterAll(() => client.close());

  // The values are ClickHouse's, by chdb: `npm run test:clickhouse` compares many more.
  it.each([
    ['times as instants, with a zone', "SELECT count(*) FROM r WHERE t >= '2024-03-10T10:00:00.000Z'", '3'],
    ['times in another zone', "SELECT count(*) FROM r WHERE t > '2024-03-10T11:00:00+01:00'", '2'],
    ['times of a finer column', "SELECT count(*) FROM r WHERE t3 >= '2024-03-10T10:00:00.5Z'", '3'],
    ['times by a day', "SELECT count(*) FROM r WHERE t >= '2024-03-10'", '3'],
    ['times by seconds', 'SELECT count(*) FROM r WHERE t3 > 1710068400', '1'],
    ['times BETWEEN', "SELECT count(*) FROM r WHERE t BETWEEN '2024-03-10T10:00:00Z' AND '2024-03-10T11:00'", '2'],
    ['times in a list', "SELECT count(*) FROM r WHERE t3 IN ('2024-03-10T11:00:00Z', '2024-03-10 12:30:00.001')", '2'],
    ['times of two precisions', 'SELECT count(*) FROM r WHERE t = t3', '1'],
    ['a time with a day', "SELECT count(*) FROM r WHERE t > date('2024-03-11')", '0'],
    ['the distance of times', 'SELECT max(t) - min(t) FROM r', '9000'],
    ['seconds added to a time', 'SELECT t + 3600 FROM r LIMIT 1', '2024-03-10 11:00:00'],
    ['integers divided', 'SELECT i / 2 FROM r LIMIT 1', '3.5'],
    ['a division by a column', 'SELECT 7 / i FROM r', '1\n-1\ninf'],
    ['constants divided', 'SELECT 7 / 2, -7 / 2, intDiv(-7, 2)', '3.5\t-3.5\t-3'],
    ['rests of truth values', 'SELECT mod(b, 2) + j FROM r LIMIT 1 OFFSET 1', '1'],
    ['rests of fractions', 'SELECT f % 2, -7 % 3, mod(7.5, 2) FROM r LIMIT 1', '0.5\t-1\t1.5'],
    ['a sum of decimals', 'SELECT sum(d), sum(d * 3), avg(d) FROM r', '0.30\t0.90\t0.1'],
    [
      'a sum of long decimals',
      'SELECT sum(dd), max(dd), min(dd) FROM r',
      '12345678901234567898.6234\t12345678901234567890.1234\t-0.5000',
    ],
    ['decimals divided, and cut', 'SELECT d / 3, 3 / d FROM r LIMIT 1', '0.03\t30.00'],
    ['long decimals compared', 'SELECT count(*) FROM r WHERE dd > 10', '1'],
    ['long decimals equal', 'SELECT count(*) FROM r WHERE dd = -0.5', '1'],
    ['long decimals sorted', 'SELECT dd FROM r ORDER BY dd', '-0.5000\n9.0000\n12345678901234567890.1234'],
    ['unsigned integers sorted', 'SELECT u FROM r ORDER BY u DESC', '18446744073709551615\n9223372036854775808\n5'],
    ['unsigned integers compared', 'SELECT count(*) FROM r WHERE u > 9223372036854775808', '1'],
    ['unsigned integers equal', 'SELECT count(*) FROM r WHERE u = 18446744073709551615', '1'],
    ['the extremes of unsigned integers', 'SELECT max(u), min(u) FROM r', '18446744073709551615\t5'],
    ['a long integer as it is', 'SELECT 18446744073709551615', '18446744073709551615'],
    ['the case of LIKE', "SELECT count(*) FROM r WHERE s LIKE 'a%'", '1'],
    ['an escape in LIKE', String.raw`SELECT 'a%b' LIKE 'a\%b', 'axb' LIKE 'a\%b'`, '1\t0'],
    ['escapes in texts', String.raw`SELECT length('a\nb'), 'a\\b'`, '3\ta\\\\b'],
    ['lengths of arrays, maps and texts', "SELECT length(arr), length(m), length('é') FROM r LIMIT 1", '2\t1\t2'],
    ['characters where they are meant', 'SELECT lengthUTF8(s), substringUTF8(s, 1, 1) FROM r WHERE i = 0', '2\té'],
    [
      'parts of texts',
      "SELECT substring('hello', 2, 3), substring('hello', 0), substring('hello', -3, 2)",
      'ell\t\tll',
    ],
    ['places in texts', "SELECT position('é1', '1'), position('ABC', 'b')", '3\t0'],
    ['numbers with text that is one', "SELECT count(*) FROM r WHERE i = '7'", '1'],
    ['truth values', "SELECT count(*) FROM r WHERE b = true AND b = 1 AND b = 'true'", '2'],
    ['UUIDs in capitals', "SELECT count(*) FROM r WHERE uu = '61F0C404-5CB3-11E7-907B-A6006AD3DBA0'", '1'],
    ['numbers joined to text', "SELECT 'a' || 1.0, 'a' || b, 'a' || d FROM r LIMIT 1", 'a1\tatrue\ta0.1'],
    ['NULL joined to text', "SELECT concat('a', NULL), 'a' || NULL", String.raw`\N	\N`],
    [
      'halves to the even',
      'SELECT round(2.5), round(3.5), round(-0.5), round(0.285, 2), round(25, -1)',
      '2\t4\t0\t0.28\t30',
    ],
    ['the natural logarithm', 'SELECT round(log(10), 6)', '2.302585'],
    ['NULLs last', 'SELECT n FROM r ORDER BY n', '1\n4\n\\N'],
    ['NULLs in a subquery left out', 'SELECT count(*) FROM r WHERE i NOT IN (SELECT n FROM r)', '3'],
    ['text by case', "SELECT 'a' = 'A', NULL = NULL", String.raw`0	\N`],
    [
      'casts by their names here',
      "SELECT CAST('007' AS String), CAST(1.9 AS Int64), CAST('2024-03-10 10:00:00' AS Date)",
      '007\t1\t2024-03-10',
    ],
  ])('answers %s', async (_what, query, text) => {
    expect((await client.ask(`${query} FORMAT TSV`)).trimEnd()).toBe(text);
  });

  it.each([
    ["SELECT m['k'] FROM r", "write m ->> 'k'"],
    ['SELECT arr[1] FROM r', 'write arr ->> 0'],
    ["SELECT i FROM r WHERE m['k'] = 'v'", "write m ->> 'k'"],
    ['SELECT count(*) FROM r WHERE i IN [1, 2]', 'write '],
    ['SELECT s, i, count(*) FROM r GROUP BY s', 'add it to GROUP BY, or write max(i)'],
    ['SELECT i, max(j) FROM r', 'add it to GROUP BY, or write max(i)'],
    ['SELECT s FROM r GROUP BY s ORDER BY i', 'add it to GROUP BY'],
    ['SELECT *, count(*) FROM r', 'name the columns'],
    ['SELECT date(t) AS t, count(*) FROM r GROUP BY t', 'give the alias another name'],
    ['SELECT max(t3) - min(t3) FROM r', "write unixepoch(max(t3), 'subsec') - unixepoch(min(t3), 'subsec')"],
    ['SELECT t3 + 3600 FROM r', "write datetime(x, '+3600 seconds')"],
    ['SELECT avg(t) FROM r', 'write avg(unixepoch(t))'],
    ["SELECT i FROM r WHERE t = 'yesterday'", "write '2024-03-10 10:00:00'"],
    ["SELECT i FROM r WHERE t = '2024-03-10 10:00:00.5'", 'finer than the column'],
    ['SELECT i FROM r WHERE t > s', 'write datetime(s)'],
    ['SELECT i FROM r WHERE s > 5', 'write CAST(s AS REAL)'],
    ["SELECT i FROM r WHERE i > 'x'", 'write a number'],
    ['SELECT arr FROM r GROUP BY arr', 'arr ->> 0'],
    ['SELECT DISTINCT m FROM r', "m ->> 'key'"],
    ['SELECT j + 1 FROM r', 'overflow: the result does not fit'],
    ['SELECT u * 2 FROM r', 'overflow'],
    ['SELECT dd * dd * dd FROM r', 'overflow'],
    ['SELECT i FROM r WHERE f / f > 0', 'write nullif(divisor, 0)'],
    ['SELECT CAST(d AS Decimal(10, 1)) FROM r', 'write INTEGER, REAL or TEXT'],
    ['SELECT i FROM r WHERE i NOT IN (1, NULL)', 'leave it out'],
    ['SELECT i FROM r EXCEPT SELECT 1', 'SELECT DISTINCT'],
    ['SELECT group_concat(s) FROM r', "write group_concat(x, ',')"],
    ["SELECT i FROM r WHERE s ILIKE 'a%'", 'write lower(x) LIKE lower(y)'],
    ['SELECT t + INTERVAL 1 HOUR FROM r', "write datetime(x, '+1 hour')"],
    ['SELECT i::String FROM r', 'write CAST(x AS type)'],
    ['SELECT i FROM r LIMIT 1 BY s', 'row_number()'],
    ['SELECT i FROM r FINAL', 'FROM without it'],
    ['SELECT i FROM r ANY LEFT JOIN r AS q USING (i)', 'LEFT JOIN'],
    ['SELECT i FROM r WHERE s = "ab"', 'no such column'],
    ['SELECT 1 + 2 || s FROM r', 'needs brackets'],
    ['SELECT max(uu) FROM r', 'CAST(x AS TEXT)'],
    ['SELECT toStartOfHour(t) FROM r', "write strftime('%Y-%m-%d %H:00:00', t)"],
    ['SELECT uniq(s) FROM r', 'write count(DISTINCT x)'],
    ['SELECT multiIf(i > 0, 1, 2) FROM r', 'write CASE WHEN'],
    ['SELECT quantile(0.5)(i) FROM r', 'there is no quantile(…)(…) here: write percentile(x, 90)'],
    ['SELECT s, quantiles(0.5, 0.9)(i) FROM r GROUP BY s', 'write percentile(x, 50), percentile(x, 90)'],
    ['SELECT topK(3)(s) FROM r', 'write (SELECT x FROM … GROUP BY x'],
    ['SELECT sequenceMatch(1)(i) FROM r', 'write a function with one list of arguments'],
    ["SELECT dateDiff('second', min(t), max(t)) FROM r", 'write unixepoch(b) - unixepoch(a), in seconds'],
    ['SELECT mod(b, 2) + u FROM r', 'overflow'],
    ['WITH q AS (SELECT (i - i) / i AS x FROM r) SELECT x FROM q', 'nullif'],
  ])('refuses %s and says what to write', async (query, text) => {
    const response = await client.fetch(sqlPath(query));
    expect(await response.json()).toMatchObject({ error: expect.stringContaining(text) as string });
    expect(response.status).toBe(400);
  });
});
