import { WriterHubError } from '../../../errors';
import { isEngineFailure, toStoreError } from '../channel/failure';

/** The error a caller sees: what is wrong with the query, or that the store cannot answer at the moment. */
export function toSqlError(error: unknown): WriterHubError {
  if (error instanceof WriterHubError) return error;
  const { name, message, code }: NodeJS.ErrnoException = error instanceof Error ? error : new Error(String(error));
  // better-sqlite3 throws a RangeError or a TypeError for parameters without values.
  if (name === 'RangeError' || name === 'TypeError') return invalid(`a query takes no parameters (${message})`, error);
  if (code === 'SQLITE_NOMEM') return invalid('the query needs more memory than there is', error);
  // A connection that only reads fills the disk with temporary files alone.
  if (code === 'SQLITE_FULL') return invalid('the disk has no room for the temporary files of the query', error);
  return isEngineFailure(error) ? toStoreError('answer the query', error) : invalid(message, error);
}

function invalid(message: string, cause: unknown): WriterHubError {
  return new WriterHubError('invalid_sql', message, { cause });
}
