import { reasonRefused, refusal, scan, schemaOf, thrown } from '../support/scanning';

const FRACTION = 'its fraction would be lost; a Float64 or Decimal column keeps it';

/** What is said of a number that could be two times. */
const either = (seconds: string, other: string, unit: string): string =>
  `it could be ${seconds} in seconds since 1970 or ${other} in ${unit}; write the time as a text`;

const INVALID_UTF8 = Buffer.from([0x22, 0x61, 0xff, 0x22]);

describe('scanRows › a value that does not fit is quarantined with its reason', () => {
  it.each([
    ['Int16', '"3"', `value "3" on column 'v' is not Int16: digits in a text: send a number`],
    ['Int64', '"3"', `value "3" on column 'v' is not Int64: digits in a text: send a number`],
    [
      'Int64',
      '"9223372036854775808"',
      `value "9223372036854775808" on column 'v' is not Int64: it is out of range (-9223372036854775808 to 9223372036854775807)`,
    ],
    [
      'UInt64',
      '"007199254740993000"',
      `value "007199254740993000" on column 'v' is not UInt64: digits in a text: send a number`,
    ],
    ['Int8', '300', `value 300 on column 'v' is not Int8: it is out of range (-128 to 127)`],
    ['Int8', '-129', `value -129 on column 'v' is not Int8: it is out of range (-128 to 127)`],
    ['UInt8', '-1', `value -1 on column 'v' is not UInt8: it is out of range (0 to 255)`],
    [
      'Int64',
      '9223372036854775808',
      `value 9223372036854775808 on column 'v' is not Int64: it is out of range (-9223372036854775808 to 9223372036854775807)`,
    ],
    [
      'Int256',
      '9'.repeat(200),
      `value ${'9'.repeat(39)}… on column 'v' is not Int256: it is out of range (${-(2n ** 255n)} to ${2n ** 255n - 1n})`,
    ],
    ['Int32', '1.5', `value 1.5 on column 'v' is not Int32: ${FRACTION}`],
    ['Int32', '1e-3', `value 1e-3 on column 'v' is not Int32: ${FRACTION}`],
    ['Int32', '1e99', `value 1e99 on column 'v' is not Int32: it is out of range (-2147483648 to 2147483647)`],
    [
      'Int32',
      'true',
      `value true on column 'v' is not Int32: it is a truth value: send 1 or 0, or push the column as Bool`,
    ],
    ['Int32', '{}', `value {} on column 'v' is not Int32: it is an object`],
    ['Float64', '"1.5"', `value "1.5" on column 'v' is not Float64: digits in a text: send a number`],
    ['Float64', '1e309', `value 1e309 on column 'v' is not Float64: it is out of range`],
    ['Float32', '3.5e38', `value 3.5e38 on column 'v' is not Float32: it is out of range`],
    ['Float32', `1${'0'.repeat(39)}`, `value 1${'0'.repeat(39)} on column 'v' is not Float32: it is out of range`],
    [
      'Decimal(4, 2)',
      '1.005',
      `value 1.005 on column 'v' is not Decimal(4, 2): it would have to be rounded: the column keeps 2 digits behind the point`,
    ],
    ['Decimal(4, 2)', '100', `value 100 on column 'v' is not Decimal(4, 2): it has too many digits`],
    ['Decimal(4, 2)', '"ten"', `value "ten" on column 'v' is not Decimal(4, 2): it is not a number`],
    [
      'Decimal(4, 2)',
      '1e9999',
      `value 1e9999 on column 'v' is not Decimal(4, 2): it would have to be rounded: the column keeps 2 digits behind the point`,
    ],
    ['Bool', '2', `value 2 on column 'v' is not Bool: of numbers only 0 and 1 are truth values`],
    ['Bool', '"true"', `value "true" on column 'v' is not Bool: it is a text: send true without quotes`],
    [
      'String',
      '5',
      `value 5 on column 'v' is not String: it is a number, and texts alone are taken, also where the column was inferred from texts, times and numbers: send it in quotes`,
    ],
    ['String', 'false', `value false on column 'v' is not String: it is a truth value: send it in quotes`],
    ['FixedString(2)', '"aé"', `value "aé" on column 'v' is not FixedString(2): it has 3 bytes`],
    [
      'UUID',
      '"61f0c404"',
      `value "61f0c404" on column 'v' is not UUID: a UUID has 32 hexadecimal digits, such as "123e4567-e89b-12d3-a456-426614174000"`,
    ],
    ['UUID', '1', `value 1 on column 'v' is not UUID: it is a number`],
    ['Date', '"2021-02-29"', `value "2021-02-29" on column 'v' is not Date: there is no such day`],
    ['Date', '"2021-13-01"', `value "2021-13-01" on column 'v' is not Date: months go from 01 to 12`],
    ['Date', '"2021-00-01"', `value "2021-00-01" on column 'v' is not Date: months go from 01 to 12`],
    ['Date', '"1900-02-29"', `value "1900-02-29" on column 'v' is not Date: there is no such day`],
    ['Date', '"2021-2-1"', `value "2021-2-1" on column 'v' is not Date: write it as "2024-01-23"`],
    [
      'Date',
      '"2021-02-01T00:00:00Z"',
      `value "2021-02-01T00:00:00Z" on column 'v' is not Date: it has a time of day, which would be lost`,
    ],
    ...['18000', '0', '-1', '1714979291', '1.5'].map((value): [string, string, string] => [
      'Date',
      value,
      `value ${value} on column 'v' is not Date: a number could be days or seconds since 1970; write the day as a text`,
    ]),
    [
      'DateTime',
      '"yesterday"',
      `value "yesterday" on column 'v' is not DateTime: write ISO 8601, such as "2024-01-23 10:30:00" or "2024-01-23T10:30:00Z"`,
    ],
    [
      'DateTime',
      '""',
      `value "" on column 'v' is not DateTime: an empty text is no time: leave the field out, or send null to a Nullable column`,
    ],
    [
      'DateTime',
      '"2021-02-01T24:00:00"',
      `value "2021-02-01T24:00:00" on column 'v' is not DateTime: hours go from 00 to 23: write 00:00:00 of the next day`,
    ],
    [
      'DateTime',
      '"2021-02-01T23:59:60Z"',
      `value "2021-02-01T23:59:60Z" on column 'v' is not DateTime: a leap second, second 60, is not kept: write 59 or 00 of the next minute`,
    ],
    [
      'DateTime',
      '"2021-02-01T23:59"',
      `value "2021-02-01T23:59" on column 'v' is not DateTime: it has no seconds: write them as well`,
    ],
    [
      'DateTime',
      '"2021-02-01T23:59:00 Z"',
      `value "2021-02-01T23:59:00 Z" on column 'v' is not DateTime: its zone is none of Z, +02:00, +0200 and +02`,
    ],
    [
      'DateTime',
      '"2021-02-01T23:59:00.Z"',
      `value "2021-02-01T23:59:00.Z" on column 'v' is not DateTime: in UTC it is outside the years 0001 to 9999`,
    ],
    [
      'DateTime',
      '"2021-02-01T23:59:00+1"',
      `value "2021-02-01T23:59:00+1" on column 'v' is not DateTime: its zone is none of Z, +02:00, +0200 and +02`,
    ],
    [
      'DateTime',
      '"2021-02-01T23:59:00+01:"',
      `value "2021-02-01T23:59:00+01:" on column 'v' is not DateTime: its zone is none of Z, +02:00, +0200 and +02`,
    ],
    [
      'DateTime',
      '"2021-02-01T23:59:00+24:00"',
      `value "2021-02-01T23:59:00+24:00" on column 'v' is not DateTime: its zone is none of Z, +02:00, +0200 and +02`,
    ],
    [
      'DateTime',
      '"0001-01-01T00:00:00+01:00"',
      `value "0001-01-01T00:00:00+01:00" on column 'v' is not DateTime: in UTC it is outside the years 0001 to 9999`,
    ],
    [
      'DateTime',
      '"2021-02-01T23:59:00Zulu"',
      `value "2021-02-01T23:59:00Zulu" on column 'v' is not DateTime: its zone is none of Z, +02:00, +0200 and +02`,
    ],
    [
      'DateTime',
      '1700000000123',
      `value 1700000000123 on column 'v' is not DateTime: ${either('a time after 9999', '2023-11-14 22:13:20.123', 'milliseconds')}`,
    ],
    [
      'DateTime',
      '1e9',
      `value 1e9 on column 'v' is not DateTime: write it without an exponent, or as a text such as "2024-01-23 10:30:00"`,
    ],
    ['DateTime', 'true', `value true on column 'v' is not DateTime: it is a truth value`],
    ['Array(Int8)', '5', `value 5 on column 'v' is not Array(Int8): it is a number, not an array`],
    [
      'Array(Int8)',
      '[1,"2"]',
      `value [1,"2"] on column 'v' is not Array(Int8): element 1 is not Int8: digits in a text: send a number`,
    ],
    ['Array(Int8)', '[1,null]', `value [1,null] on column 'v' is not Array(Int8): element 1 is not Int8`],
    [
      'Array(Array(Int8))',
      '[[],[300]]',
      `value [[],[300]] on column 'v' is not Array(Array(Int8)): element 1: element 0: it is out of range (-128 to 127)`,
    ],
    [
      'Map(String, Int8)',
      '{"a":"b"}',
      `value {"a":"b"} on column 'v' is not Map(String, Int8): value 0 is not Int8: it is a text, and no number`,
    ],
    [
      'Map(UInt8, Int8)',
      '{"256":1}',
      `value {"256":1} on column 'v' is not Map(UInt8, Int8): key 0 is not UInt8: it is out of range (0 to 255)`,
    ],
    [
      'Map(String, Int8)',
      '{"a":1,"a":2}',
      `value {"a":1,"a":2} on column 'v' is not Map(String, Int8): a name in it is given twice`,
    ],
    ['JSON', '[1]', `value [1] on column 'v' is not JSON: it is not an object`],
    ['JSON', '"{}"', `value "{}" on column 'v' is not JSON: it is not an object`],
    ['JSON', '{"a":1,"\\u0061":2}', `value {"a":1,"\\u0061":2} on column 'v' is not JSON: a name in it is given twice`],
    [
      'JSON',
      '{"a":{"b":"\\ud800"}}',
      `value {"a":{"b":"\\ud800"}} on column 'v' is not JSON: it holds half of a surrogate pair`,
    ],
    ['String', '"\\ud83d"', `value "\\ud83d" on column 'v' is not String: it holds half of a surrogate pair`],
    [
      'String',
      '"\\ude00\\ud83d"',
      `value "\\ude00\\ud83d" on column 'v' is not String: it holds half of a surrogate pair`,
    ],
    [
      'String',
      '{"\\ud83d":1}',
      `value {"\\ud83d":1} on column 'v' is not String: a name in it holds half of a surrogate pair`,
    ],
    ['String', 'null', `value null on column 'v' is not String; the column is not Nullable and has no DEFAULT`],
    [
      'String',
      '1,"v":"a"',
      `value 1 on column 'v' is not String: it is a number, and texts alone are taken, also where the column was inferred from texts, times and numbers: send it in quotes; the name of the field is given twice`,
    ],
    ['String', '"a","v":"b"', 'the name of the field is given twice'],
    ['String', '"a","w":1,"w":2', 'the name of the field is given twice'],
    ['String', '"a","w":"\\ud83d"', 'it holds half of a surrogate pair'],
    ['String', INVALID_UTF8, 'the row is not valid UTF-8 (byte 7)'],
    [
      'String',
      'NaN',
      "value NaN on column 'v' is not String: JSON has no such number: send null, or leave the field out",
    ],
    [
      'Float64',
      'NaN',
      "value NaN on column 'v' is not Float64: JSON has no such number: send null, or leave the field out",
    ],
    [
      'Float64',
      'Infinity',
      "value Infinity on column 'v' is not Float64: JSON has no such number: send null, or leave the field out",
    ],
    [
      'Float64',
      '-Infinity',
      "value -Infinity on column 'v' is not Float64: JSON has no such number: send null, or leave the field out",
    ],
    [
      'Int8',
      '-Infinity',
      "value -Infinity on column 'v' is not Int8: JSON has no such number: send null, or leave the field out",
    ],
    ['Decimal(4, 2)', '-Infinity', "value -Infinity on column 'v' is not Decimal(4, 2): it is not a number"],
    [
      'DateTime',
      '-Infinity',
      "value -Infinity on column 'v' is not DateTime: JSON has no such number: send null, or leave the field out",
    ],
    [
      'Array(Float64)',
      '[NaN]',
      "value [NaN] on column 'v' is not Array(Float64): element 0 is not Float64: JSON has no such number: send null, or leave the field out",
    ],
    [
      'JSON',
      '{"a":[1,-Infinity]}',
      `value {"a":[1,-Infinity]} on column 'v' is not JSON: "a": -Infinity is no JSON number: send null, or leave the field out`,
    ],
    ['String', '"a","w":NaN', 'NaN is no JSON number: send null, or leave the field out'],
  ])('%s: %s', (type, value, reason) => {
    expect(reasonRefused(type, value)).toBe(reason);
  });
});

describe('scanRows › a row that does not fit', () => {
  const schema = schemaOf('id Int32', 'city String `json:$.place.city`', 'at Nullable(DateTime)');
  const good = '{"id":1,"place":{"city":"Rome"}}';

  it('goes to the quarantine while its neighbours are stored', () => {
    const lines = [good, '{"id":"x","place":{"city":"Rome"}}', good, '{', '', '[1]', 'null', good, '"text"', '7 '];
    const { rows, quarantine, errors } = scan(lines.join('\n'), schema);
    expect(rows).toHaveLength(3);
    expect(quarantine.map(({ raw }) => raw.toString())).toEqual([lines[1], '{', '[1]', 'null', '"text"', '7']);
    expect(errors).toEqual([
      {
        row: 2,
        column: 'id',
        path: '$.id',
        error: `value "x" on column 'id' is not Int32: it is a text, and no number`,
      },
      {
        row: 4,
        column: '',
        path: '$',
        error: 'malformed JSON at byte 1: the line ends before its value does; a value may span lines with format=json',
      },
      {
        row: 5,
        column: '',
        path: '$',
        error: 'the row is an array, not an object; with format=json the elements of an array are rows',
      },
      { row: 6, column: '', path: '$', error: 'the row is null, not an object' },
      { row: 8, column: '', path: '$', error: 'the row is a string, not an object' },
      { row: 9, column: '', path: '$', error: 'the row is a number, not an object' },
    ]);
  });

  it('reports a column without a value in the words of Tinybird', () => {
    const { errors, quarantine } = scan('{"id":1}', schema);
    const error =
      "Strict type checking failed. Object does not have column 'city', you should send a value or recreate the table with a Nullable column type. While accessing jsonpath '$.place.city'. Or push the schema with Nullable(String) there";
    expect(errors).toEqual([{ row: 1, column: 'city', path: '$.place.city', error }]);
    expect(quarantine[0]).toMatchObject({ columns: ['city'], reasons: [error], originals: ['1', null, null] });
  });

  it('reports every column that does not fit, and keeps the values as they were sent', () => {
    const { quarantine } = scan(
      '{"id":1.5,"place":{"city":["a", 1],"x":1},"at":"n\\u006fw"}\n{"id":null,"place":5}',
      schema,
    );
    expect(quarantine.map(({ columns, originals }) => [columns, originals])).toEqual([
      [
        ['id', 'at'],
        ['1.5', '["a", 1]', 'now'],
      ],
      [
        ['id', 'city'],
        [null, null, null],
      ],
    ]);
  });

  it('lists 20 faults at most, of a row and of all rows', () => {
    const wide = schemaOf(...Array.from({ length: 30 }, (_, index) => `c${index} Int8`));
    const { errors, quarantine } = scan('{}\n{}', wide);
    expect(errors).toHaveLength(20);
    expect(quarantine.map(({ columns, reasons }) => [columns.length, reasons.length])).toEqual([
      [20, 20],
      [20, 20],
    ]);
  });

  it('does not read beyond its line', () => {
    const { rows, quarantine } = scan(
      `{"id":1,\n"place":{"city":"a"}}\n{"id":2,"place":{\n${good}\n{"id":"\n"}`,
      schema,
    );
    expect(rows).toHaveLength(1);
    expect(quarantine.map(({ raw }) => raw.toString())).toEqual([
      '{"id":1,',
      '"place":{"city":"a"}}',
      '{"id":2,"place":{',
      '{"id":"',
      '"}',
    ]);
  });

  it('must be alone on its line', () => {
    const { rows, errors } = scan(`${good}${good}\n${good},\n${good}`, schema);
    expect(rows).toHaveLength(1);
    expect(errors.map(({ row, error }) => `${row}: ${error}`)).toEqual([
      '1: malformed JSON at byte 32: expected the end of the line, found "{"; put each object on a line of its own, or send format=json',
      '2: malformed JSON at byte 32: expected the end of the line, found ","; objects with commas between them are an array: put [ before and ] behind them',
    ]);
  });

  it('keeps bytes that are not UTF-8 while the other rows of the body are stored', () => {
    const bad = Buffer.concat([
      Buffer.from('{"id":1,"place":{"city":"'),
      Buffer.from([0xc3, 0x28]),
      Buffer.from('"}}'),
    ]);
    const { rows, quarantine, errors } = scan(
      Buffer.concat([Buffer.from(`${good}\n`), bad, Buffer.from(`\n${good}`)]),
      schema,
    );
    expect(rows).toHaveLength(2);
    expect(errors).toEqual([{ row: 2, column: '', path: '$', error: 'the row is not valid UTF-8 (byte 25)' }]);
    expect(quarantine.map(({ raw }) => raw)).toEqual([bad]);
    expect(quarantine[0]!.originals).toEqual(['1', '\ufffd(', null]);
  });

  it.each([
    ['half of a surrogate pair', '"\\ud800"', 'it holds half of a surrogate pair'],
    ['a name twice', '[{"b":1,"b":2}]', 'a name in it is given twice'],
  ])('has %s where fields were expected', (_, value, error) => {
    const nested = schemaOf('a Nullable(Int8) `json:$.x.a`');
    expect(scan(`{"x":${value}}`, nested).errors).toEqual([{ row: 1, column: '', path: '$.x', error }]);
    expect(scan('{"x":"text"}', nested).rows).toEqual([[{ x: 'text' }, null]]);
  });

  it.each([
    ['in fields', ['a Nullable(Int8) `json:$.x.y.a`'], '{"x":{"y":{"a":1}}}'],
    ['in fields that are columns too', ['a JSON `json:$.x`', 'b Nullable(Int8) `json:$.x.y.b`'], '{"x":{"y":{"b":1}}}'],
    ['in rows that are columns', ['a JSON `json:$`', 'b Nullable(Int8) `json:$.x.y.b`'], '{"x":{"y":{"b":1}}}'],
    ['in arrays', ['a Array(Array(Int8)) `json:$.x`'], '{"x":[[1]]}'],
    ['in maps', ['a Map(String, Map(String, Int8)) `json:$.x`'], '{"x":{"a":{"b":1}}}'],
    ['in what no column takes', ['a Nullable(Int8)'], '{"x":[{"b":1}]}'],
  ])('nests too deep %s', (_, columns, row) => {
    expect(scan(row, schemaOf(...columns), { maxDepth: 3 }).rows).toHaveLength(1);
    const refused = scan(`{}\n${row}`, schemaOf(...columns), { maxDepth: 2 }).errors.filter(({ row: n }) => n === 2);
    expect(refused.map(({ error }) => error)).toEqual([
      expect.stringMatching(/^malformed JSON at byte \d+: arrays and objects are nested more than 2 deep$/),
    ]);
  });

  it('has its own flaws, and not those of the row before', () => {
    const flawed = '{"id":1,"place":{"city":"a"},"x":"\\ud800"}';
    const { rows, errors } = scan(`${flawed}\n${good}\n{"id":1,"place":{"city":"a"},"x":"y"}`, schema);
    expect([rows.length, errors.map(({ row }) => row)]).toEqual([2, [1]]);
  });

  it('may nest as deep as the limit and no deeper', () => {
    const nested = (depth: number) => `{"id":1,"place":{"city":"a"},"x":${'['.repeat(depth)}${']'.repeat(depth)}}`;
    expect(scan(nested(9), schema, { maxDepth: 10 }).rows).toHaveLength(1);
    expect(scan(`${good}\n${nested(10)}`, schema, { maxDepth: 10 }).errors[0]!.error).toBe(
      'malformed JSON at byte 42: arrays and objects are nested more than 10 deep',
    );
  });
});

describe('scanRows › bodies that are refused as a whole', () => {
  const schema = schemaOf('a Nullable(Int8)');

  it.each([
    ['', 'ndjson', 'invalid_rows', 'the body holds no rows'],
    [' \n\r\n\t', 'ndjson', 'invalid_rows', 'the body holds no rows'],
    ['[]', 'json', 'invalid_rows', 'the body holds no rows'],
    ['not json', 'ndjson', 'malformed_json', 'the text is not JSON (byte 1): expected the word null, found "o"'],
    [
      '\n\n{"a":1,\nb"',
      'ndjson',
      'malformed_json',
      'the text is not JSON (byte 9): the line ends before its value does; a value may span lines with format=json',
    ],
    [
      'NaN',
      'ndjson',
      'malformed_json',
      'the text is not JSON (byte 0): expected a value, found "N"; JSON has no such number: send null, or leave the field out',
    ],
    [
      '{"a":Nan}',
      'ndjson',
      'malformed_json',
      'the text is not JSON (byte 5): expected a value, found "N"; JSON has no such number: send null, or leave the field out',
    ],
    ['{"a":1', 'ndjson', 'malformed_json', 'the text is not JSON (byte 6): the text ends before its value does'],
    ['{"a":1}\n{"a":', 'json', 'malformed_json', 'malformed JSON at byte 13: the text ends before its value does'],
    [
      '[{"a":1},]',
      'json',
      'malformed_json',
      'malformed JSON at byte 9: expected a value, found "]"; the comma before it is one too many',
    ],
  ] as const)('%j as %s: %s', (body, format, code, message) => {
    expect(refusal(body, schema, format)).toMatchObject({ code, message });
  });

  it('takes for a byte order mark all three bytes of one, and nothing else', () => {
    for (const mark of [
      [0xef, 0x80, 0xbf],
      [0xef, 0xbb, 0x80],
      [0x80, 0xbb, 0xbf],
      [0x80, 0x80, 0xbf],
      [0xef, 0xbb],
    ]) {
      const body = Buffer.concat([Buffer.from(mark), Buffer.from('{"a":1}')]);
      expect(refusal(body, schema).message).toMatch(
        /^the text is not JSON \(byte 0\): expected a value, found byte 0x/,
      );
    }
    expect(refusal('\ufeff', schema).message).toBe('the body holds no rows');
  });

  it('names the line feed in a word where it ends no line', () => {
    expect(refusal('{"a":nu\nll}', schema, 'json').message).toBe(
      'the text is not JSON (byte 7): expected the word null, found byte 0x0a',
    );
  });

  it('says where a body stops being JSON', () => {
    expect(refusal('  {"a":x}', schema).position).toBe(7);
    expect(refusal('  {"a":x}', schema, 'json').position).toBe(7);
  });

  it('refuses rows that would grow over the limit with the columns they lack', () => {
    const wide = schemaOf(...Array.from({ length: 100 }, (_, index) => `c${index} Nullable(Int8)`));
    const body = '{}\n'.repeat(100);
    expect(scan(body, wide, { maxBytes: 60_000 }).rows).toHaveLength(100);
    expect(thrown(() => scan(body, wide, { maxBytes: 40_000 })).code).toBe('message_too_large');
  });
});
