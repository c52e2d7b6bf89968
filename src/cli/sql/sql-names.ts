import { type ListedDataSource, type ListedTopic, type Table, tablesOf } from '../../sql-tables';
import { parseExact, showExact } from '../../json/exact-value';
import { fetchText, jsonOf } from '../fetch-json';
import { listOf, membersOf } from '../members';
import type { Target } from '../target';
import { topicPages } from '../topics';

/** The tables that a token may read, and their columns. */
export async function fetchTables(target: Target): Promise<Table[]> {
  const described = await fetchText(target, '/v0/datasources');
  const sources = listOf(membersOf(jsonOf(target, described, parseExact))['datasources']).map(
    ({ name = '', columns }): ListedDataSource => ({ name: showExact(name), columns: columnsOf(columns) }),
  );
  const listed: ListedTopic[] = [];
  for await (const topics of topicPages(target)) {
    for (const { name = '', kind = '' } of topics) {
      listed.push({ name: showExact(name), kind: showExact(kind) === 'events' ? 'events' : 'rows' });
    }
  }
  return tablesOf(listed, sources);
}

function columnsOf(value: Parameters<typeof listOf>[0]): ListedDataSource['columns'] {
  return listOf(value).map(({ name = '', type = '' }) => ({ name: showExact(name), type: showExact(type) }));
}

/** A name as it is written in a query. */
export function quoted(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}
