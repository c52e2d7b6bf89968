import type { ValueType } from '../../sql/result-column';
import type { SqlColumn } from '../../contract/sql-engine';
import { quarantineTable, rowTable } from '../file/data-source-tables';
import { distinctNames } from '../../sql/distinct-names';

/** What a name in a query stands for. `end`: of what lies in its table, only what is before this offset is readable. */
export type Source = { readonly id: number; readonly end?: number } & (
  | { readonly kind: 'events'; readonly hasRemovals: boolean }
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
  readonly types: ReadonlyMap<string, ValueType>;
}

/** A source as a query sees it: the names of its columns, and where their values come from. */
export interface ReadableSource {
  readonly columns: readonly string[];
  /** The types of these columns, of those that have one. */
  readonly types: readonly (ValueType | undefined)[];
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
