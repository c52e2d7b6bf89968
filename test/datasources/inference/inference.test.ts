import fc from 'fast-check';
import { renderDataSourceFile } from '../../../src/datasources/definition/datasource-file';
import { inferSchema } from '../../../src/datasources/inference/inference';
import type { RowFormat } from '../../../src/datasources/rows/row-scanner';
import { scan, thrown } from '../support/scanning';

const LIMITS = { format: 'ndjson', maxDepth: 64, maxColumns: 500 } as const;

function infer(body: string, format: RowFormat = 'ndjson'): string[] {
  const [, ...lines] = renderDataSourceFile(inferSchema(Buffer.from(body), { ...LIMITS, format }))
    .trimEnd()
    .split('\n');
  return lines.map((line) => line.trim().replace(/,$/, ''));
}

describe('inferSchema', () => {
  it('flattens objects, joins names with _ and orders columns by name', () => {
    expect(infer('{"store_id":1,"purchase":{"product_name":"shoes","datetime":"2022-01-05 12:13:14"}}')).toEqual([
      '`purchase_datetime` DateTime64(6) `json:$.purchase.datetime` INFERRED',
      '`purchase_product_name` String `json:$.purchase.product_name`',
      '`store_id` Int16 `json:$.store_id`',
    ]);
  });

  it.each([
    ['1', 'Int16'],
    ['-32768', 'Int16'],
    ['32768', 'Int32'],
    ['-2147483649', 'Int64'],
    ['9223372036854775807', 'Int64'],
    ['9223372036854775808', 'UInt64'],
    ['18446744073709551616', 'Int128'],
    ['-170141183460469231731687303715884105729', 'Int256'],
    ['9'.repeat(100), 'Float64'],
    ['1.0', 'Float64'],
    ['1e3', 'Float64'],
    ['true', 'Bool'],
    ['""', 'String'],
    ['"2020-04-05"', 'Date'],
    ['"2020-04-05 00:05:38"', 'DateTime64(6)'],
    ['"2022-10-27T11:43:02.099Z"', 'DateTime64(6)'],
    ['"2022-10-27T11:43:02.099123"', 'DateTime64(6)'],
    ['"2022-10-27T11:43:02.099123456+02:00"', 'DateTime64(9)'],
    ['"2022-10-27T11:43:02.099123000Z"', 'DateTime64(6)'],
    ['"2022-10-27T11:43:02.0991234Z"', 'DateTime64(9)'],
    ['"2022-10-27T11:43:02.0991234567Z"', 'String'],
    ['"2022-10-27T11:43:02.0991234560Z"', 'DateTime64(9)'],
    ['"2020-13-05"', 'String'],
    ['[1234567890123456789,1.5]', 'Array(Decimal(38, 9))'],
    ['[1,2]', 'Array(Int16)'],
    ['[1,2.5,null]', 'Array(Nullable(Float64))'],
    ['["2020-04-05"]', 'Array(Date)'],
    ['[[1],[]]', 'Array(Array(Int16))'],
    ['[[1],null]', 'String'],
    ['[1,"a"]', 'String'],
    ['[{"a":1}]', 'String'],
    ['[["a"],[]]', 'Array(Array(String))'],
    ['[[1],["a"]]', 'String'],
  ])('guesses that %s is %s', (value, type) => {
    const { columns } = inferSchema(Buffer.from(`{"v":${value}}`), LIMITS);
    expect(columns.map(({ name, type: guessed }) => [name, guessed.text])).toEqual([['v', type]]);
  });

  it.each([
    ['integers and fractions', ['1', '2.5'], 'Float64'],
    ['integers of several widths', ['1', '-70000', '3'], 'Int32'],
    ['a negative one and one beyond Int64', ['-1', '9223372036854775808'], 'Int128'],
    ['days and times', ['"2020-04-05"', '"2020-04-05T00:00:00.5Z"'], 'DateTime64(6)'],
    ['times and numbers', ['"2020-04-05T00:00:00Z"', '"2020-04-06T00:00:00Z"', '12.75'], 'String'],
    ['days and numbers', ['"2020-04-05"', '"2020-04-06"', '0'], 'String'],
    ['times among more numbers', ['"2020-04-05T00:00:00Z"', '1', '2'], 'Int16'],
    ['integers beyond 2^53 and fractions', ['1234567890123456789', '1.5'], 'Decimal(38, 9)'],
    ['integers just beyond 2^53 and fractions', ['-9007199254740993', '0.1'], 'Decimal(38, 9)'],
    ['integers beyond 2^53 and long fractions', ['9007199254740993', '0.123456789012345'], 'Decimal(38, 15)'],
    ['integers beyond 2^53 and an exponent', ['9007199254740993', '15e-3'], 'Decimal(38, 9)'],
    ['long integers and fractions', ['1' + '0'.repeat(32) + '7', '0.25'], 'Decimal(38, 4)'],
    ['integers of 60 digits and fractions', ['1' + '0'.repeat(58) + '7', '0.25'], 'Decimal(76, 9)'],
    ['integers beyond 2^53 and very large fractions', ['9007199254740993', '1e300'], 'Float64'],
    ['what doubles are written as', ['123456789012345680000', '1.5'], 'Float64'],
    ['a fraction of an integer beyond 2^53', ['1234567890123456789.5'], 'Decimal(38, 9)'],
    ['times and other text', ['"2020-04-05"', '"soon"'], 'String'],
    ['text and objects', ['"a"', '"b"', '{"c":1}'], 'String'],
    ['text and arrays', ['"a"', '[1]'], 'String'],
    ['arrays and objects', ['[1]', '[2]', '{}'], 'String'],
    ['mostly numbers', ['1', '"2"', '3'], 'Int16'],
    ['as many numbers as strings', ['1', '"2"'], 'String'],
    ['mostly booleans', ['true', '1', 'false'], 'Bool'],
    ['nulls', ['1', 'null'], 'Nullable(Int16)'],
    ['empty and other arrays', ['[]', '["a"]'], 'Array(String)'],
  ])('finds one type for %s', (_, values, type) => {
    const { columns } = inferSchema(Buffer.from(values.map((value) => `{"v":${value}}`).join('\n')), LIMITS);
    expect(columns.map(({ type: guessed }) => guessed.text)).toEqual([type]);
  });

  it('makes a field nullable that some rows lack, or an array empty by default', () => {
    expect(infer('{"a":1,"b":[1],"c":{"d":"x"}}\n{"e":true}\n{"c":{}}')).toEqual([
      '`a` Nullable(Int16) `json:$.a`',
      '`b` Array(Int16) `json:$.b[:]` DEFAULT []',
      '`c_d` Nullable(String) `json:$.c.d`',
      '`e` Nullable(Bool) `json:$.e`',
    ]);
  });

  it('gives no column to a field whose type cannot be guessed', () => {
    expect(infer('{"a":null,"b":[],"c":{},"d":[null],"e":1,"f":{"g":null}}')).toEqual(['`e` Int16 `json:$.e`']);
  });

  it('turns keys into names that columns can have, each once', () => {
    expect(
      infer('{"a b":1,"a-b":2,"a":{"b":3},"ID":4,"id":5,"1st":6,"":7,"_rest":8,"é":9}').map(
        (line) => line.split('`')[1],
      ),
    ).toEqual(['ID', '_', '_1st', '__2', '_rest_2', 'a_b', 'a_b_2', 'a_b_3', 'id_2']);
  });

  it('considers only the rows that will be stored', () => {
    expect(infer('nonsense\n{"a":1}\n[2]\n{"a":"x","a":"y"}\n{"a":"\\ud800"}\n{"a":NaN}')).toEqual([
      '`a` Int16 `json:$.a`',
    ]);
  });

  it.each([
    ['one row', ['{"a":1,"b":[1]}'], ['`a` Nullable(Int16)', '`b` Array(Int16)']],
    ['fewer rows than show it', Array.from({ length: 9 }, () => '{"a":true}'), ['`a` Nullable(Bool)']],
    ['as many rows as show it', Array.from({ length: 10 }, () => '{"a":true}'), ['`a` Bool']],
    ['a field that one row lacks', [...Array.from({ length: 10 }, () => '{"a":1.5}'), '{}'], ['`a` Nullable(Float64)']],
  ])('has no column required of %s', (_, rows, columns) => {
    const { columns: found } = inferSchema(Buffer.from(rows.join('\n')), { ...LIMITS, requiredFrom: 10 });
    expect(found.map(({ name, type }) => `\`${name}\` ${type.text}`)).toEqual(columns);
  });

  it('reads one object over lines, and an array, with format=json', () => {
    expect(infer('{\n "a": 1\n}', 'json')).toEqual(['`a` Int16 `json:$.a`']);
    expect(infer('[{"a":1},\n{"a":2.5}]', 'json')).toEqual(['`a` Float64 `json:$.a`']);
  });

  it.each([
    ['', 'invalid_rows', 'the body holds no rows'],
    ['nonsense', 'malformed_json', 'the text is not JSON (byte 1): expected the word null, found "o"'],
    ['"a"\n2', 'invalid_rows', 'no row can be taken; row 1: the row is a string, not an object'],
    [
      '[1]\n2',
      'invalid_rows',
      'no row can be taken; row 1: the row is an array, not an object; with format=json the elements of an array are rows',
    ],
    ['{"a":1,"a":2}', 'invalid_rows', 'no row can be taken; row 1: a name in it is given twice'],
    [
      '\n{\n5',
      'invalid_rows',
      'no row can be taken; row 1: malformed JSON at byte 1: the line ends before its value does; a value may span lines with format=json',
    ],
    ['{}\n{"a":null}', 'invalid_rows', 'no row has a field with a value that tells its type'],
  ])('refuses %j', (body, code, message) => {
    expect(thrown(() => inferSchema(Buffer.from(body), LIMITS))).toMatchObject({ code, message });
  });

  it('refuses a body with more bad rows than may be quarantined, and stops there', () => {
    const body = Buffer.from('x\n{"a":1}\n{"a":1,"a":2}\n5\n{"f1":1,"f2":2}');
    expect(inferSchema(body, { ...LIMITS, maxQuarantined: 3 }).columns).toHaveLength(3);
    expect(thrown(() => inferSchema(body, { ...LIMITS, maxQuarantined: 2, maxColumns: 2 }))).toMatchObject({
      code: 'message_too_large',
      message: expect.stringMatching(/^more than 2 rows .*max-quarantined-rows.*; row 1: malformed JSON/) as string,
    });
  });

  it('refuses more columns than a data source may have, and endlessly many fields', () => {
    const row = (count: number) => `{${Array.from({ length: count }, (_, index) => `"f${index}":1`).join(',')}}`;
    expect(inferSchema(Buffer.from(row(500)), LIMITS).columns).toHaveLength(500);
    expect(thrown(() => inferSchema(Buffer.from(row(501)), LIMITS)).message).toBe(
      'the rows have 501 fields; a data source has at most 500 columns: raise WRITER_HUB_MAX_COLUMNS, or make it first, with one column for the whole row: event JSON `json:$`',
    );
    expect(thrown(() => inferSchema(Buffer.from(row(5000)), LIMITS)).message).toBe(
      'the rows have more than 2000 different fields; a data source has at most 500 columns: raise WRITER_HUB_MAX_COLUMNS, or make it first, with one column for the whole row: event JSON `json:$`',
    );
  });

  it('makes a schema that every row fits that has one kind of value per field', () => {
    const value = fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }));
    const row = fc.record(
      {
        n: value,
        s: fc.string({ unit: 'binary' }),
        b: fc.boolean(),
        t: fc.date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true }),
        a: fc.array(fc.integer()),
        o: fc.record({ x: fc.string(), y: value }),
        m: fc.array(fc.array(fc.oneof(fc.array(value), fc.string(), fc.constant(null)), { maxLength: 2 }), {
          maxLength: 2,
        }),
        u: fc.anything({ withNullPrototype: false, values: [fc.string(), fc.constant(null)] }),
      },
      { requiredKeys: ['b'] },
    );
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 6 }), (rows) => {
        const body = rows.map((item) => JSON.stringify(item)).join('\n');
        const { errors } = scan(body, inferSchema(Buffer.from(body), LIMITS));
        expect(errors).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});
