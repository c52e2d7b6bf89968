import { type FieldGuess, mainKind } from './field-guess';
import { renderPath } from '../schema/field-path';
import { guessType } from './guessed-type';
import { holdsTimes } from '../schema/column-type';
import { isReserved } from '../definition/datasource-file';
import type { Column } from '../schema/schema';
import { parseColumnType } from '../schema/type-parser';

/** The greatest length of a name that is made from keys. */
const LONGEST_NAME = 100;

/** A field that gets a column. */
interface GuessedField {
  readonly name: string;
  readonly keys: readonly string[];
  readonly type: string;
  readonly nullable: boolean;
}

/**
 * The columns for all fields of some rows, in order of name. A field whose type cannot be guessed gets none. A column
 * is required when at least `requiredFrom` rows have its field, and all do.
 */
export function guessColumns(rows: FieldGuess, requiredFrom = 1): Column[] {
  const fields = [...guessFields(rows, [], Math.max(rows.objects, requiredFrom))].sort((one, other) =>
    compare(one, other),
  );
  const taken = new Set<string>();
  const columns = fields.map((field) => toColumn(field, freeName(field.name, taken)));
  return columns.sort((one, other) => (one.name < other.name ? -1 : 1));
}

function* guessFields(parent: FieldGuess, keys: readonly string[], rows: number): Generator<GuessedField> {
  for (const [key, guess] of parent.members) {
    const path = [...keys, key];
    if (mainKind(guess) === 'objects') yield* guessFields(guess, path, rows);
    else {
      const type = guessType(guess);
      if (type !== undefined) yield { name: nameOf(path), keys: path, type, nullable: guess.values < rows };
    }
  }
}

function toColumn({ keys, type: text, nullable }: GuessedField, name: string): Column {
  // Nullable(Array(…)) does not exist.
  const isArray = text.startsWith('Array');
  const type = parseColumnType(nullable && !isArray ? `Nullable(${text})` : text);
  const column = { name, path: keys, type, ...(holdsTimes(type) && { inferred: true as const }) };
  return nullable && isArray ? { ...column, default: { kind: 'constant', value: '[]' } } : column;
}

function nameOf(keys: readonly string[]): string {
  const name = keys.join('_').replace(/\W/g, '_').slice(0, LONGEST_NAME);
  return /^[A-Za-z_]/.test(name) ? name : `_${name}`;
}

/** A name, with a number appended if it is taken; upper and lower case count as the same. */
function freeName(name: string, taken: Set<string>): string {
  let free = name;
  for (let number = 2; taken.has(free.toLowerCase()) || isReserved(free); number++) free = `${name}_${number}`;
  taken.add(free.toLowerCase());
  return free;
}

function compare(one: GuessedField, other: GuessedField): number {
  if (one.name !== other.name) return one.name < other.name ? -1 : 1;
  return renderPath(one.keys) < renderPath(other.keys) ? -1 : 1;
}
