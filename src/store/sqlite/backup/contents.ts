import type { Database } from 'better-sqlite3';
import type { TopicKind } from '../../contract/topic-kind';
import { quarantineTable, rowTable } from '../file/data-source-tables';

/** What a topic or data source holds, counted. */
export interface TopicContents {
  readonly name: string;
  readonly kind: TopicKind;
  readonly streams: number;
  readonly events: number;
  /** Of parameter data. */
  readonly packages: number;
  readonly rows: number;
  readonly quarantinedRows: number;
}

interface TopicRecord extends Pick<TopicContents, 'name' | 'kind'> {
  readonly id: number;
  readonly firstOffset: number;
  readonly nextOffset: number;
  readonly firstQuarantineOffset: number;
  readonly nextQuarantineOffset: number;
  readonly packages: number;
}

/** Counts what readers of a database see of each topic, in the order of their names. */
export function contentsOf(database: Database): TopicContents[] {
  const count = (sql: string, ...parameters: number[]): number =>
    database.prepare<number[], { count: number }>(sql).get(...parameters)?.count ?? 0;
  // Behind the end of a topic may be parts of an append that is not finished; before its beginning, what is deleted.
  const between = (table: string, first: number, next: number, also = ''): number =>
    count(`SELECT count(*) AS count FROM ${table} AS r WHERE offset >= ? AND offset < ? ${also}`, first, next);
  return topicsOf(database).map((topic) => {
    const { id, name, kind, packages, firstOffset, nextOffset } = topic;
    const streams = count('SELECT count(*) AS count FROM streams WHERE topic = ?', id);
    const counts = { streams, events: 0, packages, rows: 0, quarantinedRows: 0 };
    if (kind === 'events') {
      const ofStreams = 'AND EXISTS (SELECT 1 FROM streams AS s WHERE s.id = r.stream)';
      return { name, kind, ...counts, events: between(`events_${id}`, firstOffset, nextOffset, ofStreams) };
    }
    const { firstQuarantineOffset, nextQuarantineOffset } = topic;
    const rows = between(rowTable(id), firstOffset, nextOffset);
    const quarantinedRows = between(quarantineTable(id), firstQuarantineOffset, nextQuarantineOffset);
    return { name, kind, ...counts, rows, quarantinedRows };
  });
}

/** Where each topic ends, by its number. */
export function endsOf(database: Database): Map<number, number> {
  return new Map(topicsOf(database).map(({ id, nextOffset }) => [id, nextOffset]));
}

/**
 * The topics of a database of any schema that this version can update: what an older one lacks begins at 1 and counts
 * nothing.
 */
function topicsOf(database: Database): TopicRecord[] {
  const known = new Set(
    database
      .prepare<[], { name: string }>(`SELECT name FROM pragma_table_info('topics')`)
      .all()
      .map(({ name }) => name),
  );
  const column = (name: string, preset: string): string => (known.has(name) ? name : preset);
  return database
    .prepare<[], TopicRecord>(
      `SELECT id, name, ${column('kind', "'events'")} AS kind, next_offset AS nextOffset,
         ${column('first_offset', '1')} AS firstOffset,
         ${column('first_quarantine_offset', '1')} AS firstQuarantineOffset,
         ${column('next_quarantine_offset', '1')} AS nextQuarantineOffset, ${column('package_count', '0')} AS packages
       FROM topics ORDER BY name`,
    )
    .all();
}
