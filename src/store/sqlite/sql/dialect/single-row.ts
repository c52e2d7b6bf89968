import type { Edits } from './edits';
import { literalOf, refused } from './literals';
import type { Core, Query } from './nodes';
import { containsAggregate } from './scope';

/** A subquery that stands for one value: ClickHouse refuses it where it has several rows, SQLite takes any of them. */
export function checkSingleRow(query: Query, width: number, edits: Edits): void {
  if (isLimited(query, edits) || (query.cores.length === 1 && isOneRow(query.cores[0]!))) return;
  if (width > 1) throw refused('a subquery that is compared with a row may have several rows; write LIMIT 1');
  edits.wrap(
    query,
    'WITH hub_values(x) AS (',
    ') SELECT CASE WHEN count(*) > 1 THEN hub_several() ELSE x END FROM (SELECT x FROM hub_values LIMIT 2)',
  );
}

function isLimited({ limits }: Query, edits: Edits): boolean {
  const [first, second] = limits;
  if (first === undefined) return false;
  // LIMIT 10, 1: the number of rows comes last.
  const isSwapped = second !== undefined && edits.slice({ start: first.end, end: second.start }).includes(',');
  const count = literalOf(isSwapped ? second : first);
  return count?.is === 'integer' && (count.text === '1' || count.text === '0');
}

function isOneRow({ from, groupBy, items, rows }: Core): boolean {
  if (rows !== undefined) return rows.length === 1;
  if (from.length === 0) return true;
  return (
    groupBy.length === 0 && items.some(({ expression }) => expression !== undefined && containsAggregate(expression))
  );
}
