import {
  type ColumnInfo,
  inputText,
  inputValue,
  keysOf,
  parseRow,
  renderRow,
  valueAt,
  withValue,
} from '../../../../src/console/pages/data-source/raw-row';

const column = (jsonpath: string, type = 'String'): ColumnInfo => ({
  name: 'c',
  type,
  nullable: false,
  jsonpath,
  default_value: null,
});

describe('parseRow', () => {
  it('keeps each digit, also of what is not changed', () => {
    const text = '{"n":9007199254740993,"x":1.10,"list":[1e400],"o":{"a":-0.0}}';
    expect(renderRow(parseRow(text)!)).toBe(text);
  });

  it.each(['', '[1]', '"a"', '5', 'null', '{"a":', '{"a":1,"a":2}'])('has no fields for %j', (text) => {
    expect(parseRow(text)).toBeUndefined();
  });
});

describe('keysOf', () => {
  it.each([
    ['$.a', ['a']],
    ['$.a.b_c', ['a', 'b_c']],
    ['$.tags[:]', ['tags']],
    ['$["a b"].c', ['a b', 'c']],
    [String.raw`$["it's \"\u0060\""]`, ['it\'s "`"']],
    ['$["a\u2028b"]', ['a\u2028b']],
    ['$', undefined],
    ['$.a[:].b', undefined],
  ])('reads %s', (path, keys) => {
    expect(keysOf(column(path))).toEqual(keys);
  });
});

describe('withValue', () => {
  it('changes one value in its place, at any depth', () => {
    const row = parseRow('{"a":1,"b":{"c":2,"d":3},"e":4}')!;
    expect(renderRow(withValue(row, ['b', 'c'], 'x'))).toBe('{"a":1,"b":{"c":"x","d":3},"e":4}');
    expect(valueAt(row, ['b', 'c'])).toMatchObject({ value: '2' });
    expect(renderRow(withValue(row, ['b', 'c'], undefined))).toBe('{"a":1,"b":{"d":3},"e":4}');
  });

  it('makes what is missing on the way', () => {
    expect(renderRow(withValue(parseRow('{"a":1}')!, ['b', 'c'], null))).toBe('{"a":1,"b":{"c":null}}');
    expect(renderRow(withValue(parseRow('{"b":5}')!, ['b', 'c'], true))).toBe('{"b":{"c":true}}');
  });

  it('does not take what every object has for a value', () => {
    expect(valueAt(parseRow('{}')!, ['toString'])).toBeUndefined();
    expect(valueAt(parseRow('{"a":"text"}')!, ['a', 'length'])).toBeUndefined();
  });
});

describe('inputValue', () => {
  it.each([
    ['String', '5', '"5"'],
    ['LowCardinality(Nullable(String))', 'null', '"null"'],
    ['Nullable(DateTime64(3))', '2024-01-01', '"2024-01-01"'],
    ['Int64', '9007199254740993', '9007199254740993'],
    ['Int64', 'five', '"five"'],
    ['Array(String)', '["a", "b"]', '["a","b"]'],
    ['Bool', 'true', 'true'],
    ['Nullable(Int8)', 'null', 'null'],
  ])('of %s takes %j as %s', (type, text, json) => {
    expect(renderRow({ v: inputValue(text, column('$.c', type)) })).toBe(`{"v":${json}}`);
  });

  it.each([
    ['String', '"a"', 'a'],
    ['Int64', '1.0', '1.0'],
    ['Int64', '"5"', '"5"'],
    ['Array(String)', '["x"]', '["x"]'],
    ['Nullable(String)', 'null', 'null'],
  ])('of %s stands in the input: %s', (type, json, text) => {
    expect(inputText(parseRow(`{"v":${json}}`)!['v'], { type })).toBe(text);
    expect(inputText(undefined, { type })).toBe('');
  });
});
