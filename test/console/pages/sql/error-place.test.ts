import { placesOf } from '../../../../src/console/pages/sql/error-place';

/** The marked parts of a query. */
const marked = (message: string, query: string): string[] =>
  placesOf(message, query).map(({ from, to }) => query.slice(from, to));

describe('placesOf', () => {
  it.each([
    ['near "FORM": syntax error', 'SELECT * FORM visits', ['FORM']],
    ['no such column: foo', 'SELECT bar, foo FROM foobar', ['foo']],
    ['no such column: v.foo', 'SELECT v.foo FROM visits v', ['foo']],
    ['no such function: nosuch', 'SELECT nosuch(n) FROM visits', ['nosuch']],
    ['ambiguous column name: n', 'SELECT n FROM a JOIN b', ['n']],
    ['there is no function countIf here; write count(*) FILTER (WHERE c)', 'SELECT countIf(n > 1)', ['countIf']],
    ['there is no data source and no topic "nope"', 'SELECT 1 FROM "nope"', ['"nope"']],
    ['misuse of aggregate function count()', 'SELECT sum(count(*)) FROM v', ['count']],
    ['unrecognized token: "\'a FROM v"', "SELECT 'a FROM v", ["'a FROM v"]],
    ['unrecognized token: "#"', 'SELECT # FROM v', ['#']],
    ['there is no :: here: write CAST(x AS type)', 'SELECT n::Int8', ['::']],
    ['a query begins with SELECT, WITH or VALUES, not with "DELETE"', 'DELETE FROM v', ['DELETE']],
    ['something follows the semicolon at position 8; send one statement', 'SELECT 1; SELECT 2', [';']],
    ['incomplete input', 'SELECT n FROM visits WHERE ', ['WHERE']],
    ['the column "city" is neither grouped by nor in an aggregate', 'SELECT city, count(*) FROM v', ['city']],
  ])('marks what %s names', (message, query, expected) => {
    expect(marked(message, query)).toEqual(expected);
  });

  it('marks each place of what stands several times, but not what cannot be wrong', () => {
    expect(marked('no such column: foo', 'SELECT foo FROM v WHERE foo = 1')).toEqual(['foo', 'foo']);
    expect(placesOf('near ",": syntax error', 'SELECT a, b,, c FROM v')).toEqual([{ from: 12, to: 13 }]);
    expect(placesOf('near "FROM": syntax error', 'SELECT (SELECT 1 FROM a), count( FROM b')).toEqual([
      { from: 33, to: 37 },
    ]);
  });

  it('marks nothing in comments and texts of another meaning, and nothing where the message names nothing', () => {
    expect(marked('no such column: foo', 'SELECT foo -- foo\nFROM v /* foo */')).toEqual(['foo']);
    expect(placesOf('the query took longer than 10 s', 'SELECT 1')).toEqual([]);
    expect(placesOf('incomplete input', '  ')).toEqual([]);
  });
});
