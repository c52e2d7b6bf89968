import type { Table } from '../../sql-tables';
import { quoted } from './sql-names';

const KEYWORDS = [
  ...['SELECT', 'FROM', 'WHERE', 'GROUP BY', 'HAVING', 'ORDER BY', 'LIMIT', 'OFFSET', 'JOIN', 'LEFT JOIN', 'ON', 'AS'],
  ...[
    'AND',
    'OR',
    'NOT',
    'IN',
    'IS NULL',
    'BETWEEN',
    'LIKE',
    'CASE',
    'WHEN',
    'THEN',
    'ELSE',
    'END',
    'DISTINCT',
    'WITH',
  ],
  ...['UNION ALL', 'DESC', 'ASC', 'FORMAT', 'count()', 'sum(', 'avg(', 'min(', 'max(', 'uniq(', 'toStartOfMinute('],
];

/** After these there is a table. */
const BEFORE_TABLE = /\b(?:from|join)\s+\S*$/i;

const WORD = /"[^"]*$|[\w.]*$/;

/** What could stand in the place of the last word of a line, and that word. `before`: the lines in front of it. */
export function complete(line: string, before: string, tables: readonly Table[]): [string[], string] {
  const [word = ''] = WORD.exec(line) ?? [];
  const begins = (name: string): boolean => name.toLowerCase().startsWith(word.toLowerCase());
  const names = tables.map(({ name }) => quoted(name));
  if (BEFORE_TABLE.test(line)) return [names.filter(begins), word];
  const text = `${before}\n${line}`;
  const mentioned = tables.filter(({ name }) => text.includes(name));
  const columns = (mentioned.length > 0 ? mentioned : tables).flatMap((table) =>
    table.columns.map(({ name }) => quoted(name)),
  );
  const all = [...new Set([...columns, ...(word === '' ? [] : [...names, ...KEYWORDS])])];
  return [all.filter(begins), word];
}
