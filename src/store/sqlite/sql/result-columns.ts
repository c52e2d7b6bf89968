import type { ColumnDefinition } from 'better-sqlite3';
import { ResultColumn, type ValueType } from '../../sql/result-column';
import { distinctNames } from '../../sql/distinct-names';
import type { ReadableSource } from './readable-source';

/**
 * The columns of a result. For each SQLite names the stored column behind it, if any, through views and subqueries;
 * `expressions` are the types of the others.
 */
export function resultColumns(
  definitions: ColumnDefinition[],
  sources: Iterable<ReadableSource>,
  expressions: readonly (ValueType | undefined)[] = [],
): ResultColumn[] {
  const types = new Map<string, ReadonlyMap<string, ValueType>>();
  for (const { tables } of sources) for (const { name, types: columns } of tables) types.set(name, columns);
  // Joins often have two columns of one name, which would be one in a JSON object.
  const names = distinctNames(
    definitions.map(({ name }) => name),
    (name) => name,
  );
  return definitions.map(({ table, column }, index) => {
    const stored = table === null || column === null ? undefined : types.get(table)?.get(column);
    return new ResultColumn(names[index]!, stored ?? expressions[index]);
  });
}
