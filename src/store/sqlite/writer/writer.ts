import { workerData } from 'node:worker_threads';
import type { Database } from 'better-sqlite3';
import { Committer } from './committer';
import { WriterHubError } from '../../../errors';
import { checkpoint } from '../file/checkpoint';
import { openForWriting } from '../file/connection';
import { fileSizes, OpenFiles } from '../file/open-files';
import { fromSent, toSentResult } from '../channel/commit-transfer';
import { DamageError, isEngineFailure, isPassing } from '../channel/failure';
import type {
  AppliedLog,
  ApplyRequest,
  ApplyResult,
  Change,
  CommitRecord,
  CommitRequest,
  CommitResult,
  ConversionProgress,
  ConversionRequest,
  FileId,
  StoreLimits,
  ThreadData,
  WriterCalls,
} from '../channel/messages';
import { PackageReplacer } from './package-replacer';
import type { AddedPackages, MergedBlocks, PackedPackages, Replaced } from '../channel/packing-messages';
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

const LOG_FULL =
  'the store cannot write: the database and its write-ahead log have reached their size limit, and queries keep the log';

/**
 * After so many steps of the sweeper the write-ahead log is moved into the database, when there have been no commits
 * for a while (milliseconds): as long as there are, a thread of its own does it, and none waits.
 */
const STEPS_PER_CHECKPOINT = 6;
const NO_COMMITS_FOR = 1000;

/** The writing connection: opened when it is needed, and again after a failure that may have damaged it. */
class Writer {
  #database: Database | undefined;
  #files: OpenFiles | undefined;
  /** Its files are not what they were: nothing is written, or opened, any more. */
  #damage: DamageError | undefined;
  #committer: Committer | undefined;
  #patient = true;
  /** The last commit that is known to have failed. */
  #failed = 0;
  /** How many steps of logs have failed, as far as whoever sent the last of them knew. */
  #failedSteps = 0;
  #sweeper: Sweeper | undefined;
  #replacer: PackageReplacer | undefined;
  /** Packages that the commit under way adds. */
  #packages: AddedPackages[] = [];
  #sweptAt = -Infinity;
  #sweepDue = false;
  #stepsSinceCheckpoint = 0;
  #stepsSinceCommit = 0;
  #committedAt = -Infinity;
  /** The latest time that a log has said. */
  #loggedAt = 0;
  #data: ThreadData;
  readonly #limits: { current: StoreLimits };

  constructor(data: ThreadData) {
    this.#data = data;
    this.#limits = { current: data.limits };
  }

  /** From the next commit on, and the next step of the sweeper. */
  setLimits(limits: StoreLimits): void {
    this.#limits.current = limits;
    this.#sweeper?.lookAgain();
    this.planSweep();
  }

  open(): Committer {
    if (this.#damage !== undefined) throw this.#damage;
    this.#database ??= openForWriting(this.#data);
    this.#files ??= new OpenFiles(this.#data.databaseFile, this.#data.file);
    this.#committer ??= new Committer(this.#database, {
      epoch: this.#data.epoch,
      limits: this.#limits,
      onPackages: (topic, packages, bytes) => this.#packages.push({ topic, packages, bytes }),
    });
    return this.#committer;
  }

  get file(): FileId | undefined {
    return this.#files?.database;
  }

  commit(request: CommitRequest): CommitResult {
    if (this.#failed > request.knownFailure) {
      throw new WriterHubError('store_unavailable', 'the store cannot write: a write before this one has failed');
    }
    if (request.knownFailure > this.#failed) this.#noteFailure(request.knownFailure);
    try {
      const committer = this.open();
      this.#makeRoom(request);
      this.#packages = [];
      const done = { ...committer.commit(request), logBytes: this.#checkFiles(), steps: this.#stepsSinceCommit };
      const result = this.#packages.length === 0 ? done : { ...done, packages: this.#packages };
      this.#stepsSinceCommit = 0;
      this.#committedAt = performance.now();
      this.#setPatience(true);
      if (changesRetention(request)) this.#sweeper?.lookAgain();
      if (leavesWork(request) || isRefusedPart(request, result) || performance.now() - this.#sweptAt >= SWEEP_EVERY)
        this.planSweep();
      return result;
    } catch (error) {
      this.#noteFailure(request.number);
      if (!isPassing(error)) this.#drop();
      this.#setPatience(false);
      throw error;
    }
  }

  /** Carries out writes of a log; nothing is known afterwards of what is thrown. */
  apply(request: ApplyRequest): ApplyResult {
    const started = performance.now();
    // What failed may have been stored, and is asked for again first.
    if (request.failures < this.#failedSteps) throw new Error('a step before this one has failed');
    try {
      const committer = this.open();
      this.#packages = [];
      const results = committer.apply(request);
      const logBytes = this.#checkFiles();
      if (!request.keepsExpired) this.#loggedAt = Math.max(this.#loggedAt, ...request.writes.map(({ at }) => at));
      this.#committedAt = performance.now();
      this.#setPatience(true);
      const commits = request.writes.map((write) => write.request);
      if (commits.some(changesRetention)) this.#sweeper?.lookAgain();
      if (commits.some(leavesWork) || performance.now() - this.#sweptAt >= SWEEP_EVERY) this.planSweep();
      return { results, logBytes, packages: this.#packages, milliseconds: performance.now() - started };
    } catch (error) {
      this.#failedSteps = request.failures + 1;
      if (!isPassing(error)) this.#drop();
      this.#setPatience(false);
      throw error;
    }
  }

  /** How far logs are carried out. */
  get logs(): readonly AppliedLog[] {
    return this.open().logs;
  }

  /** What is left of long appends that had begun by then is deleted. */
  #noteFailure(number: number): void {
    this.#failed = number;
    this.planSweep();
  }

  /** Before a commit is acknowledged: a file without a name loses it. */
  #checkFiles(): number {
    try {
      return this.#files?.check() ?? 0;
    } catch (error) {
      if (error instanceof DamageError) this.#damage = error;
      throw error;
    }
  }

  /**
   * The log counts towards the size of the database. When both are too large it is emptied, and only if readers keep
   * it from that is the commit refused.
   */
  #makeRoom({ text }: CommitRequest): void {
    const { databaseFile, maxDatabaseBytes } = this.#data;
    if (maxDatabaseBytes === 0) return;
    const before = fileSizes(databaseFile);
    if (before.logBytes === 0 || before.databaseBytes + before.logBytes + text.length <= maxDatabaseBytes) return;
    this.checkpoint(true);
    const { databaseBytes, logBytes } = fileSizes(databaseFile);
    if (logBytes === 0 || databaseBytes + logBytes <= maxDatabaseBytes) return;
    throw new WriterHubError('store_unavailable', LOG_FULL);
  }

  /** Moves the log into the database as far as readers allow; gives the bytes that the log has then. */
  checkpoint(empty: boolean): number {
    this.open();
    const { busyTimeout } = this.#data;
    this.#database?.pragma(`busy_timeout = ${Math.min(busyTimeout, IMPATIENT_TIMEOUT)}`);
    try {
      // Another one that is under way does what is asked for, unless the log is to be emptied.
      if (this.#database !== undefined) {
        checkpoint(this.#database, empty ? 'TRUNCATE' : 'PASSIVE', empty ? busyTimeout : 0);
      }
    } finally {
      this.#patient = false;
      this.#setPatience(true);
    }
    return fileSizes(this.#data.databaseFile).logBytes;
  }

  /** A step like those of the sweeper. */
  convert(request: ConversionRequest): ConversionProgress {
    const committer = this.open();
    this.#stepsSinceCommit += 1;
    this.#stepsSinceCheckpoint += 1;
    this.#checkpointIfIdle();
    try {
      return committer.convert(request);
    } catch (error) {
      if (isEngineFailure(error) && !isPassing(error)) this.#drop();
      throw error;
    }
  }

  /** Moves the log after many steps, when no commit would wait for that. Returns whether it did. */
  #checkpointIfIdle(): boolean {
    if (this.#stepsSinceCheckpoint < STEPS_PER_CHECKPOINT || this.#database === undefined) return false;
    if (performance.now() - this.#committedAt < NO_COMMITS_FOR) return false;
    this.#stepsSinceCheckpoint = 0;
    checkpoint(this.#database, 'PASSIVE');
    return true;
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
    if (this.#database === undefined || this.#damage !== undefined) return;
    this.#sweptAt = performance.now();
    try {
      this.#sweeper ??= this.#newSweeper(this.#database);
      if (this.#checkpointIfIdle()) this.planSweep();
      else if (this.#sweeper.step()) {
        this.#stepsSinceCommit += 1;
        this.#stepsSinceCheckpoint += 1;
        this.planSweep();
      }
    } catch (error) {
      // Nobody waits for this. What keeps it from working keeps commits from working, and they tell of it.
      if (!isPassing(error)) this.#drop();
    }
  }

  /** Between commits, as a step of a sweep is. */
  replace(made: PackedPackages | MergedBlocks): Replaced | undefined {
    this.open();
    this.#replacer ??= new PackageReplacer(this.#database!);
    try {
      return this.#replacer.replace(made);
    } catch (error) {
      if (!isPassing(error)) this.#drop();
      throw error;
    }
  }

  /** Topics that have packages, perhaps some that are not packed. */
  get topicsOfPackages(): number[] {
    this.open();
    return this.#database!.prepare<[], number>('SELECT id FROM topics WHERE package_count > 0').pluck().all();
  }

  #newSweeper(database: Database): Sweeper {
    return new Sweeper(database, {
      retention: () => this.#limits.current.retention,
      epoch: this.#data.epoch,
      keepsAll: this.#data.keepsAll === true,
      lastFailure: () => this.#failed,
      // What a log says may be older than what would be gone by now.
      now: () => (this.#data.isView === true ? this.#loggedAt : Date.now()),
      onRowsRemoved: (name) => {
        this.#committer?.rowsRemoved(name);
      },
    });
  }

  close(): void {
    // What was damaged, or removed, is left as it is.
    if (this.#damage === undefined && this.#database !== undefined) checkpoint(this.#database, 'TRUNCATE');
    this.#drop();
  }

  #drop(): void {
    this.#database?.close();
    // The last connection that closes removes the log, and the next one makes another.
    if (this.#files !== undefined) this.#data = { ...this.#data, ...(this.file !== undefined && { file: this.file }) };
    this.#files = undefined;
    this.#database = undefined;
    this.#committer = undefined;
    this.#sweeper = undefined;
    this.#replacer = undefined;
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
  'cut_log',
  'restate',
]);

function leavesWork({ changes }: Pick<CommitRequest, 'changes'>): boolean {
  return changes.some(({ change: { kind } }) => LEAVING_WORK.has(kind));
}

/** Whether what there is of a long append is to be deleted. */
function isRefusedPart({ part }: CommitRequest, { outcomes: { events, rows } }: CommitResult): boolean {
  return part !== undefined && events.failed.length + rows.failed.length > 0;
}

function changesRetention({ changes }: Pick<CommitRequest, 'changes'>): boolean {
  return changes.some(({ change: { kind } }) => kind === 'set_retention' || kind === 'cut_log');
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
      return { file: writer.file, topicsOfPackages: writer.topicsOfPackages };
    case 'limits':
      writer.setLimits(request.limits);
      return null;
    case 'commit':
      return toSentResult(writer.commit(fromSent(request)));
    case 'apply':
      return writer.apply(request);
    case 'logs':
      return writer.logs;
    case 'convert':
      return writer.convert(request);
    case 'replace':
      return writer.replace(request.made);
    case 'checkpoint':
      return writer.checkpoint(request.empty);
    case 'recall':
      return writer.recall(request.number);
    case 'close':
      writer.close();
      return null;
  }
});
