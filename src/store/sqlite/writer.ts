import { workerData } from 'node:worker_threads';
import type { Database } from 'better-sqlite3';
import { Committer } from './committer';
import { openForWriting } from './connection';
import { isPassing } from './failure';
import type { CommitRequest, CommitResult, ThreadData, WriterCalls } from './messages';
import { serveCalls } from './serve-calls';

/**
 * After a failure a commit waits no longer than this for another process's lock (milliseconds), so that callers soon
 * hear of it.
 */
const impatientTimeout = 100;

/** The writing connection: opened when it is needed, and anew after a failure that may have hurt it. */
class Writer {
  private database: Database | undefined;
  private committer: Committer | undefined;
  private patient = true;

  constructor(private readonly data: ThreadData) {}

  open(): Committer {
    this.database ??= openForWriting(this.data);
    this.committer ??= new Committer(this.database, this.data);
    return this.committer;
  }

  commit(request: CommitRequest): CommitResult {
    try {
      const result = this.open().commit(request);
      this.setPatience(true);
      return result;
    } catch (error) {
      if (!isPassing(error)) this.drop();
      this.setPatience(false);
      throw error;
    }
  }

  close(): void {
    this.database?.pragma('wal_checkpoint(TRUNCATE)');
    this.drop();
  }

  private drop(): void {
    this.database?.close();
    this.database = undefined;
    this.committer = undefined;
    this.patient = true;
  }

  private setPatience(patient: boolean): void {
    if (this.database === undefined || patient === this.patient) return;
    this.patient = patient;
    const timeout = patient ? this.data.busyTimeout : Math.min(this.data.busyTimeout, impatientTimeout);
    this.database.pragma(`busy_timeout = ${timeout}`);
  }
}

const writer = new Writer(workerData as ThreadData);

serveCalls<WriterCalls>('write', (request) => {
  switch (request.kind) {
    case 'open':
      writer.open();
      return null;
    case 'commit':
      return writer.commit(request);
    case 'close':
      writer.close();
      return null;
  }
});
