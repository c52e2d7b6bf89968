import { formatOf, tokensOf, unquoted, withoutFormat } from '../../../../src/console/pages/sql/query-text';

describe('tokensOf', () => {
  it('leaves out white space and comments, and says where each token stands', () => {
    const query = 'SELECT -- no\n "a b", /* n */ 1.5';
    expect(tokensOf(query).map(({ text, start, end }) => [text, query.slice(start, end) === text])).toEqual([
      ['SELECT', true],
      ['"a b"', true],
      [',', true],
      ['1.5', true],
    ]);
  });

  it.each([
    [`'it''s'`, "it's"],
    ['"a""b"', 'a"b'],
    ['`x`', 'x'],
    ["'open", 'open'],
    ['Köln', 'Köln'],
  ])('reads the name in %s', (query, name) => {
    expect(tokensOf(query).map(unquoted)).toEqual([name]);
  });
});

describe('formatOf', () => {
  it.each([
    ['SELECT 1 FORMAT Foo ;', 'Foo'],
    ['SELECT 1 -- FORMAT CSV', undefined],
    ['SELECT 1', undefined],
    ["SELECT 'FORMAT CSV'", undefined],
  ])('of %s is %s', (query, format) => {
    expect(formatOf(query)).toBe(format);
  });
});

describe('withoutFormat', () => {
  it.each(['SELECT 1', 'SELECT 1; -- one', "SELECT 'abc", 'SELECT `a FORMAT CSV', 'SELECT format', 'FORMAT CSV', ''])(
    'leaves %j as it is',
    (query) => {
      expect(withoutFormat(query)).toBe(query);
    },
  );

  it.each([
    ['SELECT 1 FORMAT CSV', 'SELECT 1'],
    ['SELECT 1 format csv ; -- as lines', 'SELECT 1'],
    ["SELECT 'format' AS format FORMAT JSON", "SELECT 'format' AS format"],
  ])('makes of %j %j', (query, expected) => {
    expect(withoutFormat(query)).toBe(expected);
  });
});
