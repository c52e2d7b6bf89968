import { Command } from '../../support/command';
import { SharedHub } from '../../support/shared-hub';
import { SECRET, temporaryDirectory, token } from '../../support/test-hub';
import { errorOf, RowsHub } from './support/rows';

const shared = new SharedHub();
const emptied = async (): Promise<RowsHub> => RowsHub.of(await shared.emptied());

const push = (rows: RowsHub, ...columns: string[]) =>
  rows.hub.post('/v0/datasources?name=a', `SCHEMA >\n${columns.map((column) => `    ${column}`).join(',\n')}\n`, {
    'content-type': 'text/plain',
  });

/** What SQL says of each value of `v`: its text in an answer, and how SQLite keeps it. */
const values = async (rows: RowsHub): Promise<[value: string, kind: unknown][]> => {
  const lines = await rows.hub.read(
    `/v0/sql?q=${encodeURIComponent('SELECT v, typeof(v) FROM a ORDER BY n FORMAT TSV')}`,
  );
  return lines
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t') as [string, string]);
};

/** A data source of a type, with a row for each value. */
async function filled(type: string, ...texts: string[]): Promise<RowsHub> {
  const rows = await emptied();
  await rows.schema('a', 'n Int32', `v ${type}`);
  if (texts.length === 0) return rows;
  const body = texts.map((text, n) => `{"n":${n},"v":${text}}`).join('\n');
  expect(await rows.stored('a', body)).toEqual({ successful_rows: texts.length, quarantined_rows: 0 });
  return rows;
}

describe('a column gets another type', () => {
  it.each([
    [
      'Int16',
      'Float64',
      ['21', '-32768'],
      [
        ['21', 'real'],
        ['-32768', 'real'],
      ],
      '21.5',
      '21.5',
    ],
    ['UInt32', 'Float64', ['4294967295'], [['4294967295', 'real']], '0.25', '0.25'],
    [
      'Int64',
      'Float64',
      ['-9007199254740992', '7'],
      [
        ['-9007199254740992', 'real'],
        ['7', 'real'],
      ],
      '1e300',
      '1e+300',
    ],
    [
      'Int64',
      'Int128',
      ['9223372036854775807'],
      [['9223372036854775807', 'integer']],
      '1' + '0'.repeat(30),
      '1' + '0'.repeat(30),
    ],
    ['Int64', 'UInt64', ['5'], [['5', 'integer']], '18446744073709551615', '18446744073709551615'],
    [
      'UInt64',
      'Int256',
      ['18446744073709551615', '1'],
      [
        ['18446744073709551615', 'text'],
        ['1', 'integer'],
      ],
      '-1',
      '-1',
    ],
    ['UInt64', 'Int64', ['9223372036854775807'], [['9223372036854775807', 'integer']], '-1', '-1'],
    [
      'Int32',
      'Int8',
      ['-128', '127'],
      [
        ['-128', 'integer'],
        ['127', 'integer'],
      ],
      '5',
      '5',
    ],
    [
      'Int64',
      'Decimal(38, 9)',
      ['1234567890123456789'],
      [['1234567890123456789.000000000', 'text']],
      '1.5',
      '1.500000000',
    ],
    ['Int16', 'Decimal(9, 2)', ['21'], [['21', 'real']], '21.25', '21.25'],
    [
      'Decimal(9, 2)',
      'Decimal(20, 4)',
      ['0.10', '-3'],
      [
        ['0.1000', 'text'],
        ['-3.0000', 'text'],
      ],
      '0.0001',
      '0.0001',
    ],
    [
      'Decimal(20, 2)',
      'Decimal(30, 5)',
      ['"12345678901234567.89"'],
      [['12345678901234567.89000', 'text']],
      '1',
      '1.00000',
    ],
    [
      'Float64',
      'Decimal(18, 3)',
      ['0.125', '1e3'],
      [
        ['0.125', 'text'],
        ['1000.000', 'text'],
      ],
      '2',
      '2.000',
    ],
    [
      'DateTime',
      'DateTime64(3)',
      ['"2024-05-06T07:08:09Z"'],
      [['2024-05-06 07:08:09.000', 'text']],
      '"2024-05-06T07:08:10.654Z"',
      '2024-05-06 07:08:10.654',
    ],
    [
      'DateTime64(3)',
      'DateTime64(9)',
      ['1714979291123'],
      [['2024-05-06 07:08:11.123000000', 'text']],
      '"2024-05-06T07:08:10.123456789Z"',
      '2024-05-06 07:08:10.123456789',
    ],
    [
      'DateTime64(6)',
      'DateTime',
      ['"2024-05-06T07:08:09Z"'],
      [['2024-05-06 07:08:09', 'text']],
      '1',
      '1970-01-01 00:00:01',
    ],
    [
      'Date',
      'DateTime64(6)',
      ['"2024-05-06"'],
      [['2024-05-06 00:00:00.000000', 'text']],
      '"2024-05-06T00:00:00.5Z"',
      '2024-05-06 00:00:00.500000',
    ],
    ['DateTime', 'Date', ['"2024-05-06 00:00:00"'], [['2024-05-06', 'text']], '"2024-05-07"', '2024-05-07'],
    ['Nullable(Int16)', 'Float64', ['1'], [['1', 'real']], '1.5', '1.5'],
    ['Int16', 'Nullable(Float64)', ['1'], [['1', 'real']], 'null', '\\N'],
    [
      'Nullable(DateTime)',
      'Nullable(DateTime64(3))',
      ['null'],
      [['\\N', 'null']],
      '"2024-05-06 07:08:09.1"',
      '2024-05-06 07:08:09.100',
    ],
    [
      'Array(DateTime)',
      'Array(DateTime64(3))',
      ['[]', '["2024-05-06T07:08:09Z",1]'],
      [
        ['[]', 'text'],
        ['["2024-05-06 07:08:09.000","1970-01-01 00:00:01.000"]', 'text'],
      ],
      '["2024-05-06 07:08:09.1"]',
      '["2024-05-06 07:08:09.100"]',
    ],
    [
      'Array(Int64)',
      'Array(Float64)',
      ['[21,-9007199254740992]'],
      [['[21,-9007199254740992]', 'text']],
      '[0.5,1e300]',
      '[0.5,1e300]',
    ],
    [
      'Array(Array(Int64))',
      'Array(Array(Nullable(Decimal(38, 2))))',
      ['[[9223372036854775807],[]]'],
      [['[["9223372036854775807.00"],[]]', 'text']],
      '[[0.25,null]]',
      '[["0.25",null]]',
    ],
    [
      'Map(String, Array(Nullable(Float64)))',
      'Map(LowCardinality(String), Array(Int32))',
      ['{"a\\"]}":[1.0,2],"":[]}'],
      [['{"a\\\\"]}":[1,2],"":[]}', 'text']],
      '{"b":[3]}',
      '{"b":[3]}',
    ],
    ['Map(String, Int8)', 'Map(FixedString(2), Int8)', ['{"é":1}'], [['{"é":1}', 'text']], '{"xy":2}', '{"xy":2}'],
  ])('from %s to %s, its values with it', async (from, to, texts, kept, later, shown) => {
    const rows = await filled(from, ...texts);
    const response = await push(rows, 'n Int32', `v ${to}`);
    expect([response.status, await response.json()]).toMatchObject([
      200,
      { created: false, datasource: { columns: [{ type: 'Int32' }, { type: to }] } },
    ]);
    expect(await values(rows)).toEqual(kept);
    expect(await rows.stored('a', `{"n":9,"v":${later}}`)).toMatchObject({ successful_rows: 1 });
    expect((await values(rows)).at(-1)![0]).toBe(shown);
    const meta = JSON.parse(
      await rows.hub.read(`/v0/sql?q=${encodeURIComponent('SELECT v FROM a LIMIT 0')}`),
    ) as object;
    expect(meta).toMatchObject({ meta: [{ name: 'v', type: to }] });
  });

  it.each([
    [
      'Int64',
      'Float64',
      '9007199254740993',
      'the stored value 9007199254740993 does not fit; a Decimal or an integer type keeps all digits',
    ],
    ['Int64', 'Int8', '300', 'the stored value 300 does not fit; a wider integer, Float64 or Decimal may keep it'],
    ['Int8', 'UInt8', '-1', 'the stored value -1 does not fit; a wider integer, Float64 or Decimal may keep it'],
    [
      'UInt64',
      'Int64',
      '9223372036854775808',
      'the stored value "9223372036854775808" does not fit; a wider integer, Float64 or Decimal may keep it',
    ],
    ['Float64', 'Int16', '1.5', 'the stored value 1.5 does not fit; a wider integer, Float64 or Decimal may keep it'],
    ['Float64', 'Float32', '1e300', 'the stored value 1e+300 does not fit; Float64 keeps it'],
    ['Decimal(9, 3)', 'Decimal(9, 2)', '0.125', 'the stored value 0.125 does not fit'],
    [
      'Decimal(38, 1)',
      'Float64',
      '"1234567890123456789.5"',
      'the stored value "1234567890123456789.5" does not fit; a Decimal or an integer type keeps all digits',
    ],
    [
      'DateTime64(3)',
      'DateTime',
      '1714979291123',
      'the stored value "2024-05-06 07:08:11.123" does not fit; a DateTime64 of more digits keeps it',
    ],
    ['DateTime', 'Date', '1', 'the stored value "1970-01-01 00:00:01" does not fit'],
    ['Nullable(Int8)', 'Int8', 'null', 'the stored value null does not fit; keep it Nullable'],
    ['String', 'FixedString(2)', '"aé"', 'the stored value "aé" does not fit'],
    ['String', 'Int64', '"7"', 'stored values such as "7" are not rewritten for that'],
    ['Bool', 'Int8', 'true', 'stored values such as 1 are not rewritten for that'],
    ['Array(Int64)', 'Array(Float64)', '[1,9007199254740993]', 'the stored value "[1,9007199254740993]" does not fit'],
    ['Array(Nullable(Int8))', 'Array(Int8)', '[null]', 'the stored value "[null]" does not fit'],
    [
      'Array(DateTime64(3))',
      'Array(DateTime)',
      '[1714979291123]',
      'the stored value "["2024-05-06 07:08:11.123"]" does not fit',
    ],
    ['Map(String, Int64)', 'Map(String, Int8)', '{"a":1,"b":300}', 'the stored value "{"a":1,"b":300}" does not fit'],
    ['Map(String, Int8)', 'Map(FixedString(1), Int8)', '{"é":1}', 'the stored value "{"é":1}" does not fit'],
    ['Array(String)', 'Array(Int8)', '["1"]', 'the stored value "["1"]" does not fit'],
    ['Map(String, Int8)', 'Array(Int8)', '{"a":1}', 'stored values such as "{"a":1}" are not rewritten for that'],
  ])('but not from %s to %s while %s is stored, which is named', async (from, to, text, reason) => {
    const rows = await filled(from, text);
    const before = [await rows.hub.read('/v0/datasources/a.datasource'), await values(rows)];
    const response = await push(rows, 'n Int32', `v ${to}`);
    expect(response.status).toBe(400);
    expect((await errorOf(response)).replaceAll('\\"', '"')).toBe(
      `the column v cannot turn from ${from} to ${to}: ${reason}`,
    );
    expect([await rows.hub.read('/v0/datasources/a.datasource'), await values(rows)]).toEqual(before);
    expect((await rows.stored('a', `{"n":2,"v":${text}}`)).successful_rows).toBe(1);
  });

  it.each([
    ['String', 'Int64', '5'],
    ['Int16', 'DateTime64(3)', '1'],
    ['Bool', 'Array(String)', '["x"]'],
  ])('from %s to %s as long as it has no rows', async (from, to, text) => {
    const rows = await filled(from);
    expect((await push(rows, 'n Int32', `v ${to}`)).status).toBe(200);
    expect((await rows.stored('a', `{"n":1,"v":${text}}`)).successful_rows).toBe(1);
  });
});

describe('a column of many rows gets another type', () => {
  const line = (n: number) => `{"n":${n},"v":${n % 100},"t":"2024-05-06T07:08:09Z"}`;
  const NARROW = ['n Int32', 'v Int8', 't DateTime'];
  const WIDE = ['n Int32', 'v Float64', 't DateTime64(3)'];
  const CHECK = `SELECT count(*) AS all_rows, count(DISTINCT n) AS different, sum(v = n % 100) AS equal,
      sum(typeof(v) = 'real') AS doubles, sum(t = '2024-05-06 07:08:09.000') AS times FROM a`;

  it.each([
    ['few', 0],
    ['many', 30],
  ])('while rows are sent, in a data source of %s columns, and has it after a restart', async (_, others) => {
    const dataDir = temporaryDirectory();
    const rows = await RowsHub.start({ dataDir });
    const more = Array.from({ length: others }, (_, index) => `c${index} Nullable(String)`);
    await rows.schema('a', ...NARROW, ...more);
    await rows.stored('a', Array.from({ length: 20_000 }, (_, n) => line(n)).join('\n'));
    const pushed = push(rows, ...WIDE, ...more, "late String DEFAULT 'x'");
    const sent = Array.from({ length: 200 }, (_, n) => rows.stored('a', line(20_000 + n)));
    for (const answer of await Promise.all(sent)) expect(answer).toMatchObject({ successful_rows: 1 });
    expect((await pushed).status).toBe(200);
    await rows.stored('a', '{"n":20200,"v":0.0,"t":"2024-05-06T07:08:09.000Z","late":"y"}');
    const all = 20_201;
    const counts = { all_rows: all, different: all, equal: all, doubles: all, times: all };
    expect(await rows.query(CHECK)).toEqual([counts]);
    await rows.hub.close();

    const again = await RowsHub.start({ dataDir });
    expect(await again.query(CHECK)).toEqual([counts]);
    expect(await again.query("SELECT n FROM a WHERE late <> 'x'")).toEqual([{ n: 20_200 }]);
    expect((await push(again, 'n Int32', 'v Decimal(20, 1)', 't DateTime', ...more, 'late String')).status).toBe(200);
    expect(await again.query('SELECT v, t, late FROM a WHERE n = 42')).toEqual([
      { v: 42, t: '2024-05-06 07:08:09', late: 'x' },
    ]);
    await again.stored('a', '{"n":-1,"v":0.1,"t":"2024-05-06 07:08:10","late":"z"}');
    expect(
      await again.hub.read(`/v0/sql?q=${encodeURIComponent('SELECT v, t, late FROM a WHERE n < 0 FORMAT TSV')}`),
    ).toBe('0.1\t2024-05-06 07:08:10\tz\n');
  });
});

describe('a server that is killed while a column gets another type', () => {
  it('has it in one type or the other, all rows alike, and gives it the other when asked again', async () => {
    const dataDir = temporaryDirectory();
    const total = 30_000;
    const server = new Command(['serve', '--port', '0', '--data-dir', dataDir], { WRITER_HUB_JWT_SECRET: SECRET });
    const [url] = await server.printed(/http:\/\/\S+:\d+/);
    const ask = (path: string, body: string) =>
      fetch(`${url}/v0${path}`, { method: 'POST', body, headers: { authorization: `Bearer ${token('admin')}` } });
    await ask('/datasources?name=a', 'SCHEMA >\n    n Int32,\n    v Int16\n');
    const lines = Array.from({ length: total }, (_, n) => `{"n":${n},"v":${n % 100}}`);
    expect((await ask('/events?name=a&wait=true', lines.join('\n'))).status).toBe(200);
    const interrupted = ask('/datasources?name=a', 'SCHEMA >\n    n Int32,\n    v Float64\n').catch(() => undefined);
    // Once another request is answered, the one before it is under way.
    await ask('/events?name=b&wait=true', '{"n":1}');
    server.kill('SIGKILL');
    await interrupted;
    await server.outcome();

    const rows = await RowsHub.start({ dataDir });
    const kinds = 'SELECT typeof(v) AS kind, count(*) AS n FROM a WHERE v = n % 100 GROUP BY 1';
    const [first, ...others] = await rows.query(kinds);
    expect([first!['n'], others]).toEqual([total, []]);
    expect((await push(rows, 'n Int32', 'v Float64')).status).toBe(200);
    expect(await rows.query(kinds)).toEqual([{ kind: 'real', n: total }]);
  });
});

describe('an answer to a changed schema', () => {
  it('says how many rows are in the quarantine, and how those that fit now are stored', async () => {
    const rows = await emptied();
    await rows.stored('a', '{"v":21}');
    expect(await rows.stored('a', '{"v":21.5}\n{"v":21.25}\n{"v":"x"}')).toMatchObject({
      quarantined_rows: 3,
      errors: [
        {
          row: 1,
          column: 'v',
          path: '$.v',
          error:
            "value 21.5 on column 'v' is not Nullable(Int16): its fraction would be lost; a Float64 or Decimal column keeps it",
        },
        { row: 2 },
        { row: 3 },
      ],
    });
    const answer = (await (await push(rows, 'v Float64')).json()) as { quarantine_replay: string };
    expect(answer).toMatchObject({ quarantine_rows: 3, quarantine_replay: 'POST /v0/datasources/a/quarantine/replay' });
    const [method, path] = answer.quarantine_replay.split(' ');
    const replayed = await rows.hub.fetch(path!, { method: method! });
    expect(await replayed.json()).toMatchObject({ successful_rows: 2, quarantined_rows: 1 });
    expect(await rows.query('SELECT v FROM a ORDER BY v')).toEqual([{ v: 21 }, { v: 21.25 }, { v: 21.5 }]);
    expect(await (await push(rows, 'v Float64')).json()).not.toHaveProperty('quarantine_rows');
  });
});
