import Database from 'better-sqlite3';
import { migrate, refuseNewerSchema } from './schema';
import type { ThreadData } from '../channel/messages';
import { checkId, idOf } from './open-files';

/**
 * Pages the write-ahead log may hold before they move into the database: 16 MiB, and the log does not stay larger than
 * 64 MiB once it has been emptied.
 */
const CHECKPOINT_PAGES = 2000;
/** Larger than SQLite's own: fewer pages for the same events, at little more for a commit of a single one. */
const PAGE_BYTES = 8192;
const KEPT_LOG_BYTES = 64 * 1024 * 1024;

/** Opens the one connection that writes: committed means synced (WAL with `synchronous=FULL`). */
export function openForWriting(data: ThreadData): Database.Database {
  if (data.file !== undefined) checkId(data.databaseFile, idOf(data.databaseFile), data.file);
  const database = new Database(data.databaseFile, { timeout: data.busyTimeout });
  try {
    // Before anything that changes the file.
    refuseNewerSchema(database);
    // Takes effect on a new file alone.
    database.pragma(`page_size = ${PAGE_BYTES}`);
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = FULL');
    database.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
    database.pragma(`journal_size_limit = ${Math.min(KEPT_LOG_BYTES, data.maxLogBytes)}`);
    if (data.maxDatabaseBytes > 0) {
      const pageSize = Number(database.pragma('page_size', { simple: true }));
      database.pragma(`max_page_count = ${Math.max(1, Math.floor(data.maxDatabaseBytes / pageSize))}`);
    }
    migrate(database);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Opens a connection that sees what is committed and never waits for a writer. */
export function openForReading(data: ThreadData): Database.Database {
  if (data.file !== undefined) checkId(data.databaseFile, idOf(data.databaseFile), data.file);
  return new Database(data.databaseFile, { readonly: true, fileMustExist: true, timeout: data.busyTimeout });
}
