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
