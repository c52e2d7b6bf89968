import type { ColumnType } from './schema/column-type';
import type { Schema } from './schema/schema';
import { parseDataSourceFile } from './definition/datasource-file';
import type { SqlColumn, SqlValueForm } from '../store/contract/sql-engine';

/** The columns of a stored definition, as SQL shows them. */
export function sqlColumns(definition: string): SqlColumn[] {
  // A stored definition was within the limit when it was made.
  return columnsOf(parseDataSourceFile(definition, { maxColumns: Infinity }).schema);
}

/** The columns of a schema, as SQL shows them. */
export function columnsOf({ columns }: Schema): SqlColumn[] {
  return columns.map(({ name, type }) => ({
    name,
    type: type.text,
    nullable: type.nullable,
    form: formOf(type),
  }));
}

function formOf(type: ColumnType): SqlValueForm {
  switch (type.kind) {
    case 'integer':
      return type.bits >= 64 ? 'large_integer' : 'plain';
    case 'decimal':
      return 'decimal';
    case 'bool':
      return 'bool';
    case 'array':
    case 'map':
    case 'json':
      return 'json';
    case 'float':
    case 'string':
    case 'fixed_string':
    case 'uuid':
    case 'date':
    case 'date_time':
      return 'plain';
  }
}
