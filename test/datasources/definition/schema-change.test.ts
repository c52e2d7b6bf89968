import { parseDataSourceFile } from '../../../src/datasources/definition/datasource-file';
import { addColumns, changeSchema } from '../../../src/datasources/definition/schema-change';

const schema = (...columns: string[]) =>
  parseDataSourceFile(`SCHEMA >\n${columns.map((column) => `    ${column}`).join(',\n')}`, { maxColumns: 500 }).schema;

/** How the stored values of a column are rewritten when its type changes. */
const conversions = (from: string, to: string) => {
  const { schema: changed, added, converted } = changeSchema(schema(`a ${from}`), schema(`a ${to}`));
  expect([changed.columns[0]?.type.text, added]).toEqual([to, []]);
  return converted;
};

describe('changeSchema', () => {
  it.each([
    ['Int8', 'Int64'],
    ['UInt8', 'Int16'],
    ['UInt8', 'UInt32'],
    ['UInt64', 'Int128'],
    ['Int8', 'Nullable(Int8)'],
    ['Float32', 'Float64'],
    ['Decimal(5, 2)', 'Decimal(9, 2)'],
    ['String', 'LowCardinality(String)'],
    ['LowCardinality(String)', 'String'],
    ['UUID', 'String'],
    ['Date', 'String'],
    ['DateTime', 'String'],
    ['DateTime', "DateTime('UTC')"],
    ['FixedString(3)', 'String'],
    ['FixedString(3)', 'FixedString(5)'],
    ['Array(Int8)', 'Array(Nullable(Int16))'],
    ['Array(Int32)', 'Array(Float64)'],
    ['Array(Int64)', 'Array(Int128)'],
    ['Map(String, Int8)', 'Map(String, Int32)'],
    ['Map(String, UInt16)', 'Map(String, Nullable(Float64))'],
  ])('lets %s become %s, and stored values stay as they are', (from, to) => {
    expect(conversions(from, to)).toEqual([]);
  });

  it.each([
    ['Int16', 'Float64', 'real', { kind: 'float', greatest: Number.MAX_VALUE }],
    ['Int16', 'Int8', 'integer', { kind: 'integer', least: -128n, greatest: 127n }],
    ['Int64', 'UInt64', 'any', { kind: 'integer', least: 0n, greatest: 2n ** 64n - 1n }],
    ['Int64', 'Int128', 'any', { kind: 'integer', least: -(2n ** 127n), greatest: 2n ** 127n - 1n }],
    ['Decimal(5, 2)', 'Decimal(9, 3)', 'real', { kind: 'decimal', precision: 9, scale: 3, isText: false }],
    ['Int64', 'Decimal(38, 9)', 'text', { kind: 'decimal', precision: 38, scale: 9, isText: true }],
    ['DateTime', 'DateTime64(3)', 'text', { kind: 'time', precision: 3 }],
    ['DateTime64(6)', 'DateTime', 'text', { kind: 'time', precision: 0 }],
    ['Date', 'DateTime', 'text', { kind: 'time', precision: 0 }],
    ['String', 'FixedString(3)', 'text', { kind: 'text', bytes: 3 }],
    ['Int8', 'String', 'text', { kind: 'none' }],
    ['Bool', 'Int8', 'integer', { kind: 'none' }],
    ['String', 'DateTime', 'text', { kind: 'none' }],
    [
      'Array(DateTime)',
      'Array(DateTime64(3))',
      'text',
      { kind: 'array', items: { form: { kind: 'time', precision: 3 }, nullable: false, quoted: true } },
    ],
    [
      'Array(Array(Nullable(Int64)))',
      'Array(Array(Nullable(Float64)))',
      'text',
      {
        kind: 'array',
        items: {
          form: {
            kind: 'array',
            items: { form: { kind: 'float', greatest: Number.MAX_VALUE }, nullable: true, quoted: false },
          },
          nullable: false,
          quoted: false,
        },
      },
    ],
    [
      'Map(String, Float64)',
      'Map(String, Decimal(9, 2))',
      'text',
      {
        kind: 'map',
        keys: { form: undefined, nullable: false, quoted: true },
        values: { form: { kind: 'decimal', precision: 9, scale: 2, isText: true }, nullable: false, quoted: true },
      },
    ],
    ['Map(String, Int8)', 'Array(Int8)', 'text', { kind: 'none' }],
    ['JSON', 'String', 'text', { kind: 'none' }],
  ])('has the values of %s rewritten to become %s', (from, to, storage, form) => {
    const refusal = `the column a cannot turn from ${from} to ${to}`;
    expect(conversions(from, to)).toEqual([{ index: 0, storage, form, nullable: false, refusal }]);
  });

  it('has nulls looked for when a type is no longer Nullable', () => {
    expect(conversions('Nullable(Int8)', 'Int8')).toMatchObject([{ nullable: false }]);
    expect(conversions('Nullable(Int8)', 'Nullable(Float64)')).toMatchObject([{ nullable: true }]);
  });

  it('keeps the order of the existing columns and appends new ones', () => {
    const change = changeSchema(schema('b String', 'a String'), schema('c Int8 DEFAULT 1', 'a String', 'b String'));
    expect(change.schema.columns.map(({ name }) => name)).toEqual(['b', 'a', 'c']);
    expect(change.added.map(({ name }) => name)).toEqual(['c']);
  });

  it('refuses to leave a column out', () => {
    expect(() => changeSchema(schema('a String', 'b String'), schema('a String'))).toThrow(/the column b is missing/);
  });
});

describe('addColumns', () => {
  it.each([
    ['A Int8 DEFAULT 1', /there is a column A already/],
    ['b Int8', /new column b needs a DEFAULT/],
    ['b Int8 DEFAULT 1, c Int8 DEFAULT 1', /3 columns.*at most 2/],
  ])('refuses %s', (column, message) => {
    expect(() => addColumns(schema('a String'), schema(column).columns, 2)).toThrow(message);
  });
});
