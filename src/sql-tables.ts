// What SQL may name, for those who complete names: the console in a page, and the shell at a terminal.

/** A column that a query may name. */
export interface TableColumn {
  readonly name: string;
  readonly type: string;
}

/** What a query may read, and what to call it in a list. */
export interface Table {
  readonly name: string;
  readonly kind: 'data source' | 'topic' | 'quarantine' | 'parameter data';
  readonly columns: readonly TableColumn[];
}

/** Of `GET /topics`. */
export interface ListedTopic {
  readonly name: string;
  readonly kind: 'events' | 'rows';
}

/** Of `GET /v0/datasources`. */
export interface ListedDataSource {
  readonly name: string;
  readonly columns: readonly TableColumn[];
}

/** Of a topic of events: docs/events-api.md, "SQL". */
const EVENT_COLUMNS: readonly TableColumn[] = [
  { name: 'offset', type: 'Int64' },
  { name: 'stream_id', type: 'String' },
  { name: 'timestamp', type: 'Int64, nanoseconds' },
  { name: 'id', type: 'String' },
  { name: 'value', type: 'String' },
  { name: 'tags', type: 'Map(String, String)' },
];

/** Of its parameter data: docs/events-api.md, "Parameter data". */
const SAMPLE_COLUMNS: readonly TableColumn[] = [
  { name: 'offset', type: 'Int64' },
  { name: 'stream_id', type: 'String' },
  { name: 'parameter', type: 'String' },
  { name: 'timestamp', type: 'Int64, nanoseconds' },
  { name: 'kind', type: 'String' },
  { name: 'numeric_value', type: 'Float64' },
  { name: 'string_value', type: 'String' },
  { name: 'binary_value', type: 'String' },
  { name: 'value', type: 'String' },
  { name: 'tags', type: 'Map(String, String)' },
];

/** Beside the columns of the data source, which are texts there. */
const QUARANTINE_COLUMNS: readonly TableColumn[] = [
  { name: 'c__error_column', type: 'Array(String)' },
  { name: 'c__error', type: 'Array(String)' },
  { name: 'c__row', type: 'String' },
  { name: 'insertion_date', type: 'DateTime' },
];

/** All that a query of the reader may name. */
export function tablesOf(topics: readonly ListedTopic[], dataSources: readonly ListedDataSource[]): Table[] {
  const ofTopics = topics
    .filter(({ kind }) => kind === 'events')
    .flatMap(({ name }): Table[] => [
      { name, kind: 'topic', columns: EVENT_COLUMNS },
      { name: `${name}.parameters`, kind: 'parameter data', columns: SAMPLE_COLUMNS },
    ]);
  const ofSources = dataSources.flatMap(({ name, columns }): Table[] => [
    { name, kind: 'data source', columns: [...columns, { name: '_rest', type: 'JSON' }] },
    {
      name: `${name}_quarantine`,
      kind: 'quarantine',
      columns: [...QUARANTINE_COLUMNS, ...columns.map((column) => ({ name: column.name, type: 'String' }))],
    },
  ]);
  return [...ofSources, ...ofTopics];
}
