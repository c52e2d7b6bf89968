/** How a result can be printed, and what the server is asked for then. */
export const SQL_FORMATS = { table: 'JSONCompact', json: 'JSON', ndjson: 'JSONEachRow', csv: 'CSVWithNames' } as const;

export type SqlFormat = keyof typeof SQL_FORMATS;

export function isSqlFormat(text: string): text is SqlFormat {
  return Object.hasOwn(SQL_FORMATS, text);
}

/** Whether a query says itself how its result is to be written. */
export function hasFormat(query: string): boolean {
  return /\bformat\s+\w+\s*;?\s*$/i.test(query);
}

/** A query as it is sent, without the semicolon at its end. What it begins with is on a line of its own: a comment. */
export function withFormat(query: string, format: SqlFormat): string {
  const text = query.replace(/;\s*$/, '');
  return hasFormat(query) ? text : `${text}\nFORMAT ${SQL_FORMATS[format]}`;
}
