import { workerData } from 'node:worker_threads';
import type { Database } from 'better-sqlite3';
import { Committer } from './committer';
import { openForWriting } from '../file/connection';
import { isPassing } from '../channel/failure';
import type { Change, CommitRequest, CommitResult, ThreadData, WriterCalls } from '../channel/messages';
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

/**
 * After so many steps of the sweeper the write-ahead log is moved into the database. SQLite would do it by itself, but
 * less often and all at once, and a commit would wait for that.
 */
const STEPS_PER_CHECKPOINT = 6;

/** The writing connection: opened when it is needed, and again after a failure that may have damaged it. */
class Writer {
  #database: Database | undefined;
  #committer: Committer | undefined;
  #patient = true;
  #sweeper: Sweeper | undefined;
  #sweptAt = -Infinity;
  #sweepDue = false;
  #stepsSinceCheckpoint = 0;
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
    try {
      const result = this.open().commit(request);
      this.#setPatience(true);
      if (changesRetention(request)) this.#sweeper?.lookAgain();
      if (leavesWork(request) || performance.now() - this.#sweptAt >= SWEEP_EVERY) this.planSweep();
      return result;
    } catch (error) {
      if (!isPassing(error)) this.#drop();
      this.#setPatience(false);
      throw error;
    }
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
      this.#sweeper ??= this.#newSweeper(this.#database);
      if (this.#stepsSinceCheckpoint >= STEPS_PER_CHECKPOINT) {
        this.#stepsSinceCheckpoint = 0;
        this.#database.pragma('wal_checkpoint(PASSIVE)');
        this.planSweep();
      } else if (this.#sweeper.step()) {
        this.#stepsSinceCheckpoint += 1;
        this.planSweep();
      }
    } catch (error) {
      // Nobody waits for this. What keeps it from working keeps commits from working, and they tell of it.
      if (!isPassing(error)) this.#drop();
    }
  }

  #newSweeper(database: Database): Sweeper {
    const { retention } = this.#data;
    return new Sweeper(database, {
      retention,
      onRowsRemoved: (name) => {
        this.#committer?.rowsRemoved(name);
      },
    });
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

/** Changes after which something is to be deleted. */
const LEAVING_WORK: ReadonlySet<Change['kind']> = new Set([
  'truncate_data_source',
  'drop_data_source',
  'remove_topic',
  'remove_stream',
  'set_retention',
]);

function leavesWork({ changes }: CommitRequest): boolean {
  return changes.some(({ change: { kind } }) => LEAVING_WORK.has(kind));
}

function changesRetention({ changes }: CommitRequest): boolean {
  return changes.some(({ change: { kind } }) => kind === 'set_retention');
}

const writer = new Writer(workerData as ThreadData);

serveCalls<WriterCalls>('write', (request) => {
  switch (request.kind) {
    case 'open':
      writer.open();
      writer.planSweep();
      // What is old goes also while nothing is stored.
      setInterval(() => {
        writer.planSweep();
      }, SWEEP_EVERY).unref();
      return null;
    case 'commit':
      return writer.commit(request);
    case 'close':
      writer.close();
      return null;
  }
});
