import { storageOf, type ColumnType } from '../schema/column-type';
import { checkColumns } from './datasource-file';
import type { Column, Schema } from '../schema/schema';
import { schemaError } from '../schema/schema-error';

/** The changed schema, and the columns that are new in it. */
export interface SchemaChange {
  readonly schema: Schema;
  readonly added: readonly Column[];
}

/**
 * Changes a schema into the wanted one without a change to what is stored. A column may get another path or DEFAULT, or
 * a type that holds every value of the old one; columns may be added. Existing columns keep their order, whatever the
 * wanted one. Throws `invalid_schema` for any other change.
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
  return { schema: { ...current, columns }, added };
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
  if (wanted.type.text === column.type.text || holdsAllOf(wanted.type, column.type)) return wanted;
  const change = `from ${column.type.text} to ${wanted.type.text}`;
  throw schemaError(
    `the column ${column.name} cannot turn ${change}: stored values might not fit; add a column instead`,
  );
}

/** Whether every stored value of a type is also a value of the wider one. */
function holdsAllOf(wider: ColumnType, type: ColumnType): boolean {
  if (storageOf(wider) !== storageOf(type) || (type.nullable && !wider.nullable)) return false;
  switch (type.kind) {
    case 'integer':
      return wider.kind === 'integer' && holdsIntegers(wider, type);
    case 'float':
      return wider.kind === 'float' && wider.bits >= type.bits;
    case 'decimal':
      return wider.kind === 'decimal' && wider.scale === type.scale && wider.precision >= type.precision;
    case 'fixed_string':
      return wider.kind === 'string' || (wider.kind === 'fixed_string' && wider.bytes === type.bytes);
    case 'date_time':
      return wider.kind === 'string' || (wider.kind === 'date_time' && wider.precision === type.precision);
    case 'array':
      return wider.kind === 'array' && holdsAllOf(wider.items, type.items);
    case 'map':
      return wider.kind === 'map' && holdsAllOf(wider.keys, type.keys) && holdsAllOf(wider.values, type.values);
    case 'bool':
    case 'json':
      return wider.kind === type.kind;
    case 'string':
    case 'uuid':
    case 'date':
      return wider.kind === 'string' || wider.kind === type.kind;
  }
}

interface IntegerRange {
  readonly bits: number;
  readonly signed: boolean;
}

function holdsIntegers(wider: IntegerRange, type: IntegerRange): boolean {
  if (wider.signed === type.signed) return wider.bits >= type.bits;
  return wider.signed && wider.bits > type.bits;
}
