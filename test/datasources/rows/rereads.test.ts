import { compileSchema } from '../../../src/datasources/rows/compiled-schema';
import { scan, schemaOf } from '../support/scanning';

const range = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));
const TOO_OFTEN = 'its bytes would have to be read more than 8 times again (max-rereads)';

describe('columns that take the same field', () => {
  it('are read once for each type, not once for each column', () => {
    const { columns } = compileSchema(
      schemaOf(...range(500, (n) => `c${n} ${n % 2 ? 'Int64' : 'String'} \`json:$.x\``)),
    );
    const leaders = new Set(columns.map(({ leader }) => leader.index));
    expect([...leaders]).toEqual([0, 1]);
  });

  it.each([
    ['a value', '{"x":[1,2]}', 'Array(Int8)', '[1,2]'],
    ['a value that is rewritten', '{"x":"2020-01-02T03:04:05Z"}', 'DateTime', '"2020-01-02 03:04:05"'],
    ['null', '{"x":null}', 'Nullable(Int8)', 'null'],
  ])('all get %s', (_, row, type, stored) => {
    const { rows, text } = scan(row, schemaOf(...range(500, (n) => `c${n} ${type} \`json:$.x\``)));
    expect(rows).toHaveLength(1);
    expect(text).toBe(`[null,${Array(500).fill(stored).join(',')}]`);
  });

  it('say all that a value is not of their type, and why', () => {
    const { errors, quarantine } = scan(
      '{"x":[1,300]}',
      schemaOf(...range(500, (n) => `c${n} Array(Int8) \`json:$.x\``)),
    );
    expect(errors).toHaveLength(20);
    expect(errors[19]).toMatchObject({
      column: 'c19',
      error: "value [1,300] on column 'c19' is not Array(Int8): element 1: it is out of range (-128 to 127)",
    });
    expect(quarantine[0]!.originals).toEqual(Array(500).fill('[1,300]'));
  });

  it('of another row are read again', () => {
    const schema = schemaOf('a Int8 `json:$.x`', 'b Int8 `json:$.x`', 'c String `json:$.x`');
    const { rows, errors } = scan('{"x":1}\n{"x":"y"}\n{"x":2}', schema);
    expect(rows).toEqual([]);
    expect(errors.map(({ row, column }) => `${row} ${column}`)).toEqual(['1 c', '2 a', '2 b', '3 c']);
  });
});

/** Bodies whose work would be a product, with the path that their row is refused for. */
const WORST: [string, string[], string, string][] = [
  [
    'columns of many types on one long string',
    range(500, (n) => `c${n} FixedString(${n + 1000}) \`json:$.x\``),
    JSON.stringify({ x: 'a'.repeat(900) }),
    '$.x',
  ],
  [
    'columns of many types that fail at the last byte',
    range(500, (n) => `c${n} Array(FixedString(${n + 1})) \`json:$.x\``),
    JSON.stringify({ x: [...Array<string>(200).fill('a'), 'a'.repeat(600)] }),
    '$.x',
  ],
  [
    'columns of many types on the whole row',
    range(70, (n) => `c${n} Map(String, Decimal(76, ${n + 1})) \`json:$\``),
    JSON.stringify(Object.fromEntries(range(50, (n) => [`k${n}`, 0]))),
    '$',
  ],
  [
    'whole fields in each other, 62 deep',
    range(62, (n) => `c${n} String \`json:$${'.a'.repeat(n)}\``),
    `${'{"a":'.repeat(61)}{"x":"${'y'.repeat(2000)}"}${'}'.repeat(61)}`,
    `$${'.a'.repeat(51)}`,
  ],
];

describe('rows whose bytes would be read too often', () => {
  it.each(WORST)('are quarantined: %s', (_, columns, row, path) => {
    const { rows, errors, quarantine } = scan(`${row}\n`, schemaOf(...columns), { maxDepth: 64 });
    expect(rows).toEqual([]);
    const fault = errors.find(({ error }) => error.startsWith(TOO_OFTEN));
    expect(fault).toMatchObject({ row: 1, column: '', path });
    expect(quarantine[0]!.raw.toString()).toBe(row);
  });

  it('are taken when the limit is high enough, and refused one below', () => {
    // The row is read once for its field, and again as a whole; its field is read for two more types.
    const schema = schemaOf('a String `json:$`', 'b String `json:$.x`', 'c FixedString(99) `json:$.x`');
    const row = JSON.stringify({ x: 'y'.repeat(90) });
    expect(scan(row, schema, { maxRereads: 2 }).rows).toHaveLength(1);
    expect(scan(row, schema, { maxRereads: 1 }).errors).toMatchObject([{ path: '$' }]);
  });

  it('may add up to the bytes of the row times the limit, whichever row it is', () => {
    const schema = schemaOf('a String `json:$`', 'b JSON `json:$`');
    const row = '{"x":"yyyyyyyy"}';
    expect(scan(`${row}\n${row}\n`, schema, { maxRereads: 1 }).rows).toHaveLength(2);
    expect(scan(`${row}\n${row}\n`, schema, { maxRereads: 0 }).errors).toMatchObject([{ row: 1 }, { row: 2 }]);
  });

  it('do not count null, nor what a column of the same type has read', () => {
    const schema = schemaOf('a Nullable(String) `json:$.x`', 'b Nullable(Int8) `json:$.x`');
    expect(scan('{"x":null}', schema, { maxRereads: 0 }).rows).toEqual([[null, null, null]]);
    const twice = schemaOf('a String `json:$.x`', 'b String `json:$.x`');
    expect(scan('{"x":"yyyyyyyy"}', twice, { maxRereads: 0 }).rows).toEqual([[null, 'yyyyyyyy', 'yyyyyyyy']]);
  });

  it('are rows with as many fields as columns never', () => {
    const names = range(500, (n) => `c${n}`);
    const row = JSON.stringify(Object.fromEntries(names.map((name) => [name, 'x'.repeat(50)])));
    expect(scan(row, schemaOf(...names.map((name) => `${name} String`)), { maxRereads: 0 }).rows).toHaveLength(1);
  });
});
