import { join } from 'node:path';
import Database from 'better-sqlite3';

/** What is the view's own business: numbers that others give to something else, what is due, ends of steps. */
const OWN = new Set([
  'stream',
  'packed_offset',
  'gone_offset',
  'gone_bytes',
  'gone_quarantine_offset',
  'log_cut',
  'wrote_at',
]);

/** All that a closed view holds of its topics, streams by their names: equal where two views are the same. */
export function viewContent(directory: string): Readonly<Record<string, unknown>> {
  const database = new Database(join(directory, 'writer-hub.db'), { readonly: true, fileMustExist: true });
  const all = (sql: string): unknown[] =>
    database
      .prepare<[], Record<string, unknown>>(sql)
      .safeIntegers()
      .all()
      .map((row) => Object.fromEntries(Object.entries(row).filter(([name]) => !OWN.has(name))));
  try {
    const tables = database
      .prepare<[], string>(`SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name`)
      .pluck()
      .all();
    const ofTopics = (kind: string): string[] => tables.filter((name) => new RegExp(`^${kind}_\\d+$`).test(name));
    const named = `JOIN streams AS s ON s.id = r.stream`;
    return {
      topics: all('SELECT * FROM topics ORDER BY id'),
      streams: all(`SELECT topic, stream_id, status, properties, created_at, updated_at, event_count, package_count,
        first_timestamp, last_timestamp FROM streams ORDER BY topic, stream_id`),
      definitions: all(`SELECT s.topic, s.stream_id, r.kind, r.text FROM definitions AS r ${named} ORDER BY 1, 2, 3`),
      parameters: all('SELECT topic, name FROM parameters ORDER BY topic, name'),
      series: all(`SELECT s.topic, s.stream_id, p.name, r.kind FROM series AS r ${named}
        JOIN parameters AS p ON p.id = r.parameter ORDER BY 1, 2, 3, 4`),
      // Those of a stream that was removed count no more.
      records: all(`SELECT topic, key, stream_id, subject, hex(fingerprint), answer, expires_at
        FROM idempotency_records AS r WHERE stream IS NULL OR EXISTS (SELECT 1 FROM streams WHERE id = r.stream)
        ORDER BY topic, key, stream_id`),
      logs: all('SELECT name, identity, next_offset FROM applied_logs ORDER BY name'),
      writers: all('SELECT * FROM log_writers ORDER BY log, writer'),
      chunks: all('SELECT log, writer, place, hex(bytes) FROM log_chunks ORDER BY log, writer, place'),
      events: ofTopics('events').map((table) =>
        all(`SELECT s.stream_id, r.* FROM ${table} AS r ${named} ORDER BY r.offset`),
      ),
      rows: [...ofTopics('rows'), ...ofTopics('quarantine')].map((table) =>
        all(`SELECT * FROM ${table} ORDER BY offset`),
      ),
    };
  } finally {
    database.close();
  }
}
