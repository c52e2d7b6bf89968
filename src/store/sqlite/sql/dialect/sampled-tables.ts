import { identifier } from '../identifier';
import type { Edits } from './edits';
import type { Expression } from './nodes';
import type { Scope, TimeExtent } from './scope';
import { timeBounds, type TimeBounds } from './time-bounds';

/**
 * Puts a subquery in the place of each table that has more columns than a query may see: of those it may see, and of
 * the rows that may lie in the times that WHERE lets through. WHERE stays as it is. What is left out here it would not
 * let through, behind outer joins either, since comparisons with the NULLs of a row without a partner are not true.
 */
export function narrowSampledTables(edits: Edits, where: Expression | undefined, scope: Scope): void {
  for (const [index, { columns, sampled }] of scope.relations.entries()) {
    if (sampled === undefined) continue;
    const { source, extent } = sampled;
    const isTime = ({ table, name }: { table: string | undefined; name: string }): boolean =>
      scope.keyOf(table, name) === `${index}.timestamp`;
    const bounds = where === undefined ? undefined : timeBounds(where, isTime);
    const names = columns.map(({ name }) => identifier(name)).join(', ');
    const rows = `(SELECT ${names} FROM ${identifier(source.name)}${bounds === undefined ? '' : condition(extent, bounds)})`;
    edits.replace(source.namePlace, source.alias === undefined ? `${rows} AS ${identifier(source.name)}` : rows);
  }
}

function condition(extent: TimeExtent, { least, greatest }: TimeBounds): string {
  const terms = [
    ...(least === undefined ? [] : [`${identifier(extent.greatest)} >= ${integerText(least)}`]),
    ...(greatest === undefined ? [] : [`${identifier(extent.least)} <= ${integerText(greatest)}`]),
  ];
  return terms.length === 0 ? '' : ` WHERE ${terms.join(' AND ')}`;
}

/** SQLite reads the least integer of 64 bits, written in digits, as a number with a fraction. */
function integerText(value: bigint): string {
  return value === -(2n ** 63n) ? `(${value + 1n} - 1)` : String(value);
}
