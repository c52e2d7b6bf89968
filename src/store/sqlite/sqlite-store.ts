import { mkdirSync } from 'node:fs';
import { WriterHubError } from '../../errors';
import type {
  Append,
  AppendReceipt,
  DataSourceChange,
  DataSourceRecord,
  EventPage,
  EventStore,
  NamePage,
  QuarantinePage,
  QuarantinedRow,
  ReadQuery,
  RevokedToken,
  RowsAppend,
  RowsReceipt,
  StoreListener,
  StoredEvent,
  StreamInfo,
  StreamProperties,
  StreamPut,
  TopicInfo,
} from '../event-store';
import type { Batch } from './queue/batch';
import { databaseFile } from './file/database-file';
import { DirectoryLock } from './file/directory-lock';
import { toStoreError } from './channel/failure';
import type {
  Change,
  CommitResult,
  EventColumns,
  ReaderCalls,
  StreamRow,
  ThreadData,
  WriterCalls,
} from './channel/messages';
import { READER_FILE, WRITER_FILE } from './channel/worker-file';
import { WorkerCalls } from './channel/worker-calls';
import { WriteHealth } from './queue/write-health';
import { WriteQueue } from './queue/write-queue';

/** How many reads may wait for the reader; beyond it they are refused with `store_busy`. */
const MAX_WAITING_READS = 1000;

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
  /** Is told of commits, of pressure, and when writing fails or works again. */
  readonly listener?: StoreListener;
}

/**
 * The embedded store: SQLite behind a thread that writes and a thread that reads, so that neither a sync nor a scan
 * ever stalls the sockets.
 */
export class SqliteEventStore implements EventStore {
  readonly #writes: WriteQueue;
  readonly #health: WriteHealth;
  readonly #writer: WorkerCalls<WriterCalls>;
  readonly #reader: WorkerCalls<ReaderCalls>;
  readonly #listener: StoreListener;
  #probing: Promise<void> | undefined;
  #closing: Promise<void> | undefined;
  readonly #lock: DirectoryLock;

  private constructor(options: SqliteStoreOptions, lock: DirectoryLock) {
    this.#lock = lock;

    const { busyTimeout, maxTopics, maxStreamsPerTopic, maxDatabaseBytes = 0, listener = {} } = options;
    const file = databaseFile(options.directory);
    const data: ThreadData = { databaseFile: file, busyTimeout, maxTopics, maxStreamsPerTopic, maxDatabaseBytes };
    this.#listener = listener;
    this.#writer = new WorkerCalls('The writer', WRITER_FILE, data);
    this.#reader = new WorkerCalls('The reader', READER_FILE, data);
    this.#health = new WriteHealth((failure) => listener.onWritable?.(failure));
    this.#writes = new WriteQueue(
      (request) => this.#writer.call<'commit'>(request, [request.text.buffer]),
      options.maxQueueBytes,
      {
        onPressure: (full) => listener.onPressure?.(full),
        onCommitted: (batch, result) => {
          this.#onCommitted(batch, result);
        },
        onFailed: (batch, error) => {
          this.#health.failed(error, batch.bytes);
        },
      },
    );
  }

  /**
   * Opens the store, making or updating the database. Rejects with `store_unavailable` and a text for people when the
   * directory is in use by another store, cannot be used, or holds a database of a newer version.
   */
  static async open(options: SqliteStoreOptions): Promise<SqliteEventStore> {
    makeDirectory(options.directory);
    const lock = DirectoryLock.acquire(options.directory);
    const store = new SqliteEventStore(options, lock);
    try {
      await store.#writer.call<'open'>({ kind: 'open' });
      return store;
    } catch (error) {
      await store.#release();
      throw error;
    }
  }

  get full(): boolean {
    return this.#writes.full;
  }

  get writable(): boolean {
    return this.#health.isWritable;
  }

  get queue(): { readonly appends: number; readonly bytes: number } {
    return this.#writes.size;
  }

  append(append: Append): Promise<AppendReceipt> {
    if (this.#closing !== undefined) return Promise.reject(closed());
    return this.#writes.append(append);
  }

  appendRows(append: RowsAppend): Promise<RowsReceipt> {
    if (this.#closing !== undefined) return Promise.reject(closed());
    return this.#writes.appendRows(append);
  }

  createDataSource({ name, definition, columns }: DataSourceRecord): Promise<void> {
    return this.#change({ kind: 'create_data_source', name, definition, columns });
  }

  changeDataSource({ name, definition, added }: DataSourceChange): Promise<void> {
    return this.#change({ kind: 'change_data_source', name, definition, added });
  }

  truncateDataSource(name: string, part: 'rows' | 'quarantine'): Promise<void> {
    return this.#change({ kind: 'truncate_data_source', name, part });
  }

  dropDataSource(name: string): Promise<void> {
    return this.#change({ kind: 'drop_data_source', name });
  }

  quarantinedRows(name: string, page: QuarantinePage): Promise<QuarantinedRow[]> {
    return this.#ask<'quarantined_rows'>({ kind: 'quarantined_rows', name, page });
  }

  putStream({ topic, streamId, properties, createTopic }: StreamPut): Promise<void> {
    return this.#change({ kind: 'put_stream', topic, streamId, createTopic, properties: JSON.stringify(properties) });
  }

  closeStream(topic: string, streamId: string): Promise<void> {
    return this.#change({ kind: 'close_stream', topic, streamId });
  }

  revokeToken(tokenId: string, expiresAt?: number): Promise<void> {
    return this.#change({
      kind: 'revoke_token',
      tokenId,
      expiresAt: expiresAt === undefined ? null : Math.ceil(expiresAt),
    });
  }

  probe(): Promise<void> {
    if (this.#closing !== undefined) return Promise.reject(closed());
    if (this.#health.isProven) return Promise.resolve();
    this.#probing ??= this.#prove().finally(() => {
      this.#probing = undefined;
    });
    return this.#probing;
  }

  /** While writing fails, as much is written as failed last: on a disk that is nearly full, a few bytes would prove nothing. */
  async #prove(): Promise<void> {
    const { lostBytes } = this.#health;
    await this.#change({ kind: 'probe', bytes: lostBytes });
    if (lostBytes > 0) await this.#change({ kind: 'probe', bytes: 0 });
  }

  topics(page: NamePage): Promise<TopicInfo[]> {
    return this.#ask<'topics'>({ kind: 'topics', page });
  }

  async streams(topic: string, page: NamePage): Promise<StreamInfo[]> {
    return (await this.#ask<'streams'>({ kind: 'streams', topic, page })).map(toStreamInfo);
  }

  async stream(topic: string, streamId: string): Promise<StreamInfo> {
    return toStreamInfo(await this.#ask<'stream'>({ kind: 'stream', topic, streamId }));
  }

  async read(query: ReadQuery): Promise<EventPage> {
    return toPage(await this.#ask<'read'>({ kind: 'read', query }));
  }

  revokedTokens(): Promise<RevokedToken[]> {
    return this.#ask<'revoked_tokens'>({ kind: 'revoked_tokens' });
  }

  close(): Promise<void> {
    this.#closing ??= this.#shutDown();
    return this.#closing;
  }

  #change(change: Change): Promise<void> {
    if (this.#closing !== undefined) return Promise.reject(closed());
    return this.#writes.change(change);
  }

  #ask<Kind extends keyof ReaderCalls>(request: ReaderCalls[Kind]['request']): Promise<ReaderCalls[Kind]['result']> {
    if (this.#closing !== undefined) return Promise.reject(closed());
    if (this.#reader.waiting >= MAX_WAITING_READS) {
      return Promise.reject(
        new WriterHubError('store_busy', `The store has ${MAX_WAITING_READS} reads waiting already.`),
      );
    }
    return this.#reader.call<Kind>(request);
  }

  #onCommitted(batch: Batch, { milliseconds }: CommitResult): void {
    this.#health.succeeded();
    const { appends, records, bytes } = batch;
    this.#listener.onCommit?.({ appends, events: records, bytes, milliseconds });
  }

  /** The reader goes first, so that the writer is the last to close and leaves no write-ahead log behind. */
  async #shutDown(): Promise<void> {
    await this.#writes.idle();
    try {
      if (this.#reader.isRunning) await this.#reader.call<'close'>({ kind: 'close' });
      await this.#writer.call<'close'>({ kind: 'close' });
    } finally {
      await this.#release();
    }
  }

  async #release(): Promise<void> {
    await Promise.all([this.#reader.stop(), this.#writer.stop()]);
    this.#lock.release();
  }
}

function makeDirectory(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw toStoreError(`make its data directory ${directory}`, error);
  }
}

function closed(): WriterHubError {
  return new WriterHubError('store_unavailable', 'The store is closed.');
}

function toStreamInfo({ properties, firstTimestamp, lastTimestamp, ...stream }: StreamRow): StreamInfo {
  return {
    ...stream,
    properties: JSON.parse(properties) as StreamProperties,
    ...(firstTimestamp !== null && { firstTimestamp }),
    ...(lastTimestamp !== null && { lastTimestamp }),
  };
}

function toPage({ offsets, streamIds, timestamps, ids, values, tags, next }: EventColumns): EventPage {
  const events = offsets.map((offset, index): StoredEvent => ({
    offset,
    streamId: streamIds[index]!,
    timestamp: timestamps[index]!,
    id: ids[index]!,
    value: values[index]!,
    tags: tags[index]!,
  }));
  return { events, next };
}
