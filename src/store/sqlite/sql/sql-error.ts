import { WriterHubError } from '../../../errors';
import { isEngineFailure, toStoreError } from '../channel/failure';

/** The error a caller meets: what is wrong with their query, or that the store cannot answer now. */
export function toSqlError(error: unknown): WriterHubError {
  if (error instanceof WriterHubError) return error;
  const { name, message, code }: NodeJS.ErrnoException = error instanceof Error ? error : new Error(String(error));
  // better-sqlite3 tells of parameters that nobody gives by errors of JavaScript's own kinds.
  if (name === 'RangeError' || name === 'TypeError') return invalid(`a query takes no parameters (${message})`, error);
  if (code === 'SQLITE_NOMEM') return invalid('the query needs more memory than there is', error);
  return isEngineFailure(error) ? toStoreError('answer the query', error) : invalid(message, error);
}

function invalid(message: string, cause: unknown): WriterHubError {
  return new WriterHubError('invalid_sql', message, { cause });
}
