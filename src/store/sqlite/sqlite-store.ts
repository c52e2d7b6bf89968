import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { WriterHubError } from '../../errors';
import type { Retention } from '../contract/retention';
import type { CommitReport, Store, StoreCapabilities, StoreObserver } from '../contract/store';
import { DamageError, toStoreError } from './channel/failure';
import type { CommitResult, StoreLimits } from './channel/messages';
import type { Backlog } from './channel/reader-messages';
import { databaseFile } from './file/database-file';
import { fileSizes } from './file/open-files';
import { checkFiles, type Finding } from './file/start-check';
import { DirectoryLock } from './file/directory-lock';
import { refuseUnfinishedRestore } from './file/restore-marker';
import type { Batch } from './queue/batch';
import { LogKeeper } from './queue/log-keeper';
import { Observers } from './queue/observers';
import { StoreThreads, closedError } from './queue/store-threads';
import { WriteHealth } from './queue/write-health';
import { IntegrityChecker } from './sql/integrity-checker';
import { temporaryDirectory } from './sql/temporary-files';
import { SqliteSqlEngine, type SqliteSqlOptions } from './sql/sqlite-sql-engine';
import { SqliteCatalogue } from './sqlite-catalogue';
import { SqliteEventLog } from './sqlite-event-log';
import { SqliteParameterStore } from './sqlite-parameter-store';
import { SqliteRowStore } from './sqlite-row-store';
import { SqliteTokenStore } from './sqlite-token-store';
import { SqliteView } from './sqlite-view';

const MAX_PARAMETERS_PER_TOPIC = 10_000;
const PACK_AFTER = 10_000;
const MAX_LOG_BYTES = 256 * 1024 * 1024;
/** For how many milliseconds a count of what is to be deleted is good: anybody may ask for metrics. */
const BACKLOG_LASTS = 5_000;
/** What the process that checks tables may take. */
const CHECK_MEMORY_BYTES = 256 * 1024 * 1024;

/** Takes lines for people who run the store. */
export interface StoreLog {
  info(details: object, text: string): void;
  warn(details: object, text: string): void;
  error(details: object, text: string): void;
}

/** How the embedded store is set up. */
export interface SqliteStoreOptions {
  /** Where the database lies; made if it is missing, readable by its owner alone. */
  readonly directory: string;
  /**
   * Bytes that may wait for a commit before `full` turns true; it turns false at half of that. Each write counts 256
   * bytes besides its text.
   */
  readonly maxQueueBytes: number;
  /** How many topics may be created; at least 1. */
  readonly maxTopics: number;
  /** How many streams each topic may hold; at least 1. */
  readonly maxStreamsPerTopic: number;
  /** How many ids of parameters a topic may have. Default 10,000. */
  readonly maxParametersPerTopic?: number;
  /** Bytes the database file may grow to, its write-ahead log counted. Default 0: no limit. */
  readonly maxDatabaseBytes?: number;
  /**
   * Bytes of the write-ahead log from which queries give way, so that it can be emptied; at twice as many those that
   * run are stopped. Default 256 MiB.
   */
  readonly maxLogBytes?: number;
  /**
   * Milliseconds between two checks whether the pages of all tables are sound; the first is soon after the opening.
   * Default 0: never.
   */
  readonly checkInterval?: number;
  /** Where it is said what the store finds out about its files. */
  readonly log?: StoreLog;
  /**
   * How long a commit waits for the lock of another process that writes to the database, milliseconds. While writing
   * fails, commits wait 100 ms at the most.
   */
  readonly busyTimeout: number;
  /** How long topics keep what they hold that have no retention of their own. Default: for ever. */
  readonly retention?: Retention;
  /** How long a few packages of parameter data wait for others to be packed with, milliseconds. Default 10,000. */
  readonly packAfter?: number;
  /** Whether all that is stored comes from logs, by `SqliteStore.view`. Default: it does not. */
  readonly isView?: boolean;
  /**
   * Whether topics keep everything while it is open, whatever their retention says: for copying, which is gone on with
   * where it was. Default: they do not.
   */
  readonly keepsAll?: boolean;
  /** How SQL is set up; absent: there is none. */
  readonly sql?: Omit<SqliteSqlOptions, 'databaseFile' | 'file' | 'busyTimeout'>;
}

/** What may be changed while the store is open. */
export type ChangeableLimits = Pick<
  SqliteStoreOptions,
  'maxQueueBytes' | 'maxTopics' | 'maxStreamsPerTopic' | 'maxParametersPerTopic' | 'retention'
>;

/**
 * The embedded store: SQLite behind a thread that writes and a thread that reads, so that neither a sync nor a scan
 * ever stalls the sockets. SQL runs in processes of its own.
 */
export class SqliteStore implements Store {
  readonly log: SqliteEventLog;
  readonly catalogue: SqliteCatalogue;
  readonly parameters: SqliteParameterStore;
  readonly rows: SqliteRowStore;
  readonly tokens: SqliteTokenStore;
  readonly sql?: SqliteSqlEngine;
  /** What carries out the logs that the store is a view of. */
  readonly view: SqliteView;
  readonly capabilities: StoreCapabilities = {
    survivesReopening: true,
    contiguousOffsets: true,
    exactLimits: true,
    refusedLeaveNoTopic: true,
  };
  readonly #threads: StoreThreads;
  readonly #lock: DirectoryLock;
  readonly #logKeeper: LogKeeper;
  readonly #checker: IntegrityChecker;
  readonly #databaseFile: string;
  readonly #observers = new Observers();
  readonly #health = new WriteHealth((failure) => {
    this.#observers.writable(failure);
  });
  #backlog: { readonly at: number; readonly counted: Promise<Backlog> } | undefined;
  #probing: Promise<void> | undefined;
  #closing: Promise<void> | undefined;

  private constructor(options: SqliteStoreOptions, lock: DirectoryLock) {
    const { directory, busyTimeout, maxDatabaseBytes = 0, maxQueueBytes, sql } = options;
    const file = databaseFile(directory);
    this.#databaseFile = file;
    // The log is part of what is limited: no more than a quarter of it.
    const maxLogBytes = Math.min(options.maxLogBytes ?? MAX_LOG_BYTES, maxDatabaseBytes / 4 || Infinity);
    const epoch = randomBytes(6).readUIntBE(0, 6);
    const data = {
      databaseFile: file,
      epoch,
      busyTimeout,
      limits: storeLimits(options),
      maxDatabaseBytes,
      maxLogBytes,
      packAfter: options.packAfter ?? PACK_AFTER,
      isView: options.isView ?? false,
      keepsAll: options.keepsAll ?? false,
    };
    this.#lock = lock;
    this.#threads = new StoreThreads(data, maxQueueBytes, {
      onPressure: (full, holder) => {
        this.#observers.pressure(full, holder);
      },
      onCommitted: (batch, result) => {
        this.#committed(batch, result);
      },
      onFailed: (batch, error) => {
        this.#health.failed(error, batch.bytes);
        // It may be the log that leaves no room.
        if (maxDatabaseBytes > 0) this.#logKeeper.makeGap();
      },
      onDamage: (error) => {
        this.#broke(error);
      },
    });
    const onRemoved = (topic: string): void => {
      this.#observers.removed(topic);
    };
    this.log = new SqliteEventLog(this.#threads, onRemoved);
    this.catalogue = new SqliteCatalogue(this.#threads);
    this.parameters = new SqliteParameterStore(this.#threads);
    this.rows = new SqliteRowStore(this.#threads, onRemoved);
    this.tokens = new SqliteTokenStore(this.#threads);
    this.view = new SqliteView(this.#threads, {
      onCommitted: (batch, result) => {
        this.#committed(batch, result);
        for (const topic of batch.emptied(result)) onRemoved(topic);
      },
      onFailed: (error) => {
        this.#health.failed(error, 0);
      },
    });
    // Its processes start when the first query comes.
    const onDamage = (error: WriterHubError): void => {
      this.#broke(error);
    };
    const opened = { databaseFile: file, file: () => this.#threads.file };
    if (sql !== undefined) this.sql = new SqliteSqlEngine({ ...sql, ...opened, busyTimeout, onDamage });
    this.#checker = new IntegrityChecker({
      settings: () => ({
        databaseFile: file,
        file: this.#threads.file,
        busyTimeout,
        maxMemoryBytes: CHECK_MEMORY_BYTES,
        temporaryDirectory: temporaryDirectory(file),
        maxTemporaryBytes: 0,
        maxRows: 0,
        maxBytes: 0,
      }),
      interval: options.checkInterval ?? 0,
      onDamage,
      onChecked: (tables) => {
        options.log?.info(tables, 'the tables of the database were checked, and are sound');
      },
    });
    this.#logKeeper = new LogKeeper({
      maxBytes: maxLogBytes,
      slow: this.sql === undefined ? [this.#checker] : [this.#checker, this.sql],
      quick: [this.#threads.logReader],
      checkpoint: (empty) => this.#threads.checkpoint(empty),
      onHeld: (logBytes) => {
        options.log?.warn({ logBytes }, 'the write-ahead log cannot be emptied: another process reads the database');
      },
    });
  }

  /**
   * Opens the store, making or updating the database. Rejects with `store_unavailable` and a text for people when the
   * directory is in use by another store, cannot be used, holds a database of a newer version, or half of a backup.
   */
  static async open(options: SqliteStoreOptions): Promise<SqliteStore> {
    makeDirectory(options.directory);
    const lock = DirectoryLock.acquire(options.directory);
    const store = new SqliteStore(options, lock);
    try {
      refuseUnfinishedRestore(options.directory);
      const findings = inspect(options);
      await store.#threads.open();
      if (options.isView !== true) await store.#refuseView();
      store.#checker.start();
      const damage = findings.find(({ isDamage }) => isDamage);
      if (damage !== undefined) store.#broke(new DamageError(damage.text));
      return store;
    } catch (error) {
      await store.#threads.stop();
      lock.release();
      throw error;
    }
  }

  /** What is stored in a view by itself is nowhere else. */
  async #refuseView(): Promise<void> {
    if ((await this.#threads.logs()).length === 0) return;
    throw new WriterHubError(
      'store_unavailable',
      'the data directory holds the view of a store on Kafka: start with WRITER_HUB_STORE=kafka, or in another directory',
    );
  }

  get full(): boolean {
    return this.#threads.full;
  }

  isFullFor(holder: string): boolean {
    return this.#threads.isFullFor(holder);
  }

  get writable(): boolean {
    return this.#health.isWritable;
  }

  get queue(): { readonly appends: number; readonly bytes: number } {
    return this.#threads.size;
  }

  /** Bytes of the database file and of its write-ahead log. */
  get storage(): { readonly databaseBytes: number; readonly logBytes: number } {
    return fileSizes(this.#databaseFile);
  }

  /** What is to be deleted, and is still there; counted anew after a few seconds. */
  backlog(): Promise<Backlog> {
    const now = Date.now();
    if (this.#backlog === undefined || now - this.#backlog.at >= BACKLOG_LASTS) {
      this.#backlog = { at: now, counted: this.#threads.ask<'backlog'>({ kind: 'backlog' }) };
    }
    return this.#backlog.counted;
  }

  /** Has other limits in force from now on; what is stored already stays. */
  async setLimits(limits: ChangeableLimits): Promise<void> {
    this.#backlog = undefined;
    this.#threads.resizeQueue(limits.maxQueueBytes);
    await this.#threads.setLimits(storeLimits(limits));
  }

  observe(observer: StoreObserver): () => void {
    return this.#observers.add(observer);
  }

  probe(): Promise<void> {
    if (this.#closing !== undefined) return Promise.reject(closedError());
    if (this.#health.damage !== undefined) return Promise.reject(this.#health.damage);
    if (this.#health.isProven) return Promise.resolve();
    this.#probing ??= this.#prove().finally(() => {
      this.#probing = undefined;
    });
    return this.#probing;
  }

  close(): Promise<void> {
    this.#closing ??= this.#shutDown();
    return this.#closing;
  }

  /**
   * While writing fails, as much is written as failed last: on a disk that is nearly full, a few bytes would prove
   * nothing.
   */
  async #prove(): Promise<void> {
    const { lostBytes } = this.#health;
    await this.#threads.change({ kind: 'probe', bytes: lostBytes });
    if (lostBytes > 0) await this.#threads.change({ kind: 'probe', bytes: 0 });
  }

  #committed(batch: Batch, result: CommitResult): void {
    const { advanced, refusedCreators = [], milliseconds, logBytes } = result;
    this.#health.succeeded();
    this.#logKeeper.note(logBytes);
    for (const creator of refusedCreators) this.#observers.topicRefused(creator);
    this.#observers.committed(reportOf(batch, milliseconds), advanced);
    this.#observers.changed(() => batch.changes(result));
  }

  /** Nothing is acknowledged any more, until somebody has looked at the files and started the store again. */
  #broke({ message }: WriterHubError): void {
    const text = `the store takes no more writes until it is started again: ${message}`;
    const error = new WriterHubError('store_unavailable', text);
    if (this.#health.damage === undefined) this.#threads.refuseWrites(error);
    this.#health.broke(error);
  }

  /** Queries end first: as long as one reads, the write-ahead log cannot be emptied. */
  async #shutDown(): Promise<void> {
    this.#threads.refuseCalls();
    try {
      await Promise.all([this.sql?.close(), this.#checker.close()]);
      await this.#logKeeper.stop();
    } finally {
      await this.#threads.close().finally(() => {
        this.#lock.release();
      });
    }
  }
}

function reportOf(batch: Batch, milliseconds: number): CommitReport {
  const now = performance.now();
  return {
    appends: batch.appends,
    events: batch.ended('events', now),
    packages: batch.ended('packages', now),
    rows: batch.ended('rows', now),
    milliseconds,
  };
}

/** The limits of the threads, those that are not given by their defaults. */
export function storeLimits({
  maxTopics,
  maxStreamsPerTopic,
  maxParametersPerTopic,
  retention,
}: ChangeableLimits): StoreLimits {
  return {
    maxTopics,
    maxStreamsPerTopic,
    maxParametersPerTopic: maxParametersPerTopic ?? MAX_PARAMETERS_PER_TOPIC,
    retention: { age: 0, bytes: 0, ...retention },
  };
}

/** Looks at the files before they are opened, and says what it finds. */
function inspect({ directory, log }: SqliteStoreOptions): Finding[] {
  try {
    const findings = checkFiles(databaseFile(directory), Date.now());
    for (const { level, details, text } of findings) log?.[level](details, text);
    return findings;
  } catch (error) {
    throw toStoreError('look at its files', error);
  }
}

function makeDirectory(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw toStoreError(`make its data directory ${directory}`, error);
  }
}
