import { request } from '../request';
import { responseError } from '../response-error';
import type { Target } from '../target';
import { hasFormat, SQL_FORMATS, type SqlFormat } from './formats';
import { resultTable } from './result-table';

/** A query, and how its result is printed. */
export interface Query {
  readonly text: string;
  readonly format: SqlFormat;
  /** At most so many rows of a table; absent: all. */
  readonly limit?: number | undefined;
  /** Aborted: the server stops the query as well. */
  readonly signal?: AbortSignal;
}

/** Has the server carry out a query. Resolves with the text that is printed, every digit kept. */
export async function runQuery(target: Target, { text, format, limit, signal }: Query): Promise<string> {
  const response = await request(target, `/v0/sql?default_format=${SQL_FORMATS[format]}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${target.token}`, 'content-type': 'text/plain; charset=utf-8' },
    body: text,
    ...(signal !== undefined && { signal }),
  });
  const result = await response.text();
  if (!response.ok) throw responseError(response.status, result);
  if (format === 'table' && !hasFormat(text)) return resultTable(result, limit);
  return result === '' || result.endsWith('\n') ? result : `${result}\n`;
}
