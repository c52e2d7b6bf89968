import { parseExact, showExact } from '../exact-json';
import { fetchText, jsonOf } from '../fetch-json';
import { listOf, membersOf } from '../members';
import type { Target } from '../target';
import { topicPages } from '../topics';

/** A column as SQL shows it. */
export interface NamedColumn {
  readonly name: string;
  readonly type: string;
}

/** A topic or a data source, which is a table in SQL. */
export interface NamedTable {
  readonly name: string;
  readonly kind: string;
  readonly columns: readonly NamedColumn[];
}

/** What every topic of events has: docs/events-api.md, "SQL". */
const EVENT_COLUMNS: readonly NamedColumn[] = [
  { name: 'offset', type: 'Int64' },
  { name: 'stream_id', type: 'String' },
  { name: 'timestamp', type: 'Int64' },
  { name: 'id', type: 'String' },
  { name: 'value', type: 'Nullable(String)' },
  { name: 'tags', type: 'Map(String, String)' },
];

/** The tables that a token may read, and their columns. */
export async function fetchTables(target: Target): Promise<NamedTable[]> {
  const sources = await fetchText(target, '/v0/datasources');
  const list = listOf(membersOf(jsonOf(target, sources, parseExact))['datasources']);
  const columns = new Map(list.map((source) => [showExact(source['name'] ?? ''), columnsOf(source['columns'])]));
  const tables: NamedTable[] = [];
  for await (const topics of topicPages(target)) {
    for (const { name = '', kind = '' } of topics) {
      const table = showExact(name);
      tables.push({ name: table, kind: showExact(kind), columns: columns.get(table) ?? EVENT_COLUMNS });
    }
  }
  return tables;
}

function columnsOf(value: Parameters<typeof listOf>[0]): NamedColumn[] {
  return listOf(value).map(({ name = '', type = '' }) => ({ name: showExact(name), type: showExact(type) }));
}

/** A name as it is written in a query. */
export function quoted(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}
