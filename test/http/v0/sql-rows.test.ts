import { SqlClient, sqlPath } from './support/sql-client';

const SCHEMA = [
  't DateTime64(3) `json:$.t`',
  's DateTime `json:$.s`',
  'i Int32 `json:$.i`',
  'b Decimal(38, 9) `json:$.b`',
  'p Decimal(10, 2) `json:$.p`',
  'u UInt64 `json:$.u`',
  'k Nullable(Int32) `json:$.k`',
  'uu UUID `json:$.uu`',
  'arr Array(Int32) `json:$.arr`',
  'n String `json:$.n`',
];

const ROWS = [
  '{"t":"2024-03-10 10:00:00.000","s":"2024-03-10 10:00:00","i":7,"b":0.1,"p":0.1,"u":"18446744073709551615","k":null,"uu":"61f0c404-5cb3-11e7-907b-a6006ad3dba0","arr":[1],"n":"7"}',
  '{"t":"2024-03-10 10:30:00.500","s":"2024-03-10 10:30:00","i":-7,"b":0.2,"p":0.2,"u":5,"k":1,"uu":"61f0c404-5cb3-11e7-907b-a6006ad3dba1","arr":[],"n":"x"}',
];

describe('Row values in SQL', () => {
  let client: SqlClient;

  beforeAll(async () => {
    client = await SqlClient.startWith('w', SCHEMA, ROWS);
  });

  afterAll(() => client.close());

  it.each([
    ["(t, i) = ('2024-03-10T10:00:00.000Z', 7)", 1],
    ["(t, i) <> ('2024-03-10T10:00:00.000Z', 7)", 1],
    ["(t, i) IS ('2024-03-10T10:00:00Z', 7)", 1],
    ["(t, i) IS NOT ('2024-03-10T10:00:00Z', 7)", 1],
    ["(t, i) IS DISTINCT FROM ('2024-03-10T10:00:00Z', 7)", 1],
    ["(t, i) IS NOT DISTINCT FROM ('2024-03-10T10:00:00Z', 7)", 1],
    ["(t, i) >= ('2024-03-10T10:00:00.000Z', 0)", 2],
    ["(t, i) > ('2024-03-10T11:00:00+01:00', 7)", 1],
    ["(t, i, p) < ('2024-03-10T10:00:00Z', 7, 0.2)", 1],
    ["(t, i) <= ('2024-03-10T10:00:00Z', 6)", 0],
    ["(t, i) BETWEEN ('2024-03-10T10:00:00Z', 0) AND ('2024-03-10T10:00:00Z', 9)", 1],
    ["(t, i) NOT BETWEEN ('2024-03-10T10:00:00Z', 0) AND ('2024-03-10T10:00:00Z', 9)", 1],
    ["(t, i) IN (('2024-03-10T10:00:00Z', 7), ('2024-03-10T10:30:00.5Z', -7))", 2],
    ["(t, i) NOT IN (('2024-03-10T10:00:00Z', 7))", 1],
    ["(t, i) IN (VALUES ('2024-03-10T10:00:00Z', 7), ('2024-03-10T10:30:00.5Z', -7))", 2],
    ['(b, i) = (0.1, 7)', 1],
    ['(b, 1) = (0.1, 1)', 1],
    ['(u, i) > (18446744073709551614, 0)', 1],
    ["((b, i), n) = ((0.1, 7), '7')", 1],
    ["(uu, i) = ('61F0C404-5CB3-11E7-907B-A6006AD3DBA0', 7)", 1],
    ["CASE (t, 1) WHEN ('2024-03-10T10:00:00.000Z', 1) THEN 1 ELSE 0 END", 1],
    ['((b, i) = (0.1, 7), 1) = (true, 1)', 1],
    ['(i, p) IN (SELECT i, p FROM w)', 2],
    ['(i, p) = (SELECT i, p FROM w WHERE i = 7 LIMIT 1)', 1],
  ])('%s compares the values by the rules of each', async (condition, count) => {
    expect(await client.ask(`SELECT count(*) FROM w WHERE ${condition} FORMAT TSV`)).toBe(`${count}\n`);
  });

  it('compares them in ON, in a list of the result and in subqueries as well', async () => {
    expect(await client.ask('SELECT count(*) FROM w a JOIN w b ON (a.t, a.i) = (b.s, b.i) FORMAT TSV')).toBe('1\n');
    const inside = 'SELECT z FROM (SELECT i, (b, i) > (0.1, 6) AS z FROM w) WHERE i = (SELECT 7 WHERE (1, 2) < (1, 3))';
    expect(await client.ask(`${inside} FORMAT TSV`)).toBe('1\n');
  });

  it('names a column as it was written', async () => {
    expect(await client.ask('SELECT (b, i) = (0.1, 7) FROM w LIMIT 1 FORMAT CSVWithNames')).toBe(
      '"(b, i) = (0.1, 7)"\n1\n',
    );
  });

  it('finds no row with a NULL in a list', async () => {
    const query =
      'SELECT (k, i) IN ((1, 7)), (k, i) NOT IN ((1, 7)), (k, i) IN (SELECT i, i FROM w) FROM w WHERE i = 7';
    expect(await client.ask(`${query} FORMAT TSV`)).toBe('0\t1\t0\n');
  });

  it.each([
    ["(arr, i) = ('[1]', 7)", 'arr ->> 0'],
    ['(n, i) = (7, 7)', 'write CAST(n AS REAL)'],
    ["(uu, i) < ('61f0c404-5cb3-11e7-907b-a6006ad3dba0', 1)", 'CAST(x AS TEXT)'],
    ['(t, i) IN (SELECT s, i FROM w)', 'make them one with CAST or datetime(…)'],
    ['(t, i) = (SELECT s, i FROM w LIMIT 1)', 'make them one with CAST or datetime(…)'],
    ['(u, i) > (SELECT u, i FROM w LIMIT 1)', 'compare the columns one by one'],
    ['(i, p) = (1, 2, 3)', 'write rows of as many values'],
    ['(i, p) BETWEEN (1, 2) AND 3', 'write rows of as many values'],
    ['(i, p) IN (1, 2)', 'write rows of as many values'],
    ['CASE (i, p) WHEN 1 THEN 1 END', 'write rows of as many values'],
    ['(i, p) = 1', 'row value misused'],
  ])('refuses %s and says what to write', async (condition, text) => {
    const response = await client.fetch(sqlPath(`SELECT count(*) FROM w WHERE ${condition}`));
    expect(await response.json()).toMatchObject({ error: expect.stringContaining(text) as string });
    expect(response.status).toBe(400);
  });

  it('refuses a table in place of a list, whose values would be compared as texts', async () => {
    const response = await client.fetch(sqlPath('WITH q AS (SELECT t FROM w) SELECT count(*) FROM w WHERE s IN q'));
    expect(await response.json()).toMatchObject({
      error: expect.stringContaining('write x IN (SELECT column FROM table)') as string,
    });
  });

  it('refuses comparisons inside of others that would grow without bounds', async () => {
    const condition = `${'('.repeat(30)}i, 1) < (2, 1)${', 1) < (2, 1)'.repeat(29)}`;
    const response = await client.fetch(sqlPath(`SELECT count(*) FROM w WHERE ${condition}`));
    expect(await response.json()).toMatchObject({ error: expect.stringContaining('too long') as string });
  });
});
