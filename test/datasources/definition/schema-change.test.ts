import { parseDataSourceFile } from '../../../src/datasources/definition/datasource-file';
import { addColumns, changeSchema } from '../../../src/datasources/definition/schema-change';

const schema = (...columns: string[]) =>
  parseDataSourceFile(`SCHEMA >\n${columns.map((column) => `    ${column}`).join(',\n')}`, { maxColumns: 500 }).schema;

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
    ['FixedString(3)', 'String'],
    ['Array(Int8)', 'Array(Nullable(Int16))'],
    ['Map(String, Int8)', 'Map(String, Int32)'],
  ])('lets %s become %s', (from, to) => {
    const { schema: changed, added } = changeSchema(schema(`a ${from}`), schema(`a ${to}`));
    expect([changed.columns[0]?.type.text, added]).toEqual([to, []]);
  });

  it.each([
    ['Int16', 'Int8'],
    ['Int8', 'UInt8'],
    ['UInt8', 'Int8'],
    ['Int64', 'UInt64'],
    ['Int64', 'Int128'],
    ['Nullable(Int8)', 'Int8'],
    ['Float64', 'Float32'],
    ['Decimal(5, 2)', 'Decimal(9, 3)'],
    ['Int8', 'String'],
    ['Bool', 'Int8'],
    ['Int8', 'Bool'],
    ['String', 'DateTime'],
    ['DateTime', 'DateTime64(3)'],
    ['Array(Int8)', 'String'],
    ['Array(Nullable(Int8))', 'Array(Int8)'],
    ['Map(String, Int8)', 'Array(Int8)'],
    ['JSON', 'String'],
  ])('does not let %s become %s', (from, to) => {
    expect(() => changeSchema(schema(`a ${from}`), schema(`a ${to}`))).toThrow(
      expect.objectContaining({ code: 'invalid_schema' }) as Error,
    );
  });

  it('keeps the order of the existing columns and appends new ones', () => {
    const change = changeSchema(schema('b String', 'a String'), schema('c Int8 DEFAULT 1', 'a String', 'b String'));
    expect(change.schema.columns.map(({ name }) => name)).toEqual(['b', 'a', 'c']);
    expect(change.added.map(({ name }) => name)).toEqual(['c']);
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
