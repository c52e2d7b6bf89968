import type { TopicContents } from './contents';

/** What a process does for a backup or a restore: each takes as long as reading the whole database. */
export interface BackupJobs {
  /** Copies a database that may be in use, as it is at one moment, into a file that there is not yet; checks it. */
  copy: { request: { readonly kind: 'copy'; readonly from: string; readonly to: string }; result: CheckedDatabase };
  /** Checks a database that nobody writes to. */
  check: { request: { readonly kind: 'check'; readonly file: string }; result: CheckedDatabase };
  /** Makes a database ready to take the place of another one, `previous`, which went on after the backup. */
  renew: {
    request: {
      readonly kind: 'renew';
      readonly file: string;
      readonly previous: string | undefined;
      /** Milliseconds since the Unix epoch. */
      readonly backedUpAt: number;
    };
    result: Renewed;
  };
}

export type BackupRequest = BackupJobs[keyof BackupJobs]['request'];

/** A database that was read from its beginning to its end, and is sound. */
export interface CheckedDatabase {
  readonly schema: number;
  readonly topics: readonly TopicContents[];
}

export interface Renewed {
  /** Why tokens that were revoked since the backup could not be taken over; absent: they were, or there are none. */
  readonly unread?: string;
}

/** What a process says last. */
export type JobAnswer =
  { readonly result: unknown } | { readonly error: { readonly message: string; readonly isDamage: boolean } };
