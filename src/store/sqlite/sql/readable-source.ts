import { VALUE_KINDS } from '../../contract/parameter-store';
import type { ValueType } from '../../sql/result-column';
import type { SqlColumn } from '../../contract/sql-engine';
import { quarantineTable, rowTable } from '../file/data-source-tables';
import { distinctNames } from '../../sql/distinct-names';
import { packageTable } from '../file/package-table';
import type { TimeExtent } from './dialect/scope';
import { BLOCK_SAMPLES, PACKAGE_SAMPLES, SAMPLE_COLUMNS } from './sample-tables';

/** What a name in a query stands for. `end`: of what lies in its table, only what is before this offset is readable. */
export type Source = { readonly id: number; readonly end?: number } & (
  | { readonly kind: 'events'; readonly hasRemovals: boolean }
  /** Parameter data of a topic: up to `packedOffset` in blocks, behind it in packages. */
  | { readonly kind: 'samples'; readonly packedOffset: number }
  | {
      readonly kind: 'rows' | 'quarantine';
      readonly columns: readonly SqlColumn[];
      /** The columns of the table that hold them; absent: in their order. */
      readonly numbers?: readonly number[];
    }
);

/** A table of the database that a view reads, and the types of those of its columns that have one. */
export interface StoredTable {
  readonly name: string;
  readonly index?: string;
  /** It is computed from its arguments, and not in the file. */
  readonly isVirtual?: boolean;
  readonly types: ReadonlyMap<string, ValueType>;
}

/** A source as a query sees it: the names of its columns, and where their values come from. */
export interface ReadableSource {
  readonly columns: readonly string[];
  /** The types of these columns, of those that have one. */
  readonly types: readonly (ValueType | undefined)[];
  /** Behind these, the view of samples has one with the least and one with the greatest time near each. */
  readonly extent?: TimeExtent;
  /** The SELECT of its view. */
  readonly select: string;
  readonly tables: readonly StoredTable[];
}

const STRING = valueType('String');
const INT64: ValueType = { type: 'Int64', nullable: false, form: 'large_integer' };
const JSON_OBJECT: ValueType = { type: 'JSON', nullable: true, form: 'json' };
const STRING_ARRAY: ValueType = { type: 'Array(String)', nullable: false, form: 'json' };

const TEXT: ValueType = { type: 'Nullable(String)', nullable: true, form: 'plain' };
const INSERTED: ValueType = { type: 'DateTime', nullable: false, form: 'plain' };

const EVENT_TYPES = new Map<string, ValueType>([
  ['offset', INT64],
  ['timestamp', INT64],
  ['id', STRING],
  ['value', { type: 'Nullable(String)', nullable: true, form: 'plain' }],
  ['tags', { type: 'Map(String, String)', nullable: true, form: 'json' }],
]);

const STREAM_TYPES = new Map([['stream_id', STRING]]);

export function readableSource(source: Source): ReadableSource {
  switch (source.kind) {
    case 'events':
      return readableEvents(source);
    case 'samples':
      return readableSamples(source);
    case 'rows':
      return readableRows(source);
    case 'quarantine':
      return readableQuarantine(source, source.columns);
  }
}

const EVENT_COLUMNS = ['offset', 'stream_id', 'timestamp', 'id', 'value', 'tags'];

/** The table of a topic's events, and the one with the streams of all topics. */
const eventTable = (id: number): string => `events_${id}`;
const STREAM_TABLE = 'streams';

/**
 * The outer join costs queries without `stream_id` little. SQLite turns a query for a single stream into an inner join
 * that begins with the stream. Events of streams that were removed have no stream: while they are there, the join is an
 * inner one, in this order, as SQLite would look through all events for each stream of a GROUP BY.
 */
function readableEvents({ id, end, hasRemovals }: Extract<Source, { kind: 'events' }>): ReadableSource {
  const join = hasRemovals ? 'CROSS JOIN' : 'LEFT JOIN';
  return {
    columns: EVENT_COLUMNS,
    types: EVENT_COLUMNS.map((name) => EVENT_TYPES.get(name) ?? STREAM_TYPES.get(name)),
    select: `SELECT e.offset, s.stream_id, e.timestamp, e.id, e.value, e.tags FROM main.${eventTable(id)} AS e
      ${join} main.${STREAM_TABLE} AS s ON s.id = e.stream AND s.topic = ${id}${before(end, 'e.')}`,
    tables: [
      { name: eventTable(id), types: EVENT_TYPES },
      { name: STREAM_TABLE, index: 'sqlite_autoindex_streams_1', types: STREAM_TYPES },
    ],
  };
}

const SAMPLE_TYPES = new Map<string, ValueType>([
  ['offset', INT64],
  ['stream_id', STRING],
  ['timestamp', INT64],
  ['parameter', STRING],
  ['kind', STRING],
  ['numeric_value', { type: 'Nullable(Float64)', nullable: true, form: 'plain' }],
  ['string_value', TEXT],
  ['binary_value', TEXT],
  ['value', STRING],
  ['tags', { type: 'Map(String, String)', nullable: true, form: 'json' }],
]);

/** Their names begin with a space, which is no part of a name that is not quoted, and no query may name them. */
const EXTENT: TimeExtent = { least: ' least_timestamp', greatest: ' greatest_timestamp' };

/**
 * A view of two parts: what is in blocks, and the packages behind them. Conditions on streams, parameters and kinds are
 * met by the tables before a block is read. SQLite chooses the order of those that have no condition between them, and
 * keeps the rest in the order of the cross joins, as the tables of samples need their arguments.
 */
function readableSamples({ id, packedOffset, end }: Extract<Source, { kind: 'samples' }>): ReadableSource {
  const columns = [...SAMPLE_TYPES.keys()];
  const values = SAMPLE_COLUMNS.slice(2).map((name) => `x.${name}`);
  const kind = `CASE s.kind ${VALUE_KINDS.map((name, index) => `WHEN ${index} THEN '${name}'`).join(' ')} END`;
  const types = (names: readonly string[]): ReadonlyMap<string, ValueType> =>
    new Map([...SAMPLE_TYPES].filter(([name]) => names.includes(name)));
  return {
    columns,
    types: [...SAMPLE_TYPES.values()],
    extent: EXTENT,
    select: `SELECT x.offset, st.stream_id, x.timestamp, p.name, ${kind}, ${values.join(', ')},
        b.min_timestamp, b.max_timestamp
      FROM main.${STREAM_TABLE} AS st
        JOIN main.parameters AS p ON p.topic = ${id}
        JOIN main.series AS s ON s.stream = st.id AND s.parameter = p.id
        CROSS JOIN main.blocks AS b ON b.series = s.id
        CROSS JOIN main.block_data AS d ON d.id = b.id
        CROSS JOIN main.${BLOCK_SAMPLES}(s.kind, b.min_timestamp, d.zones, d.data) AS x
      WHERE st.topic = ${id}
      UNION ALL
      SELECT x.offset, st.stream_id, x.timestamp, x.parameter, x.kind, ${values.join(', ')},
        k.min_timestamp, k.max_timestamp
      FROM main.${packageTable(id)} AS k
        CROSS JOIN main.${STREAM_TABLE} AS st ON st.id = k.stream AND st.topic = ${id}
        CROSS JOIN main.${PACKAGE_SAMPLES}(k.offset, k.data) AS x
      WHERE k.offset > ${packedOffset}${end === undefined ? '' : ` AND k.offset < ${end}`}`,
    tables: [
      { name: STREAM_TABLE, index: 'sqlite_autoindex_streams_1', types: STREAM_TYPES },
      { name: 'parameters', index: 'sqlite_autoindex_parameters_1', types: new Map([['name', STRING]]) },
      { name: 'series', index: 'sqlite_autoindex_series_1', types: new Map() },
      { name: 'blocks', types: new Map() },
      { name: 'block_data', types: new Map() },
      { name: packageTable(id), types: new Map() },
      { name: BLOCK_SAMPLES, isVirtual: true, types: types(SAMPLE_COLUMNS) },
      { name: PACKAGE_SAMPLES, isVirtual: true, types: types(['parameter', 'kind', ...SAMPLE_COLUMNS]) },
    ],
  };
}

function readableRows({ id, end, columns, numbers }: Extract<Source, { columns: unknown }>): ReadableSource {
  const stored = columns.map((column, index) => ({ column: `c${numbers?.[index] ?? index + 1}`, type: column }));
  return {
    columns: columnNames([...columns.map(({ name }) => name), '_rest']),
    types: [...columns, JSON_OBJECT],
    select: `SELECT ${[...stored.map(({ column }) => column), 'rest'].join(', ')} FROM main.${rowTable(id)}${before(end)}`,
    tables: [
      {
        name: rowTable(id),
        types: new Map<string, ValueType>([
          ...stored.map(({ column, type }) => [column, type] as const),
          ['rest', JSON_OBJECT],
        ]),
      },
    ],
  };
}

/** The columns of Tinybird's quarantine tables, and the row as it was sent. */
function readableQuarantine({ id, end }: Source, columns: readonly SqlColumn[]): ReadableSource {
  const originals = columns.map((_, index) => `originals ->> '$[${index}]'`);
  return {
    columns: columnNames([
      'c__error_column',
      'c__error',
      'c__import_id',
      ...columns.map(({ name }) => name),
      'insertion_date',
      'c__row',
    ]),
    types: [STRING_ARRAY, STRING_ARRAY, TEXT, ...columns.map(() => TEXT), INSERTED, TEXT],
    select: `SELECT columns, reasons, NULL, ${originals.map((value) => `${value}, `).join('')}
      strftime('%Y-%m-%d %H:%M:%S', inserted_at / 1000, 'unixepoch'), CAST(raw AS TEXT)
      FROM main.${quarantineTable(id)}${before(end)}`,
    tables: [
      {
        name: quarantineTable(id),
        types: new Map([
          ['columns', STRING_ARRAY],
          ['reasons', STRING_ARRAY],
        ]),
      },
    ],
  };
}

/** The condition that leaves out what is not finished, where there is such: without one, counting all rows is fast. */
function before(end: number | undefined, table = ''): string {
  return end === undefined ? '' : ` WHERE ${table}offset < ${end}`;
}

function columnNames(names: readonly string[]): string[] {
  return distinctNames(names, (name) => name.toLowerCase());
}

function valueType(type: string): ValueType {
  return { type, nullable: false, form: 'plain' };
}
