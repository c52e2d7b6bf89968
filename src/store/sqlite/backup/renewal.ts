import Database from 'better-sqlite3';
import { beginGeneration } from '../file/past-generations';
import { migrate } from '../file/schema';
import type { BackupJobs, Renewed } from './jobs';

interface Revoked {
  readonly tokenId: string;
  readonly expiresAt: number | null;
}

/** What the database that is replaced knows, and the backup does not. */
interface Kept {
  readonly revoked: readonly Revoked[];
  /** The greatest number of a topic. */
  readonly lastTopic: number;
}

/**
 * Makes the database of a backup ready to be written to: brings its schema up to date, makes its positions differ from
 * those that were given out after the backup, and takes over the tokens that were revoked since.
 */
export function renewDatabase({ file, previous, backedUpAt }: BackupJobs['renew']['request']): Renewed {
  const database = new Database(file, { fileMustExist: true });
  try {
    database.pragma('synchronous = FULL');
    migrate(database);
    // Last: reading a database with a write-ahead log leaves side files, and a backup that is refused leaves none.
    const { kept, ...renewed } = readKept(previous);
    database
      .transaction(() => {
        beginGeneration(database, { backedUpAt, now: Date.now(), least: kept.lastTopic });
        const revoke = database.prepare('INSERT OR REPLACE INTO revoked_tokens (token_id, expires_at) VALUES (?, ?)');
        for (const { tokenId, expiresAt } of kept.revoked) revoke.run(tokenId, expiresAt);
      })
      .immediate();
    return renewed;
  } finally {
    database.close();
  }
}

/** It may be damaged: that can be why a backup is restored. */
function readKept(previous: string | undefined): Renewed & { readonly kept: Kept } {
  const nothing = { revoked: [], lastTopic: 0 };
  if (previous === undefined) return { kept: nothing };
  try {
    const database = new Database(previous, { readonly: true, fileMustExist: true });
    try {
      const revoked = database
        .prepare<[], Revoked>('SELECT token_id AS tokenId, expires_at AS expiresAt FROM revoked_tokens')
        .all();
      const lastTopic = database.prepare<[], { last: number | null }>('SELECT max(id) AS last FROM topics').get();
      return { kept: { revoked, lastTopic: lastTopic?.last ?? 0 } };
    } finally {
      database.close();
    }
  } catch (error) {
    return { kept: nothing, unread: error instanceof Error ? error.message : String(error) };
  }
}
