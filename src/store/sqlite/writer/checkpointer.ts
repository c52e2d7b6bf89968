import { workerData } from 'node:worker_threads';
import type { Database } from 'better-sqlite3';
import { checkpoint } from '../file/checkpoint';
import { openForCheckpoints } from '../file/connection';
import type { CheckpointerCalls, PagesLeft, ThreadData } from '../channel/messages';
import { serveCalls } from '../channel/serve-calls';

let database: Database | undefined;

/** Neither writers nor readers wait for this, and it for none of them. <https://www.sqlite.org/wal.html#ckpt> */
function moveLog(): PagesLeft {
  database ??= openForCheckpoints(workerData as ThreadData);
  return checkpoint(database, 'PASSIVE');
}

serveCalls<CheckpointerCalls>('move its log into the database', (request) => {
  switch (request.kind) {
    case 'checkpoint':
      return moveLog();
    case 'close':
      database?.close();
      database = undefined;
      return null;
  }
});
