import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { COUNTERPARTS, TRANSLATED_FUNCTIONS } from '../../../../src/store/sqlite/sql/dialect/counterparts';

const DOCUMENT = readFileSync(join(__dirname, '../../../../docs/events-api.md'), 'utf8');

/** SQLite has functions of these names, which cannot be called so, or are refused. */
const OTHER_MEANING = new Set(['match', 'timeDiff']);

describe('COUNTERPARTS', () => {
  it('is the table in docs/events-api.md', () => {
    const [, table = ''] = /<!-- counterparts[^\n]*-->\n\n([^]*?)\n\n/.exec(DOCUMENT) ?? [];
    const rows = table
      .split('\n')
      .slice(2)
      .map((line) => line.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll('\\|', '|')));
    expect(Object.fromEntries(rows.map(([, name = '', instead]) => [name.replaceAll('`', ''), instead]))).toEqual(
      COUNTERPARTS,
    );
  });

  it('names no function that SQLite has, or that is translated', () => {
    const known = new Set(
      new Database(':memory:').prepare<[], string>('SELECT lower(name) FROM pragma_function_list').pluck().all(),
    );
    const names = Object.keys(COUNTERPARTS);
    expect(names.length).toBeGreaterThanOrEqual(40);
    expect(names.filter((name) => known.has(name.toLowerCase()) && !OTHER_MEANING.has(name))).toEqual([]);
    expect(names.filter((name) => TRANSLATED_FUNCTIONS.includes(name))).toEqual([]);
  });
});
