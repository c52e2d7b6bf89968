import { SqlClient, sqlPath } from './support/sql-client';

const SCHEMA = [
  't DateTime64(3) `json:$.t`',
  'd Date `json:$.d`',
  'i Int32 `json:$.i`',
  'b Decimal(38, 9) `json:$.b`',
  'p Decimal(10, 2) `json:$.p`',
  'u UInt64 `json:$.u`',
  'j JSON `json:$.j`',
  'arr Array(UInt64) `json:$.arr`',
  'tags Map(String, String) `json:$.tags`',
  'n String `json:$.n`',
];

const ROWS = [
  '{"t":"2024-03-10 10:00:00.000","d":"2024-03-10","i":7,"b":0.1,"p":0.1,"u":"18446744073709551615","j":{"n":18446744073709551615,"least":-9223372036854775809,"fits":9223372036854775807,"half":0.5,"list":[1,9223372036854775808]},"arr":[18446744073709551615],"tags":{"k":"1"},"n":"7"}',
  '{"t":"2024-03-10 10:30:00.500","d":"2024-03-11","i":-7,"b":0.2,"p":0.2,"u":5,"j":{"n":1},"arr":[],"tags":{},"n":"x"}',
];

describe('What SQL answers as ClickHouse does, or refuses', () => {
  let client: SqlClient;

  beforeAll(async () => {
    client = await SqlClient.startWith('w', SCHEMA, ROWS);
  });

  afterAll(() => client.close());

  it.each([
    ['times made texts', "SELECT count(*) FROM w WHERE CAST(t AS TEXT) LIKE '2024-03-10 10%'", '2'],
    [
      'an integer beyond Int64 in JSON',
      "SELECT j ->> 'n', j ->> 'least', j ->> 'fits' FROM w WHERE i = 7",
      '18446744073709551615\t-9223372036854775809\t9223372036854775807',
    ],
    ['the same by json_extract', "SELECT json_extract(j, '$.n') FROM w ORDER BY i", '1\n18446744073709551615'],
    ['the same by a path that is calculated', "SELECT j ->> ('$.' || 'n') FROM w WHERE i = 7", '18446744073709551615'],
    [
      'the same in a list',
      "SELECT j ->> 'list' ->> 1, j -> 'list' ->> 1, arr ->> 0 FROM w WHERE i = 7",
      '9223372036854775808\t9223372036854775808\t18446744073709551615',
    ],
    [
      'the same by json_each',
      "SELECT value, e.value FROM w, json_each(j, '$.list') AS e",
      '1\t1\n9223372036854775808\t9223372036854775808',
    ],
    [
      'the same as a text',
      "SELECT CAST(j ->> 'n' AS TEXT), 'n' || (j ->> 'n') FROM w WHERE i = 7",
      '18446744073709551615\tn18446744073709551615',
    ],
    [
      'the same, chosen',
      "SELECT coalesce(j ->> 'n', 0), if(i = 7, j ->> 'n', 0) FROM w WHERE i = 7",
      '18446744073709551615\t18446744073709551615',
    ],
    ['the same, rounded', "SELECT CAST(j ->> 'n' AS REAL) > 1e19 FROM w WHERE i = 7", '1'],
    ['whether there is one', "SELECT count(j ->> 'n') FROM w WHERE j ->> 'n' IS NOT NULL", '2'],
    ['other numbers in JSON', "SELECT sum(j ->> 'half'), max(j ->> 'fits') FROM w", '0.5\t9223372036854775807'],
    ['averages of decimals', 'SELECT avg(p), avg(b), avg(DISTINCT p) FROM w', '0.15\t0.15\t0.15'],
    ['averages of some decimals', 'SELECT avg(b) FILTER (WHERE i > 0), avg(p) FILTER (WHERE i > 9) FROM w', '0.1\t\\N'],
    [
      'averages of decimals over windows',
      'SELECT avg(b) OVER (ORDER BY i ROWS BETWEEN CURRENT ROW AND 1 FOLLOWING) FROM w',
      '0.15\n0.1',
    ],
    ['averages of unsigned integers', 'SELECT avg(u) > 9e18 FROM w', '1'],
    [
      'a subquery of one row',
      'SELECT (SELECT i FROM w WHERE i > 0), (SELECT i FROM w ORDER BY i LIMIT 1), (SELECT max(i) FROM w)',
      '7\t-7\t7',
    ],
    ['a subquery of no row', 'SELECT (SELECT i FROM w WHERE i = 99)', '\\N'],
    [
      'a subquery that names the outer row',
      'SELECT (SELECT x.n FROM w AS x WHERE x.i = w.i) FROM w ORDER BY i',
      'x\n7',
    ],
  ])('answers %s', async (_what, query, text) => {
    expect((await client.ask(`${query} FORMAT TSV`)).trimEnd()).toBe(text);
  });

  it.each([
    ["SELECT i FROM w WHERE t LIKE '2024-03-10T10%'", "write t >= '2024-03-10 10:00:00' AND t < '2024-03-10 11:00:00'"],
    ["SELECT i FROM w WHERE d NOT LIKE '2024%'", "write d >= '2024-03-10' AND d < '2024-03-11'"],
    ["SELECT i FROM w WHERE t GLOB '2024*'", 'or CAST(t AS TEXT)'],
    ["SELECT i LIKE '7' FROM w", 'or CAST(i AS TEXT)'],
    ["SELECT p LIKE '0%' FROM w", 'or CAST(p AS TEXT)'],
    ['SELECT n LIKE i FROM w', 'or CAST(i AS TEXT)'],
    ["SELECT arr LIKE '%1%' FROM w", 'arr ->> 0'],
    ["SELECT like('7%', n) FROM w", 'write x LIKE pattern'],
    ["SELECT position(t, 'T') FROM w", "write strftime('%Y-%m-%d %H', t)"],
    ['SELECT substr(t, 1, 10) FROM w', 'CAST(t AS TEXT)'],
    ['SELECT upper(d) FROM w', 'CAST(d AS TEXT)'],
    ['SELECT length(i) FROM w', 'write CAST(i AS TEXT)'],
    ["SELECT replace(b, '.', ',') FROM w", 'write CAST(b AS TEXT)'],
    ["SELECT i FROM w WHERE j ->> 'n' > 5", '18446744073709551615 in JSON is beyond Int64; write CAST(x AS TEXT)'],
    ["SELECT sum(json_extract(j, '$.n')) FROM w", 'or CAST(x AS REAL), which rounds'],
    ["SELECT j ->> 'n', count(*) FROM w GROUP BY j ->> 'n'", 'beyond Int64'],
    ["SELECT DISTINCT j ->> 'n' FROM w", 'beyond Int64'],
    ["SELECT j ->> 'n' AS x FROM w ORDER BY x", 'beyond Int64'],
    ["SELECT j ->> 'n' FROM w ORDER BY 1", 'beyond Int64'],
    ["SELECT value FROM w, json_each(j, '$.list') WHERE value > 1", 'beyond Int64'],
    ['SELECT total(p) FROM w', 'write coalesce(sum(p), 0)'],
    ['SELECT total(b) FROM w', 'write coalesce(sum(b), 0)'],
    ['SELECT (SELECT i FROM w)', 'write LIMIT 1 or an aggregate'],
    ['SELECT i FROM w WHERE i = (SELECT i FROM w)', 'write LIMIT 1 or an aggregate'],
    ['SELECT (SELECT i FROM w ORDER BY i LIMIT 0, 2)', 'write LIMIT 1 or an aggregate'],
    ['SELECT (VALUES (1), (2))', 'write LIMIT 1 or an aggregate'],
    ['SELECT i FROM w WHERE (i, p) = (SELECT i, p FROM w)', 'write LIMIT 1'],
    [
      'SELECT toStartOfWeek(t) FROM w',
      "there is no function toStartOfWeek here; write date(t, '-6 days', 'weekday 0')",
    ],
    ['SELECT addMonths(t, 1) FROM w', "write datetime(t, '+1 month', 'floor')"],
    ['SELECT arraySum(arr) FROM w', 'write (SELECT sum(value) FROM json_each(list))'],
    ['SELECT left(n, 1) FROM w', 'write substring(x, 1, n)'],
    ['SELECT toInt8(i) FROM w', 'write CAST(x AS Int8)'],
    ['SELECT tostartofhuor(t) FROM w', 'did you mean toStartOfHour? It is written strftime('],
    ['SELECT uppper(n) FROM w', 'did you mean upper?'],
    ['SELECT cityHash64(n) FROM w', 'docs/events-api.md lists what there is'],
    ['SELECT j.n FROM w', "no such column: j.n; write j ->> 'n'"],
    ['SELECT w.j.n FROM w', 'no such column: w.j.n'],
    ['SELECT i div 2 FROM w', 'write intDiv(a, b)'],
    ['SELECT i mod n FROM w', 'write a % b'],
    ["SELECT CAST('abc' AS Int32)", '"abc" is no such number'],
    ["SELECT CAST('1.9' AS Int32)", 'write CAST(x AS REAL)'],
    ["SELECT CAST('' AS Float64)", "write nullif(x, '')"],
    ['SELECT CAST(n AS REAL) FROM w', '"x" is no such number'],
    ['SELECT CAST(1e30 AS Int64)', 'write CAST(x AS REAL)'],
    ['SELECT CAST(p * 10000 AS UInt8) FROM w', 'write CAST(p * 10000 AS REAL)'],
    ["SELECT CAST('2024-03-10T10:00:00.5Z' AS DateTime)", 'finer than the column'],
    ["SELECT CAST('2024-02-30' AS Date)", 'is no time'],
    ["SELECT date('2024-02-30')", 'is no time'],
    ["SELECT datetime('2024-02-30 10:00:00', '+1 day')", 'is no time'],
    ['SELECT sum(n) FROM w', 'write sum(CAST(n AS REAL))'],
    ["SELECT avg(tags ->> 'k') FROM w", "write avg(CAST(tags ->> 'k' AS REAL))"],
    ["SELECT round('7')", "write round(CAST('7' AS REAL))"],
    ['SELECT n + 1 FROM w', 'write CAST(n AS REAL)'],
    ['SELECT -n FROM w', 'write CAST(n AS REAL)'],
    ['SELECT n & 1 FROM w', 'write CAST(n AS REAL)'],
    ['SELECT t | 1 FROM w', 'there are no bits of DateTime64(3)'],
  ])('refuses %s and says what to write', async (query, text) => {
    const response = await client.fetch(sqlPath(query));
    expect(await response.json()).toMatchObject({ error: expect.stringContaining(text) as string });
    expect(response.status).toBe(400);
  });
});
