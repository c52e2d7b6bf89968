import Database from 'better-sqlite3';
import { migrate, refuseNewerSchema } from './schema';
import { PAGE_BYTES, type ThreadData } from '../channel/messages';
import { checkId, idOf } from './open-files';

/** The log does not stay larger than this once it has been emptied. */
const KEPT_LOG_BYTES = 64 * 1024 * 1024;
/** From so many pages in the log on, should the thread whose work it is not keep up, each commit moves what it can. */
const CHECKPOINT_PAGES = KEPT_LOG_BYTES / PAGE_BYTES;

/** What the reader keeps of the file in memory: SQLite's own 2 MB are less than one chart looks at. */
const READER_CACHE_BYTES = 32 * 1024 * 1024;

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
  const database = new Database(data.databaseFile, { readonly: true, fileMustExist: true, timeout: data.busyTimeout });
  database.pragma(`cache_size = -${READER_CACHE_BYTES / 1024}`);
  return database;
}

/** Opens a connection that does nothing but checkpoints. */
export function openForCheckpoints(data: ThreadData): Database.Database {
  if (data.file !== undefined) checkId(data.databaseFile, idOf(data.databaseFile), data.file);
  return new Database(data.databaseFile, { fileMustExist: true, timeout: data.busyTimeout });
}
