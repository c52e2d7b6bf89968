import { arrayOf, integer, type JsonSchema, mapOf, nullableText, object, ref, text } from './json-schema';

const COLUMN: JsonSchema = object(
  {
    name: text(),
    normalized_name: text(),
    type: text("in ClickHouse's notation, such as `Nullable(String)`"),
    nullable: { type: 'boolean' },
    jsonpath: text('where its values stand in a row'),
    default_value: nullableText(),
  },
  { inferred: { type: 'boolean', description: 'whether its type was inferred from rows' } },
);

const SOURCE = {
  id: text(),
  name: text(),
  type: text(),
  description: text(),
  columns: arrayOf(ref('Column')),
  schema: object({ columns: arrayOf(ref('Column')), sql_schema: text() }),
  new_columns_detected: { type: 'boolean', description: 'whether rows have had fields without a column' },
  unknown_fields: arrayOf(text()),
} as const satisfies Record<string, JsonSchema>;

const ANY_VALUE: JsonSchema = {};

/** Data sources, their rows, and SQL. */
export const ROW_SCHEMAS = {
  StoredRows: {
    description: 'How many rows were stored, and what was wrong with the others.',
    ...object(
      { successful_rows: integer(), quarantined_rows: integer('that did not fit the schema') },
      {
        errors: arrayOf(
          object({
            row: integer('number of the row, from 1; blank lines do not count'),
            column: text('empty when the row as a whole does not fit'),
            path: text(),
            error: text(),
          }),
          'what is wrong with rows that went to the quarantine, the first of them',
        ),
        unknown_fields: arrayOf(text(), 'fields of these rows that have no column'),
      },
    ),
  },
  Row: {
    description: 'A stored row, or one of the quarantine, by the names of its columns.',
    ...object({ offset: ref('Position'), row: mapOf(ANY_VALUE) }),
  },
  RowPage: {
    description: 'A page of rows.',
    ...object({ rows: arrayOf(ref('Row')), next: ref('NextPosition') }),
  },
  Column: { description: 'A column of a data source.', ...COLUMN },
  DataSource: { description: 'A data source and its schema.', ...object(SOURCE) },
  DataSourceStatus: {
    description: 'A data source, and how much it holds.',
    ...object({
      ...SOURCE,
      created_at: text('UTC, as in `2025-12-17 13:18:09.799000`'),
      updated_at: text('UTC, as in `2025-12-17 13:18:09.799000`'),
      statistics: object({ row_count: integer() }),
      quarantine_rows: integer(),
    }),
  },
  DataSourceList: { description: 'Data sources.', ...object({ datasources: arrayOf(ref('DataSource')) }) },
  PushedDataSource: {
    description: 'What became of a schema that was pushed.',
    ...object(
      { datasource: ref('DataSource'), created: { type: 'boolean' }, added_columns: arrayOf(ref('Column')) },
      {
        quarantine_rows: integer('of the quarantine that may fit now'),
        quarantine_replay: text('the request that stores them'),
        warnings: arrayOf(text(), 'instructions that change nothing here'),
      },
    ),
  },
  SqlResult: {
    description: 'A result with `FORMAT JSON`, the default, or `FORMAT JSONCompact`, whose rows are arrays.',
    ...object({
      meta: arrayOf(object({ name: text(), type: text() })),
      data: arrayOf({ anyOf: [{ type: 'object' }, { type: 'array' }] }, 'rows; 64-bit integers have all their digits'),
      rows: integer(),
      rows_before_limit_at_least: integer(),
      statistics: object({
        elapsed: { type: 'number', description: 'seconds' },
        rows_read: integer(),
        bytes_read: integer(),
      }),
    }),
  },
} as const satisfies Record<string, JsonSchema>;
