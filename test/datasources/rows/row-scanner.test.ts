import { NOW, scan, schemaOf, storedText } from '../support/scanning';

describe('scanRows › what is stored for a value', () => {
  it.each([
    ['String', '"a\\u00e9\\n\\"é€😀"', '"a\\u00e9\\n\\"é€😀"'],
    ['String', '""', '""'],
    ['LowCardinality(String)', '"x"', '"x"'],
    ['String', '{"a" : [1,{"b":null}]}', '{"a" : [1,{"b":null}]}'],
    ['String', '[]', '[]'],
    ['Int8', '-128', '-128'],
    ['Int8', '127', '127'],
    ['UInt8', '255', '255'],
    ['UInt8', 'true', '1'],
    ['UInt8', 'false', '0'],
    ['Int16', '0', '0'],
    ['Int16', '-0', '0'],
    ['Int16', '3.0', '3'],
    ['Int16', '1.2e3', '1200'],
    ['Int16', '0e9999', '0'],
    ['Int32', '-2147483648', '-2147483648'],
    ['Int64', '9223372036854775807', '9223372036854775807'],
    ['Int64', '-9223372036854775808', '-9223372036854775808'],
    ['Int64', '"9007199254740993"', '9007199254740993'],
    ['UInt64', '9223372036854775807', '9223372036854775807'],
    ['UInt64', '18446744073709551615', '"18446744073709551615"'],
    ['UInt64', '"18446744073709551615"', '"18446744073709551615"'],
    ['Int128', '"3"', '3'],
    ['Int128', '-170141183460469231731687303715884105728', '"-170141183460469231731687303715884105728"'],
    ['UInt256', `${2n ** 256n - 1n}`, `"${2n ** 256n - 1n}"`],
    ['Float64', '1.5', '1.5'],
    ['Float64', '-0', '-0'],
    ['Float64', '3', '3'],
    ['Float64', '1e308', '1e308'],
    ['Float64', '9007199254740992', '9007199254740992'],
    ['Float64', '123456789012345680000', '123456789012345680000'],
    ['Float64', '1.2345678901234567e+19', '12345678901234567000'],
    ['Float64', '0.1000000000000000055511151231257827', '0.1'],
    ['Float64', '30694188022197.9355486923', '30694188022197.938'],
    ['Float64', '-5e-324', '-5e-324'],
    ['Float32', '16777217', '16777217'],
    ['Array(Float64)', '[ 9007199254740992, 0.1]', '[9007199254740992,0.1]'],
    ['Float32', '3.4e38', '3.4e38'],
    ['Decimal(10, 2)', '1.5', '1.50'],
    ['Decimal(10, 2)', '"-0.05"', '-0.05'],
    ['Decimal(10, 2)', '12345678.90', '12345678.90'],
    ['Decimal(10, 2)', '1.500', '1.50'],
    ['Decimal(15, 2)', '"-9999999999999.99"', '-9999999999999.99'],
    ['Decimal(16, 2)', '1.5', '"1.50"'],
    ['Decimal(10, 2)', '0', '0.00'],
    ['Decimal(10, 2)', '15e-1', '1.50'],
    ['Decimal(38, 18)', '"12345678901234567890.123456789012345678"', '"12345678901234567890.123456789012345678"'],
    ['Decimal32(4)', '1', '1.0000'],
    ['Bool', 'true', '1'],
    ['Bool', 'false', '0'],
    ['Bool', '1', '1'],
    ['Bool', '0', '0'],
    ['FixedString(3)', '"aé"', '"aé"'],
    ['FixedString(3)', '"\\u0061bc"', '"\\u0061bc"'],
    ['UUID', '"61F0C404-5CB3-11E7-907B-A6006AD3DBA0"', '"61f0c404-5cb3-11e7-907b-a6006ad3dba0"'],
    ['Array(Int16)', '[ 1 , -2 ]', '[1,-2]'],
    ['Array(String)', '["a", "b\\"]"]', '["a","b\\"]"]'],
    ['Array(Nullable(String))', '["a",null]', '["a",null]'],
    ['Array(DateTime)', '["2024-01-02T03:04:05Z"]', '["2024-01-02 03:04:05"]'],
    ['Array(UInt64)', '[18446744073709551615]', '[18446744073709551615]'],
    ['Array(Bool)', '[true,0]', '[true,false]'],
    ['Array(Array(Int8))', '[[1],[]]', '[[1],[]]'],
    ['Array(Map(String, String))', '[{"role": "user"}]', '[{"role":"user"}]'],
    ['Map(String, Int32)', '{"a" : 1, "b":2}', '{"a":1,"b":2}'],
    ['Map(UInt8, Array(Decimal(4, 1)))', '{"7":[1]}', '{"7":["1.0"]}'],
    ['Map(UUID, String)', '{"61F0C404-5CB3-11E7-907B-A6006AD3DBA0":""}', '{"61f0c404-5cb3-11e7-907b-a6006ad3dba0":""}'],
    ['Map(String, String)', '{}', '{}'],
    ['JSON', '{"a":{"b":[1e999,"x"]}}', '{"a":{"b":[1e999,"x"]}}'],
    ['Nullable(Int8)', 'null', 'null'],
    ['Nullable(Int8)', '1', '1'],
  ])('%s: %s is stored as %s', (type, value, stored) => {
    expect(storedText(type, value)).toBe(stored);
  });

  it.each([
    ['Date', '"2020-04-05"', '"2020-04-05"'],
    ['Date32', '"1900-02-28"', '"1900-02-28"'],
    ['Date', '"2020-02-29"', '"2020-02-29"'],
    ['Date', '"\\u0032020-02-29"', '"2020-02-29"'],
    ['DateTime', '"2020-04-05 00:05:38"', '"2020-04-05 00:05:38"'],
    ['DateTime', '"2020-04-05"', '"2020-04-05 00:00:00"'],
    ['DateTime', '"2020-04-05T00:05:38"', '"2020-04-05 00:05:38"'],
    ['DateTime', '"2020-04-05t00:05:38z"', '"2020-04-05 00:05:38"'],
    ['DateTime', '"2022-10-27T11:43:02.000Z"', '"2022-10-27 11:43:02"'],
    ['DateTime', '"2022-12-31T23:30:00-02:00"', '"2023-01-01 01:30:00"'],
    ['DateTime', '"2024-03-01T00:10:00+0530"', '"2024-02-29 18:40:00"'],
    ['DateTime', '"2024-03-01 00:10:00+01"', '"2024-02-29 23:10:00"'],
    ['DateTime', '"2024-03-01 00:10:00.0+00:00"', '"2024-03-01 00:10:00"'],
    ['DateTime', '"0099-01-01T00:00:00+01:00"', '"0098-12-31 23:00:00"'],
    ['DateTime', '1700000000', '"2023-11-14 22:13:20"'],
    ['DateTime', '0', '"1970-01-01 00:00:00"'],
    ['DateTime', '-1', '"1969-12-31 23:59:59"'],
    ['DateTime', '1700000000.00', '"2023-11-14 22:13:20"'],
    ['DateTime', '4294967295', '"2106-02-07 06:28:15"'],
    ['DateTime', '-4294967295', '"1833-11-24 17:31:45"'],
    ["DateTime('UTC')", '1', '"1970-01-01 00:00:01"'],
    ['DateTime64', '"2022-10-27T11:43:02.099Z"', '"2022-10-27 11:43:02.099"'],
    ['DateTime64(3)', '"2022-10-27 11:43:02"', '"2022-10-27 11:43:02.000"'],
    ['DateTime64(6)', '"2024-01-23T10:30:00.123456"', '"2024-01-23 10:30:00.123456"'],
    ['DateTime64(6)', '"2024-01-23T10:30:00.1+01:00"', '"2024-01-23 09:30:00.100000"'],
    ['DateTime64(0)', '"2024-01-23T10:30:00.00Z"', '"2024-01-23 10:30:00"'],
    ['DateTime64(9)', '"2024-01-23T10:30:00.12345678900Z"', '"2024-01-23 10:30:00.123456789"'],
    ['DateTime64(3)', '1700000000', '"2023-11-14 22:13:20.000"'],
    ['DateTime64(3)', '1700000000123', '"2023-11-14 22:13:20.123"'],
    ['DateTime64(9)', '1700000000123456789', '"2023-11-14 22:13:20.123456789"'],
    ['DateTime64(3)', '1700000000.5', '"2023-11-14 22:13:20.500"'],
    ["DateTime64(3, 'UTC')", '"2024-12-31T23:59:59.9990Z"', '"2024-12-31 23:59:59.999"'],
    ['DateTime64(3)', '4294967295', '"2106-02-07 06:28:15.000"'],
    ['DateTime64(3)', '-1.5', '"1969-12-31 23:59:58.500"'],
    ['DateTime64(3)', '-0.001', '"1969-12-31 23:59:59.999"'],
    ['DateTime64(3)', '1000000000000', '"2001-09-09 01:46:40.000"'],
    ['DateTime64(3)', '-1000000000001', '"1938-04-24 22:13:19.999"'],
    ['DateTime64(3)', '1714979291000.0', '"2024-05-06 07:08:11.000"'],
    ['DateTime64(3)', '253402300799999', '"9999-12-31 23:59:59.999"'],
    ['DateTime64(6)', '1714979291.654321', '"2024-05-06 07:08:11.654321"'],
    ['DateTime64(6)', '1714979291654321', '"2024-05-06 07:08:11.654321"'],
    ['DateTime64(9)', '-1714979291000000001', '"1915-08-28 16:51:48.999999999"'],
    ['DateTime64(1)', '17149792915', '"2024-05-06 07:08:11.5"'],
  ])('%s: %s is stored as the UTC time %s', (type, value, stored) => {
    expect(storedText(type, value)).toBe(stored);
  });
});

describe('scanRows › keys of maps', () => {
  it.each([
    [
      'Int8',
      ['-128', '-1', '0', '9', '127'],
      ['-129', '128', '-0', '00', '01', '1a', '1/', '1:', '+1', ' 1', '1.0', ''],
    ],
    ['UInt8', ['0', '255'], ['256', '-1', '1e1']],
    ['Int64', ['-9223372036854775808', '9223372036854775807'], ['9223372036854775808', '-9223372036854775809']],
    ['UInt64', ['0', '18446744073709551615'], ['18446744073709551616', '-1']],
    ['UUID', ['61f0c404-5cb3-11e7-907b-a6006ad3dba0'], ['61f0c404-5cb3-11e7-907b-a6006ad3dba', '']],
    ['Date', ['2020-04-05'], ['2020-4-5']],
  ])('take texts of %s, and no others', (type, fitting, others) => {
    const schema = schemaOf(`v Map(${type}, String)`);
    for (const key of fitting) {
      const { text } = scan(`{"v":{"${key}":"a"}}`, schema);
      expect(text).toBe(`[null,{"${key}":"a"}]`);
      const escaped = Array.from(key, (character) => `\\u00${character.charCodeAt(0).toString(16)}`).join('');
      expect(scan(`{"v":{"${escaped}":"a"}}`, schema).rows).toEqual([[null, { [key]: 'a' }]]);
    }
    for (const key of others) {
      const { errors } = scan(`{"v":{"${fitting[0]!}":"a","${key}":"b"}}`, schema);
      expect(errors.map(({ error }) => error)).toEqual([expect.stringMatching(`key 1 is not ${type}:`)]);
    }
    expect(scan('{"v":[]}', schema).errors[0]!.error).toMatch(/is not Map\([^:]*: it is an array, not an object$/);
  });
});

describe('scanRows › numbers', () => {
  it.each([
    ['Int64', ['"9007199254740992"', '"-9007199254740992"'], ['"9007199254740991"', '"-9007199254740991"', '"01"']],
    ['Int128', ['"0"', '"-1"', '170141183460469231731687303715884105727'], ['170141183460469231731687303715884105728']],
    ['UInt8', ['0', '255', 'true'], ['256', '-1', '01x', '0x1', '1.5']],
    ['Int8', ['-128', '-0', '127', '1e2'], ['-129', '128', 'true', '1e3', '"1"']],
    ['Float32', ['3.4028234e38', '-3.4028234e38'], ['3.5e38', '-3.5e38']],
    [
      'Float64',
      ['1.7976931348623157e308', '9007199254740992', '1e23', '-123456789012345680000'],
      ['1e309', '-1e309', '9007199254740993', '1234567890123456789', '-1234567890123456789.5', '1e-400'],
    ],
    ['Decimal(4, 2)', ['99.99', '-99.99', '0', '0.00', '1e1', '"007"'], ['100', '0.001', '"-"', '"1."', '".5"', '']],
    ['Bool', ['true', 'false', '0', '1'], ['2', '10', '-1', '"true"', '0.0']],
  ])('of %s end where the type ends', (type, fitting, others) => {
    const schema = schemaOf(`v ${type}`);
    for (const value of fitting) expect([value, scan(`{"v":${value}}\n`, schema).errors]).toEqual([value, []]);
    const good = fitting[0]!;
    for (const value of others) {
      const { rows } = scan(`{"v":${value}}\n{"v":${good}}`, schema);
      expect([value, rows.length]).toEqual([value, 1]);
    }
    for (const behind of [' ', '\t', ',"w":1', ' ,"w":1']) {
      expect(scan(`{"v":${good}${behind}}`, schema).errors).toEqual([]);
    }
  });
});

describe('scanRows › columns and fields', () => {
  const schema = schemaOf(
    'id Int32',
    '`name` Nullable(String)',
    "plan String DEFAULT 'free'",
    'at DateTime64(3) DEFAULT now()',
  );
  const at = '2023-11-14 22:13:20.123';

  it('puts values in the order of the columns, whatever the order of the fields', () => {
    const { rows } = scan('{"plan":"pro","at":0,"name":"n","id":1}\n{"id":2,"name":"m","plan":"x","at":1}', schema);
    expect(rows).toEqual([
      [null, 1, 'n', 'pro', '1970-01-01 00:00:00.000'],
      [null, 2, 'm', 'x', '1970-01-01 00:00:01.000'],
    ]);
  });

  it('fills a missing or null field from DEFAULT, else with null if the column is Nullable', () => {
    const { rows } = scan('{"id":1}\n{"id":2,"name":null,"plan":null,"at":null}', schema, { now: NOW });
    expect(rows).toEqual([
      [null, 1, null, 'free', at],
      [null, 2, null, 'free', at],
    ]);
  });

  it('recognises a field whose name is written in escapes', () => {
    expect(scan('{"\\u0069d":7}', schema).rows).toEqual([[null, 7, null, 'free', at]]);
  });

  it('keeps the fields that no column takes, and names each once', () => {
    const { rows, unknownFields } = scan(
      '{"id":1,"b":{"c":[1, 2]},"a b":null}\n{"x":1,"id":2,"b":3}\n{"id":3}',
      schema,
    );
    expect(rows.map(([rest, id]) => [id, rest])).toEqual([
      [1, { b: { c: [1, 2] }, 'a b': null }],
      [2, { x: 1, b: 3 }],
      [3, null],
    ]);
    expect(unknownFields).toEqual(['$.b', '$["a b"]', '$.x']);
  });

  it('names 20 unknown fields at most', () => {
    const fields = Array.from({ length: 30 }, (_, index) => `"f${index}":${index}`);
    const { rows, unknownFields } = scan(`{"id":1,${fields.join(',')}}`, schema);
    expect(unknownFields).toHaveLength(20);
    expect(Object.keys(rows[0]![0] as object)).toHaveLength(30);
  });

  it('reads nested fields, and keeps unknown ones beside them in their place', () => {
    const nested = schemaOf('a Int8 `json:$.p.q.a`', 'b Int8 `json:$.p.b`', 'c Nullable(Int8) `json:$.r.c`');
    const body = '{"p":{"x":1,"q":{"y":2,"a":3,"z":4},"b":5,"w":6},"r":7,"s":8}\n{"p":{"b":1,"q":{"a":2}},"r":null}';
    const { rows, unknownFields } = scan(body, nested);
    expect(rows).toEqual([
      [{ p: { x: 1, q: { y: 2, z: 4 }, w: 6 }, r: 7, s: 8 }, 3, 5, null],
      [null, 2, 1, null],
    ]);
    expect(unknownFields).toEqual(['$.p.x', '$.p.q.y', '$.p.q.z', '$.p.w', '$.r', '$.s']);
  });

  it('takes the whole row, or a whole object, into a column besides parts of it', () => {
    const whole = schemaOf(
      'all String `json:$`',
      'p JSON `json:$.p`',
      'a Int8 `json:$.p.a`',
      'twice Int16 `json:$.p.a`',
    );
    const row = '{"p":{"a":1,"b":2},"x":3}';
    const { text, unknownFields } = scan(row, whole);
    expect(text).toBe(`[null,${row},{"a":1,"b":2},1,1]`);
    expect(unknownFields).toEqual([]);
  });

  it('takes a text into a column where others look for fields', () => {
    const both = schemaOf('x String', 'a Nullable(Int8) `json:$.x.a`', 'b Nullable(Int8) `json:$.x.b`');
    for (const value of ['"text"', '"{"', '["a"]']) {
      expect(scan(`{"x":${value}}`, both).text).toBe(`[null,${value},null,null]`);
    }
    expect(scan('{"x":{"b":2,"c":3}}', both)).toMatchObject({ rows: [[null, { b: 2, c: 3 }, null, 2]] });
  });

  it('takes a field as a whole for columns of several types, and has nothing left that no column takes', () => {
    const { rows, unknownFields } = scan('{"x":{"k":1}}', schemaOf('a JSON `json:$.x`', 'b String `json:$.x`'));
    expect([rows, unknownFields]).toEqual([[[null, { k: 1 }, { k: 1 }]], []]);
  });

  it('fills a path that is always absent with the time of arrival', () => {
    const webhook = schemaOf(
      'at DateTime `json:$.tinybirdIngestTime` DEFAULT now()',
      "event JSON `json:$` DEFAULT '{}'",
    );
    expect(scan('{"type":"x"}', webhook).rows).toEqual([[null, '2023-11-14 22:13:20', { type: 'x' }]]);
  });

  it('expects each row as it expected the one before, across schemas and scans', () => {
    const one = schemaOf('a Int8', 'b Nullable(Int8)', 'c Int8');
    const bodies = ['{"c":1,"a":2}', '{"a":3,"b":4,"c":5}', '{"b":6,"c":7,"a":8}', '{"c":1,"z":0,"a":2}'];
    const rows = [...bodies, ...bodies].map((body) => scan(body, one).rows[0]!.slice(1));
    const expected = [
      [2, null, 1],
      [3, 4, 5],
      [8, 6, 7],
      [2, null, 1],
    ];
    expect(rows).toEqual([...expected, ...expected]);
  });

  it('stores every kind of DEFAULT as a sent value would be', () => {
    const defaults = schemaOf(
      "d Date DEFAULT '2020-01-02'",
      "t DateTime64(3) DEFAULT '2020-01-02T03:04:05Z'",
      'b Bool DEFAULT true',
      'n UInt64 DEFAULT 18446744073709551615',
      'm Decimal(5, 2) DEFAULT 1.5',
      "a Array(String) DEFAULT ['x']",
      'j JSON DEFAULT \'{"k":1}\'',
      'f Float64 DEFAULT 0.5',
      's Nullable(String) DEFAULT NULL',
      'today Date DEFAULT today()',
    );
    expect(scan('{}', defaults).rows).toEqual([
      [
        null,
        '2020-01-02',
        '2020-01-02 03:04:05.000',
        1,
        '18446744073709551615',
        1.5,
        ['x'],
        { k: 1 },
        0.5,
        null,
        '2023-11-14',
      ],
    ]);
  });
});

describe('scanRows › the body', () => {
  const schema = schemaOf('a Int8');
  const values = (body: string, format: 'ndjson' | 'json' = 'ndjson') =>
    scan(body, schema, { format }).rows.map(([, value]) => value);

  it.each([
    ['one row', '{"a":1}', [1]],
    ['a last line feed', '{"a":1}\n{"a":2}\n', [1, 2]],
    ['blank lines and other line ends', '\n \t\r\n{"a":1}\r\n\n\r\n{"a":2} \t\r\n', [1, 2]],
    ['space inside', ' { "a" :\t1 , "b" : [ ] } \n{"a":2}', [1, 2]],
    ['a byte order mark', '\ufeff{"a":1}', [1]],
  ])('reads lines with %s', (_, body, expected) => {
    expect(values(body)).toEqual(expected);
  });

  it.each([
    ['one object over lines', '{\n  "a": 1\n}\n', [1]],
    ['objects behind each other', '{"a":1}{"a":2}\n\n{\n"a":3}', [1, 2, 3]],
    ['an array', ' [ {"a":1},\n {"a":2} ] ', [1, 2]],
    ['arrays and objects', '[{"a":1}][]{"a":2}', [1, 2]],
  ])('reads with format=json %s', (_, body, expected) => {
    expect(values(body, 'json')).toEqual(expected);
  });

  it('stores text that needs no correction as it was sent', () => {
    expect(scan('{"a":1, "b":"\\u00e9" , "a2":1}', schema).text).toBe('[{"b":"\\u00e9","a2":1},1]');
  });
});
