import { workerData } from 'node:worker_threads';
import type { Database } from 'better-sqlite3';
import { openForCheckpoints } from '../file/connection';
import type { CheckpointerCalls, PagesLeft, ThreadData } from '../channel/messages';
import { serveCalls } from '../channel/serve-calls';

/** What a checkpoint gives, in pages: -1 for both numbers if another one was under way, or without a log. */
interface CheckpointRow {
  readonly log: number;
  readonly checkpointed: number;
}

let database: Database | undefined;

/** Neither writers nor readers wait for this, and it for none of them. <https://www.sqlite.org/wal.html#ckpt> */
function checkpoint(): PagesLeft {
  database ??= openForCheckpoints(workerData as ThreadData);
  const [row] = database.pragma('wal_checkpoint(PASSIVE)') as CheckpointRow[];
  const { log, checkpointed } = row!;
  return Math.max(0, log - checkpointed);
}

serveCalls<CheckpointerCalls>('move its log into the database', (request) => {
  switch (request.kind) {
    case 'checkpoint':
      return checkpoint();
    case 'close':
      database?.close();
      database = undefined;
      return null;
  }
});
