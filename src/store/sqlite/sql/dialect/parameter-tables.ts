import { identifier } from '../identifier';
import { Edits } from './edits';
import type { TableSource } from './nodes';

/** What the name of a topic and this suffix name is its parameter data. */
export const PARAMETERS = '.parameters';

/**
 * Writes `cars.parameters` as `"cars.parameters" AS "parameters"`: with two names SQLite would look for the table in a
 * database called `cars`. Gives the text as it is where no such name is.
 */
export function joinTableNames(sql: string, tables: readonly TableSource[]): string {
  const edits = new Edits(sql);
  for (const { schema, name, namePlace, args, alias } of tables) {
    if (schema === undefined || `.${name}` !== PARAMETERS || args !== undefined) continue;
    edits.replace(
      namePlace,
      `${identifier(schema + PARAMETERS)}${alias === undefined ? ` AS ${identifier(name)}` : ''}`,
    );
  }
  return edits.apply();
}
