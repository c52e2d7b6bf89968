import { mkdirSync } from 'node:fs';
import type { Retention } from '../contract/retention';
import type { SqlEngine } from '../contract/sql-engine';
import type { Store, StoreCapabilities, StoreObserver } from '../contract/store';
import { toStoreError } from './channel/failure';
import type { CommitResult } from './channel/messages';
import { databaseFile } from './file/database-file';
import { DirectoryLock } from './file/directory-lock';
import type { Batch } from './queue/batch';
import { Observers } from './queue/observers';
import { StoreThreads, closedError } from './queue/store-threads';
import { WriteHealth } from './queue/write-health';
import { SqliteSqlEngine, type SqliteSqlOptions } from './sql/sqlite-sql-engine';
import { SqliteCatalogue } from './sqlite-catalogue';
import { SqliteEventLog } from './sqlite-event-log';
import { SqliteRowStore } from './sqlite-row-store';
import { SqliteTokenStore } from './sqlite-token-store';

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
  /** Bytes the database file may grow to, its write-ahead log not counted. Default 0: no limit. */
  readonly maxDatabaseBytes?: number;
  /**
   * How long a commit waits for the lock of another process that writes to the database, milliseconds. While writing
   * fails, commits wait 100 ms at the most.
   */
  readonly busyTimeout: number;
  /** How long topics keep what they hold that have no retention of their own. Default: for ever. */
  readonly retention?: Retention;
  /** How SQL is set up; absent: there is none. */
  readonly sql?: Omit<SqliteSqlOptions, 'databaseFile' | 'busyTimeout'>;
}

/**
 * The embedded store: SQLite behind a thread that writes and a thread that reads, so that neither a sync nor a scan
 * ever stalls the sockets. SQL runs in processes of its own.
 */
export class SqliteStore implements Store {
  readonly log: SqliteEventLog;
  readonly catalogue: SqliteCatalogue;
  readonly rows: SqliteRowStore;
  readonly tokens: SqliteTokenStore;
  readonly sql?: SqlEngine;
  readonly capabilities: StoreCapabilities = { survivesReopening: true, contiguousOffsets: true, exactLimits: true };
  readonly #threads: StoreThreads;
  readonly #lock: DirectoryLock;
  readonly #observers = new Observers();
  readonly #health = new WriteHealth((failure) => {
    this.#observers.writable(failure);
  });
  #probing: Promise<void> | undefined;
  #closing: Promise<void> | undefined;

  private constructor(options: SqliteStoreOptions, lock: DirectoryLock) {
    const { directory, busyTimeout, maxTopics, maxStreamsPerTopic, maxDatabaseBytes = 0, maxQueueBytes, sql } = options;
    const file = databaseFile(directory);
    const retention = { age: 0, bytes: 0, ...options.retention };
    const data = { databaseFile: file, busyTimeout, maxTopics, maxStreamsPerTopic, maxDatabaseBytes, retention };
    this.#lock = lock;
    this.#threads = new StoreThreads(data, maxQueueBytes, {
      onPressure: (full) => {
        this.#observers.pressure(full);
      },
      onCommitted: (batch, result) => {
        this.#committed(batch, result);
      },
      onFailed: (batch, error) => {
        this.#health.failed(error, batch.bytes);
      },
    });
    this.log = new SqliteEventLog(this.#threads);
    this.catalogue = new SqliteCatalogue(this.#threads);
    this.rows = new SqliteRowStore(this.#threads);
    this.tokens = new SqliteTokenStore(this.#threads);
    // Its processes start when the first query comes.
    if (sql !== undefined) this.sql = new SqliteSqlEngine({ ...sql, databaseFile: file, busyTimeout });
  }

  /**
   * Opens the store, making or updating the database. Rejects with `store_unavailable` and a text for people when the
   * directory is in use by another store, cannot be used, or holds a database of a newer version.
   */
  static async open(options: SqliteStoreOptions): Promise<SqliteStore> {
    makeDirectory(options.directory);
    const lock = DirectoryLock.acquire(options.directory);
    const store = new SqliteStore(options, lock);
    try {
      await store.#threads.open();
      return store;
    } catch (error) {
      await store.#threads.stop();
      lock.release();
      throw error;
    }
  }

  get full(): boolean {
    return this.#threads.full;
  }

  get writable(): boolean {
    return this.#health.isWritable;
  }

  get queue(): { readonly appends: number; readonly bytes: number } {
    return this.#threads.size;
  }

  observe(observer: StoreObserver): () => void {
    return this.#observers.add(observer);
  }

  probe(): Promise<void> {
    if (this.#closing !== undefined) return Promise.reject(closedError());
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

  #committed({ appends, records, bytes }: Batch, { advanced, milliseconds }: CommitResult): void {
    this.#health.succeeded();
    this.#observers.committed({ appends, records, bytes, milliseconds }, advanced);
  }

  /** Queries end first: as long as one reads, the write-ahead log cannot be emptied. */
  async #shutDown(): Promise<void> {
    this.#threads.refuseCalls();
    try {
      await this.sql?.close();
    } finally {
      await this.#threads.close().finally(() => {
        this.#lock.release();
      });
    }
  }
}

function makeDirectory(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw toStoreError(`make its data directory ${directory}`, error);
  }
}
