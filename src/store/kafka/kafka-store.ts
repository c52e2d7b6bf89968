import { WriterHubError } from '../../errors';
import type { Catalogue, NamePage } from '../contract/catalogue';
import type { EventLog } from '../contract/event-log';
import type { ParameterStore } from '../contract/parameter-store';
import type { RowStore } from '../contract/row-store';
import type { SqlEngine } from '../contract/sql-engine';
import type { Store, StoreCapabilities, StoreObserver } from '../contract/store';
import type { RevokedToken, TokenStore } from '../contract/token-store';
import { revokeToken } from '../sqlite/channel/changes';
import { type Change, topicOf } from '../sqlite/channel/messages';
import { Observers } from '../sqlite/queue/observers';
import { QueuePressure } from '../sqlite/queue/queue-pressure';
import { closedError } from '../sqlite/queue/store-threads';
import {
  type ChangeableLimits,
  SqliteStore,
  storeLimits,
  type SqliteStoreOptions,
  type StoreLog,
} from '../sqlite/sqlite-store';
import { CatchUp } from './catch-up';
import { KafkaEventLog } from './kafka-event-log';
import { KafkaParameterStore } from './kafka-parameter-store';
import { KafkaRowStore } from './kafka-row-store';
import type { ClusterListener, LogCluster, StoredRecord } from './log-cluster';
import type { LoggedRecord } from './log-record';
import { LogArrivals } from './log-arrivals';
import { LogShortener, type ShortenedLogs, type ShortenOptions } from './log-shortener';
import { LogWrites } from './log-writes';
import { askForLog } from './ask-for-log';
import { pause } from './pause';
import { PendingWrites } from './pending-writes';
import { type DirectoryEntry, TopicDirectory } from './topic-directory';
import { TopicNames } from './topic-names';
import type { ViewDivision } from './view-division';
import { ViewPart } from './view-part';
import { ViewFeeder } from './view-feeder';
import { ViewWaits } from './view-waits';

/** How a store on a cluster is set up. */
export interface KafkaStoreOptions {
  readonly cluster: LogCluster;
  /** What the names of its Kafka topics begin with. */
  readonly prefix: string;
  /** The view, made of what the logs say; it may be thrown away. */
  readonly view: Omit<SqliteStoreOptions, 'isView'>;
  /** The most bytes of one write; what does not fit into a record is chunks. */
  readonly maxWriteBytes?: number;
  readonly log?: StoreLog;
  /** How the logs of topics are kept short; absent: they are kept for ever. */
  readonly shorten?: ShortenOptions;
  /** What of it there is a view of here, if not all. */
  readonly division?: ViewDivision;
  /** How long it waits before the view is tried again that could not carry something out, milliseconds. */
  readonly retryAfter?: number;
}

const RETRY_AFTER = 1000;

/**
 * Told the id of a token, and until when that has to be remembered, milliseconds since the Unix epoch; `null`: for
 * ever.
 */
export type OnRevoked = (tokenId: string, until: number | null) => void;

/** A record that no hub has written, and which was left out. */
export interface ForeignPlace {
  readonly log: string;
  readonly offset: number;
}

/**
 * A store whose truth is logs of a cluster: a write is acknowledged when it lies in its log and this hub has carried it
 * out in its view, an embedded store, which all reads are answered from. Every hub carries out the same logs, so all
 * come to the same.
 */
export class KafkaStore implements Store {
  readonly log: EventLog;
  readonly catalogue: Catalogue;
  readonly parameters: ParameterStore;
  readonly rows: RowStore;
  readonly tokens: TokenStore;
  readonly sql?: SqlEngine;
  readonly capabilities: StoreCapabilities = {
    survivesReopening: true,
    contiguousOffsets: true,
    exactLimits: true,
    refusedLeaveNoTopic: false,
  };
  /** What it is made of here. */
  readonly view: SqliteStore;
  readonly #cluster: LogCluster;
  readonly #catalogueLog: string;
  readonly #observers = new Observers();
  readonly #directory: TopicDirectory;
  readonly #pending = new PendingWrites();
  readonly #writes: LogWrites;
  readonly #pressure: QueuePressure;
  readonly #feeder: ViewFeeder;
  readonly #waits: ViewWaits;
  readonly #arrivals: LogArrivals;
  readonly #shortener: LogShortener;
  readonly #ending = new AbortController();
  readonly #catchUp: CatchUp;
  readonly #part: ViewPart | undefined;
  readonly #division: ViewDivision | undefined;
  readonly #log: StoreLog | undefined;
  readonly #retryAfter: number;
  #limits: ChangeableLimits;
  #foreign: { count: number; last: ForeignPlace | undefined } = { count: 0, last: undefined };
  #unreachable: Error | undefined;
  #onRevoked: OnRevoked = () => undefined;
  #wasWritable = false;
  #closed: WriterHubError | undefined;
  #closing: Promise<void> | undefined;

  private constructor(options: KafkaStoreOptions, view: SqliteStore) {
    const {
      cluster,
      prefix,
      view: viewOptions,
      log,
      retryAfter,
      division,
      shorten,
      maxWriteBytes = Infinity,
    } = options;
    const names = new TopicNames(prefix);
    this.view = view;
    this.#division = division;
    this.#cluster = cluster;
    this.#catalogueLog = names.catalogue;
    this.#limits = viewOptions;
    this.#log = log;
    this.#retryAfter = retryAfter ?? RETRY_AFTER;
    const found = {
      topic: (name: string) => view.view.topic(name),
      topics: (page: NamePage) => view.catalogue.topics(page),
    };
    this.#directory = new TopicDirectory(found, names);
    this.#waits = new ViewWaits(async (topic) => (await view.view.topic(topic))?.position);
    this.#pressure = new QueuePressure(viewOptions.maxQueueBytes, (full, holder) => {
      this.#observers.pressure(full, holder);
    });
    this.#feeder = new ViewFeeder(view.view, {
      topicOf: (name) => (name === names.catalogue ? '' : this.#directory.ofLog(name)?.name),
      isCatchingUp: () => this.#catchUp.obstacle(undefined) !== undefined,
      removedBy: (change) => this.#removedBy(change),
      onApplied: (name, record, outcome) => this.#applied(name, record, outcome),
      onForeign: (record, why) => {
        this.#leftOut(record, why);
      },
      onFailure: (error) => this.#failed(error),
    });
    this.#arrivals = this.#newArrivals();
    this.#catchUp = new CatchUp({
      cluster,
      arrivals: this.#arrivals,
      directory: this.#directory,
      isHere: (topic) => this.#isHere(topic),
      feeder: this.#feeder,
      catalogue: names.catalogue,
      ending: this.#ending.signal,
    });
    const writes = (this.#writes = new LogWrites({
      ...{ cluster, directory: this.#directory, pending: this.#pending, catalogue: names.catalogue },
      limits: () => {
        const { maxTopics, maxStreamsPerTopic, maxParametersPerTopic } = storeLimits(this.#limits);
        return { maxTopics, maxStreamsPerTopic, maxParametersPerTopic };
      },
      refusal: () => this.#refusal,
      isHere: (log) =>
        division === undefined || log === names.catalogue || this.#isHere(this.#directory.ofLog(log)?.name ?? ''),
      refusalOf: (topic) => division?.refusal(topic),
      pressure: this.#pressure,
      maxWriteBytes,
    }));
    this.#shortener = new LogShortener(
      {
        ...{ cluster, view: view.view, directory: this.#directory, writes, log },
        isHere: (topic) => this.#isHere(topic),
        isWritable: () => this.writable,
      },
      shorten ?? { every: 0 },
    );
    const roles = {
      catalogue: view.catalogue,
      view: view.view,
      log: new KafkaEventLog({
        ...{ writes, reads: view.log, waits: this.#waits },
        view: division === undefined ? view.view : division.route('view', view.view),
        kindOf: (topic) => this.#directory.get(topic).kind,
      }),
      parameters: new KafkaParameterStore(writes, view.parameters, this.#waits),
      rows: new KafkaRowStore(writes, view.rows, this.#waits),
    };
    this.catalogue = division?.routeCatalogue(roles.catalogue) ?? roles.catalogue;
    this.log = division?.route<EventLog>('log', roles.log) ?? roles.log;
    this.parameters = division?.route<ParameterStore>('parameters', roles.parameters) ?? roles.parameters;
    this.rows = division?.route<RowStore>('rows', roles.rows) ?? roles.rows;
    this.tokens = new KafkaTokenStore(writes, view.tokens);
    if (view.sql !== undefined) this.sql = division?.routeSql(view.sql) ?? view.sql;
    if (division !== undefined) {
      this.#part = new ViewPart({
        ...{ roles, sql: view.sql, pending: this.#pending, directory: this.#directory, feeder: this.#feeder },
        ...{ catalogue: names.catalogue, isHere: (topic) => division.has(topic), observers: this.#observers },
        observe: (observer) => view.observe(observer),
      });
    }
    view.observe(this.#observersOfView());
  }

  /**
   * Opens the view and begins to reach the cluster and to catch up; until then writes are refused. Rejects as
   * `SqliteStore.open` does.
   */
  static async open(options: KafkaStoreOptions): Promise<KafkaStore> {
    const view = await SqliteStore.open({ ...options.view, isView: true });
    const store = new KafkaStore(options, view);
    await store.#directory.load();
    await store.#feeder.load();
    await store.#startDivision().catch(async (error: unknown) => {
      await view.close();
      throw error;
    });
    store.#start();
    return store;
  }

  get full(): boolean {
    return this.#pressure.isFull;
  }

  isFullFor(holder: string): boolean {
    return this.#pressure.isFullFor(holder);
  }

  get writable(): boolean {
    return this.#refusal === undefined && this.#unreachable === undefined && this.view.writable;
  }

  get queue(): { readonly appends: number; readonly bytes: number } {
    return { appends: this.#writes.count, bytes: this.#pressure.bytes };
  }

  /** What it asks of other hubs; `undefined`: it has views of all, and is asked for nothing. */
  get division(): ReturnType<ViewDivision['status']> | undefined {
    return this.#division?.status();
  }

  /** Records that no hub has written, since it was opened. */
  get foreign(): { readonly count: number; readonly last: ForeignPlace | undefined } {
    return this.#foreign;
  }

  /** What was deleted of logs, as no view keeps it, by this hub since it was opened. */
  get shortened(): ShortenedLogs {
    return this.#shortener.shortened;
  }

  /** Does what can be done to keep logs short; it is done from time to time anyway. */
  shorten(): Promise<void> {
    return this.#shortener.look();
  }

  observe(observer: StoreObserver): () => void {
    return this.#observers.add(observer);
  }

  /** Bytes of the view's file and of its write-ahead log. */
  get storage(): SqliteStore['storage'] {
    return this.view.storage;
  }

  /** What is to be deleted from the view, and is still there. */
  backlog(): ReturnType<SqliteStore['backlog']> {
    return this.view.backlog();
  }

  /** Calls the listener with every token that a hub has revoked, this one or another. */
  onRevoked(listener: OnRevoked): void {
    this.#onRevoked = listener;
  }

  /** Resolves when the view has caught up with the cluster. Rejects when it never will. */
  get ready(): Promise<void> {
    return this.#catchUp.done;
  }

  async probe(): Promise<void> {
    const refusal = this.#refusal ?? (this.#unreachable && unreachable(this.#unreachable));
    if (refusal !== undefined) throw refusal;
    await this.view.probe();
  }

  /** Has other limits in force from now on; what is stored already stays. */
  async setLimits(limits: ChangeableLimits): Promise<void> {
    this.#limits = limits;
    this.#pressure.resize(limits.maxQueueBytes);
    await this.view.setLimits(limits);
  }

  close(): Promise<void> {
    this.#closing ??= this.#shutDown();
    return this.#closing;
  }

  /** Why nothing can be written; `undefined`: it can. */
  get #refusal(): WriterHubError | undefined {
    return this.#closed ?? this.#catchUp.obstacle(this.#unreachable);
  }

  #start(): void {
    const listener: ClusterListener = {
      onRecords: (records) => this.#take(records),
      onFailure: (error) => {
        this.#end(error);
      },
      onReachable: (failure) => {
        if (failure !== undefined && this.#unreachable === undefined)
          this.#log?.warn({ reason: failure.message }, 'the Kafka cluster cannot be reached; it is tried again');
        this.#unreachable = failure;
        this.#tellWritable();
      },
    };
    this.#catchUp.start(listener).then(
      () => {
        this.#tellWritable();
        this.#shortener.start();
      },
      (error: unknown) => {
        this.#end(error);
      },
    );
  }

  async #take(records: readonly StoredRecord[]): Promise<void> {
    await this.#feeder.feed(await this.#arrivals.pass(records));
    this.#catchUp.progressed();
    this.#part?.progressed();
  }

  async #startDivision(): Promise<void> {
    if (this.#part !== undefined) await this.#division?.start(this.#part);
  }

  #isHere(topic: string): boolean {
    return this.#division?.has(topic) ?? true;
  }

  #newArrivals(): LogArrivals {
    return new LogArrivals({
      catalogue: this.#catalogueLog,
      next: (log) => this.#feeder.next(log),
      topicOf: (log) => this.#directory.ofLog(log)?.name,
      ask: (log) => askForLog(this.#cluster, log, this.#ending.signal),
      restate: (log, offset, change) => this.#feeder.restate(log, offset, change),
      onRestated: (log, offset) => {
        this.#log?.info(
          { log, offset },
          'the view has taken what a Kafka topic says that it was, as the rest is deleted',
        );
        this.#pending.fail(unknownOutcome(log), log);
      },
    });
  }

  /** A write was carried out. */
  #applied(log: string, record: LoggedRecord, outcome: PromiseSettledResult<unknown>): Promise<void> | undefined {
    const { write } = record;
    const settle = (): void => {
      this.#pending.settle(log, record, outcome);
    };
    if (log !== this.#catalogueLog && record.writer !== this.#pending.writer)
      this.#division?.applied(log, record, outcome);
    const isOfTopics = log === this.#catalogueLog && write.kind === 'change' && outcome.status === 'fulfilled';
    if (isOfTopics) return this.#changedTopics(write.change, settle);
    settle();
    return undefined;
  }

  async #changedTopics(change: Change, settle: () => void): Promise<void> {
    const made = await this.#changed(change);
    // What is carried out next need not wait for a log that is to be made.
    if (made === undefined) settle();
    else
      void this.#follow(made.log).then(() => {
        if (!this.#isHere(made.name)) this.#division?.made(made.name, made.log);
        settle();
      });
  }

  async #follow(log: string): Promise<void> {
    try {
      await this.#catchUp.follow(log);
    } catch (error) {
      this.#end(error);
    }
  }

  /** There are other topics now; gives one that is new. */
  async #changed(change: Change): Promise<DirectoryEntry | undefined> {
    if (change.kind === 'revoke_token') this.#onRevoked(change.tokenId, change.expiresAt);
    const name = topicOf(change);
    if (name === undefined) return undefined;
    const known = this.#directory.find(name);
    if (known === undefined) return this.#directory.reload(name);
    if (isRemoval(change)) this.#removed(known);
    return undefined;
  }

  #removed({ name, log }: DirectoryEntry): void {
    this.#directory.remove(name);
    this.#waits.removed(name);
    this.#division?.removed(name, log);
    this.#cluster.unfollow(log);
    this.#pending.fail(new WriterHubError('unknown_topic', `there is no topic "${name}"`), log);
    // The next one of this name has another log.
    this.#cluster.remove(log).catch((error: unknown) => {
      this.#log?.warn({ log, reason: String(error) }, 'the Kafka topic of a topic that was removed is still there');
    });
  }

  #removedBy(change: Change): readonly string[] {
    const known = isRemoval(change) ? this.#directory.find(topicOf(change) ?? '') : undefined;
    return known === undefined ? [] : [known.log];
  }

  #leftOut({ log, offset }: StoredRecord, why: string): void {
    this.#foreign = { count: this.#foreign.count + 1, last: { log, offset } };
    this.#log?.warn({ log, offset, why }, 'a record that no hub has written is left out');
  }

  /** The view could not carry something out. Resolves when that is to be tried again. */
  async #failed(error: unknown): Promise<void> {
    this.#log?.error({ reason: String(error) }, 'the view cannot carry out what the log says; it is tried again');
    this.#tellWritable();
    await pause(this.#retryAfter, this.#ending.signal);
    if (this.#ending.signal.aborted) throw closedError();
  }

  /** It will not go on. */
  #end(error: unknown): void {
    if (this.#closed !== undefined) return;
    const reason = error instanceof Error ? error.message : String(error);
    this.#log?.error({ reason }, 'the store takes no more writes until it is started again');
    this.#closed = new WriterHubError(
      'store_unavailable',
      `the store takes no more writes until it is started again: ${reason}`,
      { cause: error },
    );
    this.#pending.fail(this.#closed);
    this.#catchUp.fail(this.#closed);
    this.#tellWritable();
  }

  #tellWritable(): void {
    const isWritable = this.writable;
    if (isWritable === this.#wasWritable) return;
    this.#wasWritable = isWritable;
    this.#observers.writable(isWritable ? undefined : (this.#refusal ?? this.#unreachable));
  }

  /** Everything that the view tells is told on, but for what it would say of its own queue. */
  #observersOfView(): StoreObserver {
    const observers = this.#observers;
    return {
      onTopicRefused: (creator) => {
        observers.topicRefused(creator);
      },
      onCommit: (commit) => {
        observers.reported(commit);
      },
      onWritable: () => {
        this.#tellWritable();
      },
      onAdvance: (ends) => {
        this.#waits.advanced(ends);
        observers.advanced('onAdvance', ends);
      },
      onQuarantine: (ends) => {
        observers.advanced('onQuarantine', ends);
      },
      onChange: (changes) => {
        observers.changed(() => changes);
      },
      onRemove: (topic) => {
        observers.removed(topic);
      },
    };
  }

  /** What was accepted is carried out first. */
  async #shutDown(): Promise<void> {
    const isReady = this.#refusal === undefined;
    this.#closed ??= closedError();
    this.view.view.refuseReads();
    const shortened = this.#shortener.stop();
    if (isReady) await this.#writes.idle();
    this.#ending.abort();
    this.#pending.fail(this.#closed);
    await shortened;
    this.#division?.close();
    await this.#cluster.close();
    await this.view.close();
  }
}

/** Whether a topic or data source is there no more after a change. */
function isRemoval({ kind }: Change): boolean {
  return kind === 'remove_topic' || kind === 'drop_data_source';
}

/** Of writes that lay where this view was not yet when it was deleted. */
function unknownOutcome(log: string): WriterHubError {
  return new WriterHubError(
    'store_unavailable',
    `nobody knows whether it was stored: this hub was far behind the Kafka topic ${log}`,
  );
}

function unreachable(error: Error): WriterHubError {
  return new WriterHubError('store_unavailable', `the Kafka cluster cannot be reached: ${error.message}`);
}

/** The revoked tokens of all hubs. */
class KafkaTokenStore implements TokenStore {
  readonly #writes: LogWrites;
  readonly #view: TokenStore;

  constructor(writes: LogWrites, view: TokenStore) {
    this.#writes = writes;
    this.#view = view;
  }

  revokeToken(tokenId: string, expiresAt?: number): Promise<void> {
    return this.#writes.changeCatalogue(revokeToken(tokenId, expiresAt));
  }

  revokedTokens(): Promise<RevokedToken[]> {
    return this.#view.revokedTokens();
  }
}
