import type { DataSource } from '../../datasources/data-source';
import type { DataSourceStatus } from '../../datasources/data-source-service';
import { renderColumn, renderColumnPath } from '../../datasources/definition/column-definition';
import { renderDefault } from '../../datasources/definition/default-expression';
import type { Column } from '../../datasources/schema/schema';

/** A data source in a list, with the keys of Tinybird's Data Sources API that mean something here. */
export function describeSource({ name, schema, unknownFields }: DataSource): object {
  const columns = schema.columns.map(describeColumn);
  return {
    id: name,
    name,
    type: 'ndjson',
    description: schema.description ?? '',
    columns,
    schema: {
      columns,
      sql_schema: schema.columns.map(renderColumn).join(', '),
    },
    new_columns_detected: unknownFields.length > 0,
    unknown_fields: unknownFields,
  };
}

/** A data source by itself. */
export function describeStatus({ source, rowCount, quarantineCount, ...times }: DataSourceStatus): object {
  return {
    ...describeSource(source),
    created_at: dateTime(times.createdAt),
    updated_at: dateTime(times.updatedAt),
    statistics: { row_count: rowCount },
    quarantine_rows: quarantineCount,
  };
}

/** A column, with the keys of Tinybird's Data Sources API. */
export function describeColumn(column: Column): object {
  const { name, type, default: standIn } = column;
  return {
    name,
    normalized_name: name,
    type: type.text,
    nullable: type.nullable,
    jsonpath: renderColumnPath(column),
    default_value: standIn === undefined ? null : renderDefault(standIn, type),
    ...(column.inferred === true && { inferred: true }),
  };
}

/** `2025-12-17 13:18:09.799000` in UTC. */
function dateTime(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().replace('T', ' ').slice(0, -1)}000`;
}
