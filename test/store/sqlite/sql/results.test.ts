import { batchOf, send } from '../../support/batches';
import { SqlStore, column } from './support/sql-store';

const INT8 = { type: 'Int8', storage: 'integer' } as const;
const INT64 = { type: 'Int64', storage: 'integer', form: 'large_integer' } as const;
const UINT64 = { type: 'UInt64', storage: 'any', form: 'large_integer' } as const;
const FLOAT = { type: 'Float64', storage: 'real' } as const;
const DECIMAL = { type: 'Decimal(38, 4)', form: 'decimal' } as const;
const BOOL = { type: 'Bool', storage: 'integer', form: 'bool' } as const;
const ARRAY = { type: 'Array(Int16)', form: 'json' } as const;
const NULLABLE = { type: 'LowCardinality(Nullable(String))', nullable: true } as const;

describe('SqliteSqlEngine.query', () => {
  let sql: SqlStore;

  beforeAll(async () => {
    sql = await SqlStore.open();
    const tags = { unit: 'km/h', 'a"b': '\n' };
    await send(
      sql.store,
      'trip 1',
      batchOf([
        { timestamp: 9223372036854775807n, id: 'speed', value: '42', tags },
        { timestamp: -9223372036854775808n, id: 'lap' },
      ]),
      'cars',
    );
    await sql.addRows(
      'mixed',
      [
        column('small', INT8),
        column('big', INT64),
        column('huge', UINT64),
        column('f', FLOAT),
        column('d', DECIMAL),
        column('yes', BOOL),
        column('list', ARRAY),
        column('maybe', NULLABLE),
        column('text'),
      ],
      String.raw`1,9223372036854775807,"18446744073709551615",1.5,"12345678901234567890.1234",1,[1,[2]],"x","it's \"q\",\t\\ \n é🚗"`,
      '-1,-9223372036854775808,7,1e300,"-0.5",0,[],null,""',
    );
  });

  afterAll(() => sql.close());

  const meta = async (text: string): Promise<unknown> => {
    const { meta: columns } = JSON.parse(await sql.ask(text)) as { meta: { name: string; type: string }[] };
    return columns.map(({ name, type }) => `${name} ${type}`);
  };

  it('writes JSON with meta, data, rows and statistics unless it is asked for something else', async () => {
    const result = JSON.parse(await sql.ask('SELECT small, text FROM mixed WHERE small < 0')) as object;
    expect(result).toEqual({
      meta: [
        { name: 'small', type: 'Int8' },
        { name: 'text', type: 'String' },
      ],
      data: [{ small: -1, text: '' }],
      rows: 1,
      rows_before_limit_at_least: 1,
      statistics: { elapsed: expect.any(Number) as number, rows_read: 1, bytes_read: expect.any(Number) as number },
    });
    expect(Object.keys(result)).toEqual(['meta', 'data', 'rows', 'rows_before_limit_at_least', 'statistics']);
  });

  it('writes a result without rows', async () => {
    expect(JSON.parse(await sql.ask('SELECT small FROM mixed WHERE 0'))).toMatchObject({ data: [], rows: 0 });
    expect(await sql.ask('SELECT small FROM mixed WHERE 0 FORMAT JSONEachRow')).toBe('');
    expect(await sql.ask('SELECT small FROM mixed WHERE 0 FORMAT CSVWithNames')).toBe('"small"\n');
  });

  it('keeps every digit of integers and decimals', async () => {
    expect(await sql.rows('SELECT small, big, huge, f, d, yes, list, maybe FROM mixed')).toEqual([
      '[1,9223372036854775807,18446744073709551615,1.5,12345678901234567890.1234,true,[1,[2]],"x"]',
      '[-1,-9223372036854775808,7,1e+300,-0.5,false,[],null]',
    ]);
    expect(await sql.rows('SELECT timestamp, max(timestamp) OVER () FROM cars')).toEqual([
      '[9223372036854775807,9223372036854775807]',
      '[-9223372036854775808,9223372036854775807]',
    ]);
  });

  it('puts integers of 64 bits and more in quotes where that is asked for', async () => {
    const rows = await sql.rows('SELECT small, big, huge, d, yes, count(*) OVER () FROM mixed', {
      quoteLargeIntegers: true,
    });
    expect(rows).toEqual([
      '[1,"9223372036854775807","18446744073709551615",12345678901234567890.1234,true,"2"]',
      '[-1,"-9223372036854775808","7",-0.5,false,"2"]',
    ]);
  });

  it.each([
    [
      'JSONEachRow',
      '{"small":1,"huge":18446744073709551615,"f":1.5,"yes":true,"list":[1,[2]],"maybe":"x","text":"it\'s \\"q\\",\\t\\\\ \\n é🚗"}\n' +
        '{"small":-1,"huge":7,"f":1e+300,"yes":false,"list":[],"maybe":null,"text":""}\n',
    ],
    [
      'JSONCompactEachRow',
      '[1,18446744073709551615,1.5,true,[1,[2]],"x","it\'s \\"q\\",\\t\\\\ \\n é🚗"]\n[-1,7,1e+300,false,[],null,""]\n',
    ],
    ['CSV', '1,18446744073709551615,1.5,true,"[1,[2]]","x","it\'s ""q"",\t\\ \n é🚗"\n-1,7,1e+300,false,"[]",\\N,""\n'],
    [
      'CSVWithNames',
      '"small","huge","f","yes","list","maybe","text"\n' +
        '1,18446744073709551615,1.5,true,"[1,[2]]","x","it\'s ""q"",\t\\ \n é🚗"\n-1,7,1e+300,false,"[]",\\N,""\n',
    ],
    [
      'TSV',
      '1\t18446744073709551615\t1.5\ttrue\t[1,[2]]\tx\tit\\\'s "q",\\t\\\\ \\n é🚗\n-1\t7\t1e+300\tfalse\t[]\t\\N\t\n',
    ],
    [
      'TabSeparatedWithNames',
      'small\thuge\tf\tyes\tlist\tmaybe\ttext\n' +
        '1\t18446744073709551615\t1.5\ttrue\t[1,[2]]\tx\tit\\\'s "q",\\t\\\\ \\n é🚗\n-1\t7\t1e+300\tfalse\t[]\t\\N\t\n',
    ],
  ])('writes %s', async (format, text) => {
    expect(await sql.ask(`SELECT small, huge, f, yes, list, maybe, text FROM mixed FORMAT ${format}`)).toBe(text);
  });

  it('writes JSONCompact with arrays for rows', async () => {
    expect(JSON.parse(await sql.ask('SELECT small, yes FROM mixed FORMAT JSONCompact'))).toMatchObject({
      data: [
        [1, true],
        [-1, false],
      ],
    });
  });

  it('draws PrettyCompact, numbers to the right', async () => {
    expect(await sql.ask('SELECT small AS n, maybe AS größe FROM mixed FORMAT PrettyCompact')).toBe(
      '┌──n─┬─größe─┐\n│  1 │ x     │\n│ -1 │ ᴺᵁᴸᴸ  │\n└────┴───────┘\n'.replace('┌──n─┬', '┌─n──┬'),
    );
  });

  it.each(['json', 'ndjson', 'TsvWithNames', 'tabseparated', 'pretty', 'JSONLines'])(
    'takes FORMAT %s, in any case',
    async (format) => {
      await expect(sql.ask(`SELECT 1 FORMAT ${format}`)).resolves.toContain('1');
    },
  );

  it('names the formats there are', async () => {
    await expect(sql.ask('SELECT 1 FORMAT Parquet')).rejects.toMatchObject({
      message:
        'there is no format "Parquet"; there are JSON, JSONCompact, JSONEachRow, JSONLines, NDJSON, JSONCompactEachRow, CSV, CSVWithNames, TSV, TabSeparated, TSVWithNames, TabSeparatedWithNames, PrettyCompact, Pretty',
    });
  });

  it('gives each column the type it has in its data source, through subqueries and CTEs', async () => {
    expect(await meta('SELECT * FROM cars')).toEqual([
      'offset Int64',
      'stream_id String',
      'timestamp Int64',
      'id String',
      'value Nullable(String)',
      'tags Map(String, String)',
    ]);
    expect(await meta('WITH a AS (SELECT d, list AS l FROM mixed) SELECT * FROM (SELECT * FROM a), mixed')).toEqual([
      'd Decimal(38, 4)',
      'l Array(Int16)',
      'small Int8',
      'big Int64',
      'huge UInt64',
      'f Float64',
      'd_1 Decimal(38, 4)',
      'yes Bool',
      'list Array(Int16)',
      'maybe LowCardinality(Nullable(String))',
      'text String',
      '_rest JSON',
    ]);
    expect(await meta('SELECT b.small, b.maybe FROM cars LEFT JOIN mixed AS b ON b.small = 99')).toEqual([
      'small Nullable(Int8)',
      'maybe LowCardinality(Nullable(String))',
    ]);
  });

  it('gives an expression the type that holds all its values', async () => {
    const values = 'count(*) AS n, sum(f) AS s, max(text) AS t, NULL AS u, min(maybe) AS m';
    expect(await meta(`SELECT ${values} FROM mixed`)).toEqual([
      'n Int64',
      's Float64',
      't String',
      'u Nullable(String)',
      'm String',
    ]);
    expect(await meta('SELECT column1 AS c FROM (VALUES (1), (NULL), (1.5))')).toEqual(['c Nullable(Float64)']);
    expect(await meta("SELECT column1 AS c FROM (VALUES (1), ('a'))")).toEqual(['c String']);
  });

  it('tells result columns of the same name apart', async () => {
    expect(await sql.ask('SELECT 1 AS a, 2 AS a, 3 AS A, 4 AS a_1, 5 AS a FORMAT JSONEachRow')).toBe(
      '{"a":1,"a_2":2,"A":3,"a_1":4,"a_3":5}\n',
    );
  });

  it('writes tags as an object', async () => {
    expect(await sql.rows('SELECT tags FROM cars')).toEqual(['[{"unit":"km/h","a\\"b":"\\n"}]', '[null]']);
  });

  it('takes for JSON only what is, and no text for a number, whatever column it seems to come from', async () => {
    expect(
      await sql.rows("SELECT list FROM mixed UNION ALL SELECT '[1' UNION ALL SELECT '[\"' UNION ALL SELECT 'x'"),
    ).toEqual(['[[1,[2]]]', '[[]]', '["[1"]', '["[\\""]', '["x"]']);
    await expect(sql.rows("SELECT d FROM mixed UNION ALL SELECT '1,2'")).rejects.toMatchObject({ code: 'invalid_sql' });
    await expect(sql.rows('SELECT yes FROM mixed UNION ALL SELECT 2')).rejects.toMatchObject({ code: 'invalid_sql' });
  });

  it('writes floats that are no finite numbers as null in JSON, and bytes as hexadecimal digits', async () => {
    const text = "SELECT 9e999 AS a, -9e999 AS b, x'00ff' AS c, -0.0 AS d";
    expect(await sql.rows(text)).toEqual(['[null,null,"00ff",0]']);
    expect(await sql.ask(`${text} FORMAT CSV`)).toBe('inf,-inf,"00ff",0\n');
    expect(await sql.ask(`${text} FORMAT TSV`)).toBe('inf\t-inf\t00ff\t0\n');
  });

  it('keeps NUL characters in texts', async () => {
    expect(await sql.rows("SELECT 'a' || char(0) || 'b'")).toEqual(['["a\\u0000b"]']);
    expect(await sql.ask("SELECT 'a' || char(0) || 'b' FORMAT TSV")).toBe('a\\0b\n');
  });

  it.each(['\u2028', '\u2029', '\x85', '\r'])('takes %j, which ends a line elsewhere, in a query', async (sign) => {
    const code = sign.charCodeAt(0);
    const text = `SELECT 'a${sign}b' = 'a' || char(${code}) || 'b' -- ${sign}\n`;
    expect(await sql.rows(text)).toEqual(['[1]']);
  });

  it('shows of a quarantined row why it is there, its values and its text', async () => {
    await sql.addRows('shop', [column('n', INT8), column('t')], '1,"a"');
    await sql.quarantine('shop', '{"n":"é"', { n: 'not an integer', t: 'missing' }, ['é', null]);
    const [row] = await sql.rows('SELECT * FROM shop_quarantine');
    const values = JSON.parse(row ?? '') as unknown[];
    expect(values).toEqual([
      ['n', 't'],
      ['not an integer', 'missing'],
      null,
      'é',
      null,
      expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/) as string,
      '{"n":"é"',
    ]);
    const now = Date.now() / 1000;
    expect(Math.abs(Date.parse(`${String(values[5])}Z`) / 1000 - now)).toBeLessThan(60);
    expect(await meta('SELECT * FROM shop_quarantine')).toEqual([
      'c__error_column Array(String)',
      'c__error Array(String)',
      'c__import_id Nullable(String)',
      'n String',
      't Nullable(String)',
      'insertion_date DateTime',
      'c__row String',
    ]);
  });

  it('writes what was unknown in a row as an object', async () => {
    await sql.addRows('loose', [column('t')], '[{"more":{"deep":[1]}},"a"]');
    expect(await sql.rows('SELECT * FROM loose')).toEqual(['["a",{"more":{"deep":[1]}}]']);
  });
});
