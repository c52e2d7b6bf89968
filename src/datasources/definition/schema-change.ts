import { storageOf } from '../schema/column-type';
import type { ColumnConversion } from '../../store/contract/row-store';
import { checkColumns } from './datasource-file';
import type { Column, Schema } from '../schema/schema';
import { schemaError } from '../schema/schema-error';
import { isHeldAsStored } from './stored-values';
import { valueForm } from './value-forms';

/** The changed schema, the columns that are new in it, and those whose stored values are to be rewritten. */
export interface SchemaChange {
  readonly schema: Schema;
  readonly added: readonly Column[];
  readonly converted: readonly ColumnConversion[];
}

/**
 * Changes a schema into the wanted one without a change to what stored values mean. A column may get another path or
 * DEFAULT, or another type, if all its stored values fit that; columns may be added. Existing columns keep their order,
 * whatever the wanted one. Throws `invalid_schema` for any other change.
 */
export function changeSchema(current: Schema, wanted: Schema): SchemaChange {
  const wantedByName = new Map(wanted.columns.map((column) => [column.name, column]));
  const kept = current.columns.map((column) => changeColumn(column, wantedByName.get(column.name)));
  const names = new Set(current.columns.map(({ name }) => name));
  const added = wanted.columns.filter(({ name }) => !names.has(name));
  added.forEach(checkAdded);
  const description = wanted.description ?? current.description;
  return {
    schema: { ...wanted, ...(description !== undefined && { description }), columns: [...kept, ...added] },
    added,
    converted: current.columns.flatMap((column, index) => conversionOf(column, kept[index]!, index)),
  };
}

/** Adds columns to a schema. Throws `invalid_schema` when one of them exists already. */
export function addColumns(current: Schema, added: readonly Column[], maxColumns: number): SchemaChange {
  const names = new Set(current.columns.map(({ name }) => name.toLowerCase()));
  for (const column of added) {
    if (names.has(column.name.toLowerCase())) throw schemaError(`there is a column ${column.name} already`);
    checkAdded(column);
  }
  const columns = [...current.columns, ...added];
  checkColumns(columns, maxColumns);
  return { schema: { ...current, columns }, added, converted: [] };
}

/** Rows that are already stored need a value in a new column. */
function checkAdded({ name, type, default: columnDefault }: Column): void {
  if (type.nullable || columnDefault !== undefined) return;
  throw schemaError(`the new column ${name} needs a DEFAULT, or a Nullable type, for the rows that are stored already`);
}

function changeColumn(column: Column, wanted: Column | undefined): Column {
  if (wanted === undefined) {
    throw schemaError(`the column ${column.name} is missing; columns are not removed, make another data source`);
  }
  return wanted;
}

/** How the values of a column are rewritten for its new type; nothing when they stay as they are. */
function conversionOf({ name, type }: Column, { type: wanted }: Column, index: number): ColumnConversion[] {
  if (wanted.text === type.text || isHeldAsStored(wanted, type)) return [];
  const refusal = `the column ${name} cannot turn from ${type.text} to ${wanted.text}`;
  return [{ index, storage: storageOf(wanted), form: valueForm(type, wanted), nullable: wanted.nullable, refusal }];
}
