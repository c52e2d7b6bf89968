import type { CountsByBucket } from '../../chart/bucket-series';
import type { TimeRange } from '../../chart/interval';
import type { Place } from './place';

/** What `FORMAT JSONCompact` answers: rows of bucket, id and count. */
export interface CountAnswer {
  readonly data: readonly (readonly [start: { toString(): string }, id: string, count: { toString(): string }])[];
}

/** A query that counts events by bucket and id. */
export function countQuery(
  { topic, streamId }: Place,
  ids: readonly string[],
  { from, to }: TimeRange,
  length: bigint,
): string {
  const conditions = [
    `timestamp >= ${String(from)}`,
    `timestamp < ${String(to)}`,
    ...(streamId === undefined ? [] : [`stream_id = ${sqlText(streamId)}`]),
    ...(ids.length === 0 ? [] : [`id IN (${ids.map(sqlText).join(', ')})`]),
  ];
  const start = `timestamp - (timestamp % ${String(length)} + ${String(length)}) % ${String(length)}`;
  return `SELECT ${start} AS start, id, count(*) AS n FROM ${sqlName(topic)} WHERE ${conditions.join(' AND ')} GROUP BY 1, 2 FORMAT JSONCompact`;
}

export function readCounts({ data }: CountAnswer): CountsByBucket {
  const counts = new Map<bigint, Map<string, number>>();
  for (const [start, id, count] of data) {
    const at = BigInt(start.toString());
    let bucket = counts.get(at);
    if (bucket === undefined) counts.set(at, (bucket = new Map<string, number>()));
    bucket.set(id, Number(count.toString()));
  }
  return counts;
}

/** A text in a query. Backslashes escape there, as on ClickHouse, and none may stand before the closing quote. */
export function sqlText(text: string): string {
  const quoted = text.split('\\').map((part) => `'${part.replaceAll("'", "''")}'`);
  return quoted.length === 1 ? quoted[0]! : `(${quoted.join(' || char(92) || ')})`;
}

/** The name of a table or column in a query. */
export function sqlName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
