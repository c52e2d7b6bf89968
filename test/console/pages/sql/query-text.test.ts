import { formatOf, tokensOf, unquoted, withFormat } from '../../../../src/console/pages/sql/query-text';

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

describe('withFormat', () => {
  it.each(["SELECT 'abc", 'SELECT "a', "SELECT 'it''", 'SELECT `a FORMAT CSV'])(
    'leaves %s, of which a quote is not closed, as it is',
    (query) => {
      expect(withFormat(query, 'JSONCompact')).toBe(query);
    },
  );

  it.each([
    ['SELECT 1', 'SELECT 1\nFORMAT X'],
    ['SELECT 1;', 'SELECT 1\nFORMAT X'],
    ['SELECT 1 -- one', 'SELECT 1\nFORMAT X'],
    ['SELECT 1 FORMAT CSV ;', 'SELECT 1\nFORMAT X'],
    ["SELECT 'format' AS format", "SELECT 'format' AS format\nFORMAT X"],
    ['SELECT format', 'SELECT format\nFORMAT X'],
    ['-- nothing', '-- nothing'],
  ])('makes of %j %j', (query, expected) => {
    expect(withFormat(query, 'X')).toBe(expected);
  });
});
