import { WriterHubError } from '../../../errors';
import type { Failure } from './messages';

/**
 * Primary result codes that say the engine itself cannot work now, in plain words. https://www.sqlite.org/rescode.html
 */
const ENGINE_FAILURES: Readonly<Record<string, string>> = {
  SQLITE_FULL: 'the disk is full, or the database has reached its size limit',
  SQLITE_READONLY: 'the database is read-only',
  SQLITE_BUSY: 'the database is locked by another process',
  SQLITE_LOCKED: 'the database is locked by another process',
  SQLITE_PROTOCOL: 'the database is locked by another process',
  SQLITE_IOERR: 'the disk reports an I/O error',
  SQLITE_CANTOPEN: 'the database file cannot be opened',
  SQLITE_CORRUPT: 'the database file is damaged',
  SQLITE_NOTADB: 'the database file is not an SQLite database',
  SQLITE_NOMEM: 'there is not enough memory',
  SQLITE_NOLFS: 'the file system does not take files of this size',
  SQLITE_PERM: 'the file system denies access',
  SQLITE_AUTH: 'the file system denies access',
  SQLITE_INTERRUPT: 'the operation was interrupted',
};

/**
 * Result codes that say that what was written cannot be read back. An I/O error of another kind (no memory, no lock)
 * says nothing about the file.
 */
const DAMAGE = /^SQLITE_(CORRUPT|NOTADB|IOERR_(READ|SHORT_READ|CORRUPTFS|DATA))/;

/** The database is damaged, or its files are no longer there: nothing more may be acknowledged. */
export class DamageError extends WriterHubError {
  constructor(message: string, cause?: unknown) {
    super('store_unavailable', message, { cause });
  }
}

/**
 * The primary result code of an SQLite error: of `SQLITE_IOERR_WRITE`, `SQLITE_IOERR`. Told by its shape, not by its
 * class: the addon is loaded once and throws errors of the class that came with the first copy of its module.
 */
function sqliteCode(error: unknown): string | undefined {
  return fullCode(error)?.split('_', 2).join('_');
}

function fullCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  const code = String(error.code);
  return code.startsWith('SQLITE_') ? code : undefined;
}

/** Whether an error, or what caused it, says that the database is damaged. */
function isDamage(error: unknown): boolean {
  if (error instanceof DamageError || DAMAGE.test(fullCode(error) ?? '')) return true;
  return error instanceof WriterHubError && error.cause !== undefined && isDamage(error.cause);
}

/** Whether another connection holds the lock that was asked for. */
export function isLockedByAnother(error: unknown): boolean {
  return sqliteCode(error) === 'SQLITE_BUSY';
}

/** Whether waiting is all it takes: the connection itself is sound and need not be opened again. */
export function isPassing(error: unknown): boolean {
  if (error instanceof WriterHubError) return !isDamage(error);
  return ['SQLITE_BUSY', 'SQLITE_LOCKED', 'SQLITE_FULL'].includes(sqliteCode(error) ?? '');
}

/** Whether the engine cannot work now, as opposed to one step being wrong. */
export function isEngineFailure(error: unknown): boolean {
  if (error instanceof WriterHubError) return false;
  const code = sqliteCode(error);
  return code === undefined || code in ENGINE_FAILURES;
}

/** The error a caller meets: what the store was doing, and why it could not. */
export function toStoreError(doing: string, error: unknown): WriterHubError {
  if (error instanceof WriterHubError) return error;
  const message = error instanceof Error ? error.message : String(error);
  const code = sqliteCode(error);
  if (code === undefined) {
    return new WriterHubError('store_unavailable', `the store cannot ${doing}: ${message}`, { cause: error });
  }
  const reason = ENGINE_FAILURES[code];
  return reason === undefined
    ? new WriterHubError('internal', `the store could not ${doing}: ${message} (${code})`, { cause: error })
    : new WriterHubError('store_unavailable', `the store cannot ${doing}: ${reason} (${code})`, { cause: error });
}

/** Makes an error ready to cross to another thread. */
export function toFailure(doing: string, error: unknown): Failure {
  const { code, message, earliest, scope } = toStoreError(doing, error);
  return {
    code,
    message,
    ...(isDamage(error) && { damaged: true }),
    ...(earliest !== undefined && { earliest }),
    ...(scope !== undefined && { scope }),
  };
}

/** An error that came from another thread. */
export function toError({ code, message, damaged, earliest, scope }: Failure): WriterHubError {
  return damaged === true
    ? new DamageError(message)
    : new WriterHubError(code, message, { earliest, ...(scope !== undefined && { scope }) });
}
