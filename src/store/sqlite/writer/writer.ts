import { workerData } from 'node:worker_threads';
import type { Database } from 'better-sqlite3';
import { Committer } from './committer';
import { WriterHubError } from '../../../errors';
import { openForWriting } from '../file/connection';
import { isPassing } from '../channel/failure';
import type { CommitRecord, CommitRequest, CommitResult, ThreadData, WriterCalls } from '../channel/messages';
import { serveCalls } from '../channel/serve-calls';
import { Sweeper } from './sweeper';

/**
 * After a failure a commit waits no longer than this for another process's lock (milliseconds), so that callers are
 * told soon.
 */
const IMPATIENT_TIMEOUT = 100;

/**
 * How long after the last time discarded tables and expired idempotency records are looked for again (milliseconds).
 */
const SWEEP_EVERY = 10_000;

/** The writing connection: opened when it is needed, and again after a failure that may have damaged it. */
class Writer {
  #database: Database | undefined;
  #committer: Committer | undefined;
  #patient = true;
  /** The last commit that failed. */
  #failed = 0;
  #sweeper: Sweeper | undefined;
  #sweptAt = -Infinity;
  #sweepDue = false;
  readonly #data: ThreadData;

  constructor(data: ThreadData) {
    this.#data = data;
  }

  open(): Committer {
    this.#database ??= openForWriting(this.#data);
    this.#committer ??= new Committer(this.#database, this.#data);
    return this.#committer;
  }

  commit(request: CommitRequest): CommitResult {
    if (this.#failed > request.knownFailure) {
      throw new WriterHubError('store_unavailable', 'the store cannot write: a write before this one has failed');
    }
    try {
      const result = this.open().commit(request);
      this.#setPatience(true);
      if (leavesTables(request) || performance.now() - this.#sweptAt >= SWEEP_EVERY) this.planSweep();
      return result;
    } catch (error) {
      this.#failed = request.number;
      if (!isPassing(error)) this.#drop();
      this.#setPatience(false);
      throw error;
    }
  }

  recall(number: number): CommitRecord | undefined {
    return this.open().recall(number);
  }

  /** Between commits: what has arrived in the meantime goes first. */
  planSweep(): void {
    if (this.#sweepDue) return;
    this.#sweepDue = true;
    setImmediate(() => {
      this.#sweepDue = false;
      this.#sweep();
    });
  }

  #sweep(): void {
    if (this.#database === undefined) return;
    this.#sweptAt = performance.now();
    try {
      this.#sweeper ??= new Sweeper(this.#database);
      if (this.#sweeper.step()) this.planSweep();
    } catch (error) {
      // Nobody waits for this. What keeps it from working keeps commits from working, and they tell of it.
      if (!isPassing(error)) this.#drop();
    }
  }

  close(): void {
    this.#database?.pragma('wal_checkpoint(TRUNCATE)');
    this.#drop();
  }

  #drop(): void {
    this.#database?.close();
    this.#database = undefined;
    this.#committer = undefined;
    this.#sweeper = undefined;
    this.#patient = true;
  }

  #setPatience(patient: boolean): void {
    if (this.#database === undefined || patient === this.#patient) return;
    this.#patient = patient;
    const timeout = patient ? this.#data.busyTimeout : Math.min(this.#data.busyTimeout, IMPATIENT_TIMEOUT);
    this.#database.pragma(`busy_timeout = ${timeout}`);
  }
}

/** Whether a request may have left a discarded table behind. */
function leavesTables({ changes }: CommitRequest): boolean {
  return changes.some(({ change: { kind } }) => kind === 'truncate_data_source' || kind === 'drop_data_source');
}

const writer = new Writer(workerData as ThreadData);

serveCalls<WriterCalls>('write', (request) => {
  switch (request.kind) {
    case 'open':
      writer.open();
      writer.planSweep();
      return null;
    case 'commit':
      return writer.commit(request);
    case 'recall':
      return writer.recall(request.number);
    case 'close':
      writer.close();
      return null;
  }
});
