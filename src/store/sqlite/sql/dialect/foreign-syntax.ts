import { WriterHubError } from '../../../../errors';
import { counterpartOf } from './counterparts';

/** What of ClickHouse's SQL SQLite would misread or not read, and how it is written here. */
export function foreign(what: string, instead: string): WriterHubError {
  return new WriterHubError('invalid_sql', `${what}: write ${instead}`);
}

/** `tags['k']` and `list[1]`: SQLite takes brackets for a quoted name, and so for an alias. */
export function subscript(operand: string, inside: string): WriterHubError {
  const key = /^\s*'([^]*)'\s*$/.exec(inside)?.[1];
  const index = /^\s*(-?\d+)\s*$/.exec(inside)?.[1];
  const path = key !== undefined ? `'${key}'` : index !== undefined ? String(Math.max(Number(index) - 1, 0)) : `'key'`;
  const counted = index === undefined ? '' : ', which counts from 0';
  return foreign(
    `${operand}[${inside.slice(0, 40)}] would be read as a name in brackets`,
    `${operand} ->> ${path}${counted}`,
  );
}

/** `quantile(0.9)(x)`: here a call has one list of arguments. */
export function parametric(name: string): WriterHubError {
  return foreign(`there is no ${name}(…)(…) here`, counterpartOf(name) ?? 'a function with one list of arguments');
}

/** Words that would be read as the alias of a table. */
const JOIN_WORDS = new Set([
  'FINAL',
  'SAMPLE',
  'ANY',
  'ALL',
  'ASOF',
  'SEMI',
  'ANTI',
  'GLOBAL',
  'PASTE',
  'ARRAY',
  'PREWHERE',
]);

const JOIN_REMEDIES: Readonly<Record<string, string>> = {
  FINAL: 'FROM without it: there is one version of each row here',
  SAMPLE: 'a condition, or LIMIT',
  PREWHERE: 'WHERE',
  ARRAY: 'CROSS JOIN json_each(column) and its value',
};

export function checkTableAlias(word: string): void {
  if (!JOIN_WORDS.has(word)) return;
  const remedy = JOIN_REMEDIES[word] ?? 'LEFT JOIN, or EXISTS (SELECT …)';
  throw foreign(`${word} behind a table would be read as its alias`, remedy);
}

/** Signs and words at which a query of ClickHouse stops being one of SQLite. */
export function checkSyntax(word: string): void {
  const remedy = SYNTAX_REMEDIES[word];
  if (remedy !== undefined) throw foreign(`there is no ${word} here`, remedy);
}

const SYNTAX_REMEDIES: Readonly<Record<string, string>> = {
  ILIKE: 'lower(x) LIKE lower(y)',
  DIV: 'intDiv(a, b)',
  MOD: 'a % b',
  '::': 'CAST(x AS type)',
  INTERVAL: "datetime(x, '+1 hour')",
  SETTINGS: 'the query without it',
  PREWHERE: 'WHERE',
  QUALIFY: 'a subquery with the window function, and WHERE around it',
  TOTALS: 'UNION ALL and a SELECT without GROUP BY',
  ROLLUP: 'UNION ALL and a SELECT for each grouping',
  CUBE: 'UNION ALL and a SELECT for each grouping',
  '?': 'iif(condition, x, y), and values in place of parameters',
};
