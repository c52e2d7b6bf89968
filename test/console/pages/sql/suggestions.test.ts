import { tablesOf } from '../../../../src/sql-tables';
import { FUNCTIONS } from '../../../../src/console/pages/sql/functions';
import { suggestionsAt } from '../../../../src/console/pages/sql/suggestions';
import { ALLOWED_FUNCTIONS } from '../../../../src/store/sqlite/sql/allowed-functions';

const TABLES = tablesOf(
  [
    { name: 'cars', kind: 'events' },
    { name: 'visits', kind: 'rows' },
  ],
  [
    {
      name: 'visits',
      columns: [
        { name: 'city', type: 'String' },
        { name: 'n', type: 'Int64' },
      ],
    },
    { name: 'my rows', columns: [{ name: 'order', type: 'Int8' }] },
  ],
);

/** What is suggested at `|`. */
function at(text: string, kind?: string): string[] {
  const cursor = text.indexOf('|');
  const { options } = suggestionsAt(text.replace('|', ''), cursor, TABLES);
  return options
    .filter((option) => kind === undefined || option.kind === kind)
    .map(({ label, text: written = label }) => written);
}

describe('suggestionsAt', () => {
  it.each(['SELECT * FROM |', 'SELECT * FROM vi|', 'SELECT * FROM cars JOIN |', 'SELECT * FROM cars AS c, |'])(
    'are tables at %s, those with other signs in quotes',
    (query) => {
      expect(at(query)).toEqual([
        'visits',
        'visits_quarantine',
        '"my rows"',
        '"my rows_quarantine"',
        'cars',
        'cars.parameters',
      ]);
    },
  );

  it('are the columns of the tables that the query reads, wherever it names them', () => {
    expect(at('SELECT | FROM visits', 'column')).toEqual(['city', 'n', '_rest']);
    expect(at('SELECT city, | FROM visits', 'column')).toEqual(['city', 'n', '_rest']);
    expect(at('SELECT * FROM cars WHERE |', 'column')).toContain('stream_id');
    expect(at('SELECT | FROM "my rows"', 'column')).toContain('"order"');
    expect(at('SELECT | FROM cars.parameters', 'column')).toContain('numeric_value');
    expect(at('SELECT |', 'column')).toEqual([]);
  });

  it('are the columns of one table behind its name or alias', () => {
    expect(at('SELECT v.| FROM visits v JOIN cars AS c')).toEqual(['city', 'n', '_rest']);
    expect(at('SELECT c.i| FROM visits v JOIN cars AS c')).toContain('id');
    expect(at('SELECT visits.| ')).toEqual(['city', 'n', '_rest']);
    expect(at('SELECT * FROM cars.|')).toContain('parameters');
    expect(at('SELECT nothing.|')).toEqual([]);
  });

  it('begin where the word begins', () => {
    expect(suggestionsAt('SELECT ci', 9, TABLES).from).toBe(7);
    expect(suggestionsAt('SELECT "my r', 12, TABLES).from).toBe(11);
    expect(suggestionsAt('SELECT v.ci', 11, TABLES).from).toBe(9);
  });
});

describe('FUNCTIONS', () => {
  it('are functions that the server has', () => {
    const unknown = FUNCTIONS.filter(([name]) => !ALLOWED_FUNCTIONS.has(name)).map(([name]) => name);
    expect(unknown).toEqual([]);
  });
});
