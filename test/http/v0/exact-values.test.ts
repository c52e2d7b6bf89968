import { SharedHub } from '../../support/shared-hub';
import { RowsHub } from './support/rows';

const shared = new SharedHub();
const emptied = async (): Promise<RowsHub> => RowsHub.of(await shared.emptied());

/** The text of the values of `v`, in the order of their rows. */
async function values(rows: RowsHub): Promise<string[]> {
  const lines = await rows.hub.read(`/v0/sql?q=${encodeURIComponent('SELECT v FROM a FORMAT TSV')}`);
  return lines.split('\n').slice(0, -1);
}

/** What becomes of values that are sent one by one: what is read back, or why they are quarantined. */
async function fates(rows: RowsHub, texts: readonly string[]): Promise<string[]> {
  const said: string[] = [];
  for (const text of texts) {
    const { errors } = await rows.stored('a', `{"v":${text}}`);
    said.push(errors?.[0]?.error.replace(/^.*? is not /, '') ?? (await values(rows)).at(-1)!);
  }
  return said;
}

const TOO_FINE = (keeps: number): RegExp =>
  new RegExp(`digits of its fraction .* would be lost: the column keeps ${keeps}`);
const NO_FRACTION = /its fraction of a second would be lost; DateTime64 keeps it/;

describe('a time that is finer than its column', () => {
  it.each<[type: string, [text: string, outcome: string | RegExp][]]>([
    [
      'DateTime',
      [
        ['"2024-05-06T07:08:10.654321+00:00"', NO_FRACTION],
        ['1714979291.5', NO_FRACTION],
        ['"2024-05-06 07:08:10.000001"', NO_FRACTION],
        ['-0.5', NO_FRACTION],
        ['"2024-05-06T09:08:10.000+02:00"', '2024-05-06 07:08:10'],
        ['1714979291.000', '2024-05-06 07:08:11'],
      ],
    ],
    [
      'DateTime64(3)',
      [
        ['"2024-05-06T07:08:10.6543Z"', TOO_FINE(3)],
        ['1714979291.0001', TOO_FINE(3)],
        ['"2024-05-06T07:08:10.654000Z"', '2024-05-06 07:08:10.654'],
        ['1714979291.125', '2024-05-06 07:08:11.125'],
      ],
    ],
    [
      'DateTime64(9)',
      [
        ['"2024-05-06T07:08:10.1234567891Z"', /the column keeps 9, no type keeps more/],
        ['1714979291.1234567891', /the column keeps 9, no type keeps more/],
        ['"2024-05-06T07:08:10.12345678900000Z"', '2024-05-06 07:08:10.123456789'],
        ['-1.000000001', '1969-12-31 23:59:58.999999999'],
      ],
    ],
    [
      'Array(DateTime)',
      [
        ['["2024-05-06 07:08:10.5"]', NO_FRACTION],
        ['["2024-05-06 07:08:10"]', '["2024-05-06 07:08:10"]'],
      ],
    ],
    ['Map(String, DateTime64(3))', [['{"k":"2024-05-06 07:08:10.1234"}', TOO_FINE(3)]]],
    [
      'Nullable(DateTime)',
      [
        ['"2024-05-06 07:08:10.9"', NO_FRACTION],
        ['null', '\\N'],
      ],
    ],
    ['LowCardinality(DateTime)', [['1714979291.9', NO_FRACTION]]],
  ])('is quarantined in %s, which keeps all else', async (type, cases) => {
    const rows = await emptied();
    await rows.schema('a', `v ${type}`);
    const said = await fates(
      rows,
      cases.map(([text]) => text),
    );
    for (const [index, [text, outcome]] of cases.entries()) {
      expect([text, said[index]]).toEqual([
        text,
        typeof outcome === 'string' ? outcome : expect.stringMatching(outcome),
      ]);
    }
  });

  it.each([
    ['"2024-05-06T07:08:09+00:00"', '"2024-05-06T07:08:10.654321+00:00"', '2024-05-06 07:08:10.654321'],
    ['"2024-05-06"', '"2024-05-06T00:00:00.5Z"', undefined],
    ['"2024-05-06 07:08:09Z","w":"2024-05-06"', '"2024-05-06 07:08:09.000001Z"', '2024-05-06 07:08:09.000001'],
    ['"2024-05-06T07:08:09.1234567Z"', '"2024-05-06T07:08:09.123456789Z"', '2024-05-06 07:08:09.123456789'],
  ])('is kept by a column that was inferred from %s', async (first, second, kept) => {
    const rows = await emptied();
    await rows.stored('a', `{"v":${first}}`);
    const [said] = await fates(rows, [second.replace(/$/, first.includes('"w"') ? ',"w":"2024-05-07"' : '')]);
    expect(said).toEqual(kept ?? 'Nullable(Date): it has a time of day, which would be lost');
  });
});

describe('a number in a column of times', () => {
  const both = (seconds: string, ticks: string, unit: string): string =>
    `it could be ${seconds} in seconds since 1970 or ${ticks} in ${unit}; write the time as a text`;

  it.each<[type: string, [text: string, outcome: string][]]>([
    [
      'DateTime64(3)',
      [
        ['252460800000', both('9970-03-02 00:00:00', '1978-01-01 00:00:00.000', 'milliseconds')],
        ['4294967295', '2106-02-07 06:28:15.000'],
        ['4294967296', both('2106-02-07 06:28:16', '1970-02-19 17:02:47.296', 'milliseconds')],
        ['999999999999', both('a time after 9999', '2001-09-09 01:46:39.999', 'milliseconds')],
        ['1000000000000', '2001-09-09 01:46:40.000'],
        ['-252460800000', both('a time before 0001', '1962-01-01 00:00:00.000', 'milliseconds')],
        ['-4294967296', both('1833-11-24 17:31:44', '1969-11-12 06:57:12.704', 'milliseconds')],
        ['-1000000000001', '1938-04-24 22:13:19.999'],
        ['1714979291000.5', 'it has a fraction, and is counted in milliseconds already'],
        ['1714979291e3', 'write it without an exponent, or as a text such as "2024-01-23 10:30:00"'],
        ['9'.repeat(17), 'it is not a time from 0001 to 9999'],
        ['9'.repeat(30), 'it is not a time from 0001 to 9999'],
      ],
    ],
    [
      'DateTime',
      [
        ['4294967295', '2106-02-07 06:28:15'],
        ['4294967296', both('2106-02-07 06:28:16', '1970-02-19 17:02:47.296', 'milliseconds')],
        ['252460800000', both('9970-03-02 00:00:00', '1978-01-01 00:00:00.000', 'milliseconds')],
        ['-1', '1969-12-31 23:59:59'],
      ],
    ],
    [
      'DateTime64(6)',
      [
        ['1714979291654', both('a time after 9999', '1970-01-20 20:22:59.291654', 'microseconds')],
        ['1714979291654321', '2024-05-06 07:08:11.654321'],
        ['12.75', '1970-01-01 00:00:12.750000'],
      ],
    ],
    [
      'DateTime64(9)',
      [
        ['1714979291654321', both('a time after 9999', '1970-01-20 20:22:59.291654321', 'nanoseconds')],
        ['1714979291654321987', '2024-05-06 07:08:11.654321987'],
        ['-1000000000000000000', '1938-04-24 22:13:20.000000000'],
      ],
    ],
    [
      'DateTime64(2)',
      [
        ['4294967300', both('2106-02-07 06:28:20', '1971-05-13 02:27:53.00', 'units of 10^-2 s')],
        ['171497929150', '2024-05-06 07:08:11.50'],
      ],
    ],
    ['Date', [['19848', 'a number could be days or seconds since 1970; write the day as a text']]],
    ['Date32', [['-1', 'a number could be days or seconds since 1970; write the day as a text']]],
  ])('of %s means one time, or none', async (type, cases) => {
    const rows = await emptied();
    await rows.schema('a', `v ${type}`);
    const said = await fates(
      rows,
      cases.map(([text]) => text),
    );
    expect(said).toEqual(cases.map(([, outcome]) => (/^\d/.test(outcome) ? outcome : `${type}: ${outcome}`)));
  });

  const FROM_TEXTS =
    'numbers are not taken in a column that was inferred from texts; without INFERRED in its schema they are';

  it('is quarantined if the column was inferred from texts, until its schema is given', async () => {
    const rows = await emptied();
    const dates = ['06', '07', '08'].map((day) => `{"v":"2024-05-${day}T07:08:09Z"}`);
    await rows.stored('a', dates.join('\n'));
    expect(await rows.hub.read('/v0/datasources/a.datasource')).toBe(
      'SCHEMA >\n    `v` Nullable(DateTime64(6)) `json:$.v` INFERRED\n',
    );
    expect(JSON.parse(await rows.hub.read('/v0/datasources/a'))).toMatchObject({ columns: [{ inferred: true }] });
    const said = await fates(rows, ['12.75', '0', '1714979291', '1714979291000000', '-1']);
    expect(said).toEqual(Array.from({ length: 5 }, () => `Nullable(DateTime64(6)): ${FROM_TEXTS}`));

    await rows.schema('a', '`v` Nullable(DateTime64(6)) `json:$.v` INFERRED');
    expect(await fates(rows, ['1'])).toEqual([`Nullable(DateTime64(6)): ${FROM_TEXTS}`]);
    await rows.schema('a', '`v` DateTime64(6) `json:$.v`');
    expect(await fates(rows, ['12.75'])).toEqual(['1970-01-01 00:00:12.750000']);
    const replayed = await rows.hub.fetch('/v0/datasources/a/quarantine/replay', { method: 'POST' });
    expect(await replayed.json()).toEqual({ successful_rows: 6, quarantined_rows: 0 });
  });

  it.each([
    ['arrays of times', '["2024-05-06T07:08:09Z"]', '[5]', `Array(DateTime64(6)): element 0: ${FROM_TEXTS}`],
    [
      'days',
      '"2024-05-06"',
      '5',
      'Nullable(Date): a number could be days or seconds since 1970; write the day as a text',
    ],
    ['times with nulls', '"2024-05-06T07:08:09Z"}\n{"v":null', '5', `Nullable(DateTime64(6)): ${FROM_TEXTS}`],
  ])('is quarantined where %s were inferred', async (_, first, number, reason) => {
    const rows = await emptied();
    await rows.stored('a', `{"v":${first}}`);
    expect(await fates(rows, [number])).toEqual([reason]);
  });

  it.each([['12.75', '0'], ['1714979291'], ['-1', '1e3'], ['1714979291000', '1714979292000']])(
    'beside times in the first request makes no column of times (%s)',
    async (...numbers) => {
      const rows = await emptied();
      const dates = ['"2024-05-06T07:08:09Z"', '"2024-05-07T07:08:09Z"', '"2024-05-08"'];
      const answer = await rows.stored('a', [...dates, ...numbers].map((value) => `{"v":${value}}`).join('\n'));
      expect(answer).toMatchObject({ successful_rows: 3, quarantined_rows: numbers.length });
      expect(await values(rows)).toEqual(['2024-05-06T07:08:09Z', '2024-05-07T07:08:09Z', '2024-05-08']);
    },
  );
});

describe('integers beyond 2^53 beside fractions', () => {
  it.each([
    [
      ['1234567890123456789', '1.5'],
      ['1234567890123456789.000000000', '1.500000000'],
    ],
    [
      ['1.5', '-9007199254740993'],
      ['1.500000000', '-9007199254740993.000000000'],
    ],
    [
      ['0.1', '18446744073709551615', '2'],
      ['0.100000000', '18446744073709551615.000000000', '2.000000000'],
    ],
    [['1234567890123456789.25'], ['1234567890123456789.250000000']],
    [
      ['9007199254740993', '0.12345678901234567'],
      ['9007199254740993.00000000000000000', '0.12345678901234567'],
    ],
  ])('are both exact: %j', async (sent, read) => {
    const rows = await emptied();
    await rows.stored('a', sent.map((value) => `{"v":${value}}`).join('\n'));
    expect(await values(rows)).toEqual(read);
  });

  it.each([
    'Float64',
    'Float32',
    'Nullable(Float64)',
    'Array(Float64)',
    'Map(String, Float64)',
    'LowCardinality(Float64)',
  ])('are quarantined in %s, unless they are doubles', async (type) => {
    const rows = await emptied();
    await rows.schema('a', `v ${type}`);
    const wrap = (text: string): string =>
      type.startsWith('A') ? `[${text}]` : type.startsWith('M') ? `{"k":${text}}` : text;
    const exact = ['9007199254740992', '123456789012345680000', '0.1', '16777217'];
    expect(await fates(rows, exact.map(wrap))).toEqual(exact.map(wrap));
    for (const text of ['9007199254740993', '1234567890123456789', '-18446744073709551615', '1234567890123456789.5']) {
      const [said] = await fates(rows, [wrap(text)]);
      expect(said).toMatch(`it would be rounded to ${Number(text)}; a Decimal or an integer type keeps it`);
    }
  });

  it('are quarantined where no type keeps all that was seen', async () => {
    const rows = await emptied();
    const answer = await rows.stored('a', '{"v":1234567890123456789}\n{"v":1e300}\n{"v":1.5}');
    expect(answer).toMatchObject({ successful_rows: 2, quarantined_rows: 1, errors: [{ row: 1 }] });
    expect(await values(rows)).toEqual(['1e+300', '1.5']);
  });
});
