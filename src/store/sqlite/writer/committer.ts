import type { Database, Statement } from 'better-sqlite3';
import { WriterHubError } from '../../../errors';
import type {
  AppliedLog,
  ApplyRequest,
  Change,
  CommitRecord,
  CommitRequest,
  CommitResult,
  ConversionProgress,
  ConversionRequest,
  IndexedFailure,
  LimitsInForce,
  LoggedResult,
  LoggedWrite,
} from '../channel/messages';
import { fromSent } from '../channel/commit-transfer';
import { AdvanceList } from './advance-list';
import { CommitTable, recordOf, type CommittedSteps } from './commit-table';
import { CommitTime } from './commit-time';
import { DataSources } from './data-sources';
import { EventTopics, type EventTopic } from './event-topics';
import { EventParts } from './event-parts';
import { EventWriter } from './event-writer';
import { attempt } from './group-writer';
import { LogTable } from './log-table';
import { OwnLimits } from './own-limits';
import { PackageTopics, type OnPackages } from './package-topics';
import { PackageWriter } from './package-writer';
import { ParameterIds } from './parameter-ids';
import { RecordTable } from './record-table';
import { RetentionTable } from './retention-table';
import { RowParts } from './row-parts';
import { RowWriter } from './row-writer';
import { StateNotes } from './state-notes';
import { TopicRestore } from './topic-restore';
import { type TopicRecord, TopicTable } from './topic-table';
import { UnfinishedAppends } from './unfinished-appends';

/** The limits of what is stored, and in which opening of the store. */
export interface CommitterSettings {
  readonly epoch: number;
  readonly limits: LimitsInForce;
  /** Is told of packages that a transaction has added; perhaps also of those of one that failed. */
  readonly onPackages?: OnPackages;
}

/** Carries out commit requests on the writing connection, one transaction each. */
export class Committer {
  readonly #limits: OwnLimits;
  readonly #time = new CommitTime();
  readonly #topics: TopicTable;
  readonly #events: EventTopics;
  readonly #packages: PackageTopics;
  readonly #parameterIds: ParameterIds;
  readonly #dataSources: DataSources;
  readonly #eventParts: EventParts;
  readonly #rowParts: RowParts;
  readonly #records: RecordTable;
  readonly #commits: CommitTable;
  readonly #logs: LogTable;
  readonly #retention: RetentionTable;
  readonly #states: StateNotes;
  readonly #restore: TopicRestore;
  readonly #begin: Statement<[]>;
  readonly #end: Statement<[]>;
  readonly #revokeToken: Statement<[string, number | null]>;
  readonly #dropExpired: Statement<[number]>;
  readonly #probe: Statement<[number, number]>;
  readonly #database: Database;

  constructor(database: Database, settings: CommitterSettings) {
    const { epoch } = settings;
    this.#limits = new OwnLimits(settings.limits);
    this.#database = database;

    const rules = { limits: this.#limits, time: this.#time };
    this.#topics = new TopicTable(database, rules);
    const unfinished = new UnfinishedAppends(database, epoch);
    this.#events = new EventTopics(database, this.#topics, unfinished, rules);
    this.#packages = new PackageTopics(database, settings.onPackages ?? ignore);
    this.#parameterIds = new ParameterIds(database, this.#limits);
    this.#dataSources = new DataSources(database, this.#topics, unfinished, this.#time);
    this.#records = new RecordTable(database, this.#time);
    this.#eventParts = new EventParts(this.#events, unfinished, this.#records);
    this.#rowParts = new RowParts(this.#dataSources, unfinished, this.#records);
    this.#commits = new CommitTable(database, epoch);
    this.#logs = new LogTable(database);
    this.#retention = new RetentionTable(database, rules);
    this.#states = new StateNotes(database);
    this.#restore = new TopicRestore(database, this.#logs);
    this.#begin = database.prepare('BEGIN IMMEDIATE');
    this.#end = database.prepare('COMMIT');
    // Revoked twice, a token stays revoked for the longer time; NULL is for ever, and max() of it is NULL.
    this.#revokeToken = database.prepare(
      `INSERT INTO revoked_tokens (token_id, expires_at) VALUES (?, ?)
       ON CONFLICT DO UPDATE SET expires_at = max(expires_at, excluded.expires_at)`,
    );
    this.#dropExpired = database.prepare('DELETE FROM revoked_tokens WHERE expires_at <= ?');
    this.#probe = database.prepare(
      `INSERT INTO probes (id, at, filler) VALUES (1, ?, zeroblob(?))
       ON CONFLICT DO UPDATE SET at = excluded.at, filler = excluded.filler`,
    );
  }

  /**
   * Does all steps of a request and commits. A step that breaks a rule (an unknown topic, a limit) fails alone;
   * a failure of the engine undoes the whole request and is thrown.
   */
  commit(request: CommitRequest): Omit<CommitResult, 'logBytes'> {
    const started = performance.now();
    this.#trim();
    const result = this.#transaction(() => {
      const advanced = new AdvanceList();
      const steps = this.#doSteps(request, advanced);
      this.#save(advanced);
      const done = { ...steps, advanced: advanced.columns() };
      this.#commits.put(request, done);
      return done;
    });
    return { ...result, refusedCreators: this.#topics.takeRefused(), milliseconds: performance.now() - started };
  }

  /**
   * Carries out writes of a log, all in one transaction, unless they were before; each has its own time and limits. As
   * in `commit`, a step that breaks a rule fails alone.
   */
  apply({ after, log, writes, removed }: ApplyRequest): readonly (LoggedResult | CommitRecord)[] {
    this.#trim();
    const before = this.#logs.find(log.name);
    if (before !== undefined && before.next === log.next && before.next !== after) return before.outcomes;
    if ((before?.next ?? after) !== after) throw notNext(log.name, before?.next, after);
    return this.#transaction(() => {
      const results = writes.map((write) => this.#applyLogged(write));
      const records = results.map((result, index) => recordOf(writes[index]!.request, result));
      this.#logs.put(log, records, writes.at(-1)?.at ?? 0);
      for (const name of removed) this.#logs.delete(name);
      return results;
    });
  }

  /** How far logs are carried out. */
  get logs(): readonly AppliedLog[] {
    return this.#logs.logs;
  }

  #applyLogged({ request, at, limits }: LoggedWrite): LoggedResult {
    return this.#limits.during(limits, () =>
      this.#time.during(at, () => {
        const advanced = new AdvanceList();
        const steps = this.#doSteps(fromSent(request), advanced);
        this.#save(advanced);
        return { ...steps, advanced: advanced.columns(), refusedCreators: this.#topics.takeRefused() };
      }),
    );
  }

  /** Rewrites columns for a moment, in a transaction of its own. */
  convert(request: ConversionRequest): ConversionProgress {
    return this.#transaction(() => this.#dataSources.convert(request));
  }

  /** All of it or nothing; a failure is thrown. */
  #transaction<Result>(act: () => Result): Result {
    this.#begin.run();
    try {
      const result = act();
      this.#end.run();
      return result;
    } catch (error) {
      this.#forget();
      // Some failures, a full disk for one, make SQLite roll back by itself.
      if (this.#database.inTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  /** Only between transactions. */
  #trim(): void {
    this.#events.trim();
    this.#packages.trim();
    this.#parameterIds.trim();
    this.#dataSources.trim();
  }

  /** What the commit of this number has recorded; `undefined` if it was not made. */
  recall(number: number): CommitRecord | undefined {
    return this.#commits.find(number);
  }

  /**
   * A topic or data source has lost what the sweeper removes: what is known of it is read again. Between commits only.
   */
  rowsRemoved(name: string): void {
    this.#events.release(name);
    this.#packages.release();
    this.#dataSources.release(name);
  }

  #save(advanced: AdvanceList): void {
    const { now } = this.#time;
    this.#packages.save();
    this.#events.save(now, advanced);
    this.#dataSources.save(now, advanced);
  }

  #doSteps(request: CommitRequest, advanced: AdvanceList): Omit<CommittedSteps, 'advanced'> {
    const events = new EventWriter(request, this.#events, this.#records, this.#eventParts);
    const tables = { packages: this.#packages, ids: this.#parameterIds };
    const packages = new PackageWriter(request, this.#events, this.#records, tables);
    const rows = new RowWriter(request, this.#dataSources, this.#records, this.#rowParts);
    const failedChanges: IndexedFailure[] = [];
    for (const [index, { before, change }] of request.changes.entries()) {
      events.writeUntil(before.events);
      packages.writeUntil(before.packages);
      rows.writeUntil(before.rows);
      const failure = attempt(() => {
        this.#applyChange(change, advanced);
      });
      if (failure !== undefined) failedChanges.push({ index, failure });
    }
    events.writeRest();
    packages.writeRest();
    rows.writeRest();
    const outcomes = { events: events.outcomes, packages: packages.outcomes, rows: rows.outcomes };
    return { outcomes, failedChanges };
  }

  #applyChange(change: Change, advanced: AdvanceList): void {
    switch (change.kind) {
      case 'put_stream': {
        const { createTopic: create, creator } = change;
        const topic = this.#events.topic(change.topic, { create, creator });
        this.#events.setProperties(this.#events.stream(topic, change.streamId, true), change.properties);
        return;
      }
      case 'put_definitions': {
        const { createTopic: create, creator } = change;
        const topic = this.#events.topic(change.topic, { create, creator });
        this.#events.setDefinitions(this.#events.stream(topic, change.streamId, true), change.definitions);
        return;
      }
      case 'create_topic':
        this.#events.topic(change.topic, { create: true, creator: change.creator });
        return;
      case 'close_stream': {
        const stream = this.#events.stream(this.#existing(change.topic), change.streamId, false);
        stream.status = 'closed';
        this.#events.touchStream(stream);
        return;
      }
      case 'remove_topic':
        this.#events.removeTopic(this.#existing(change.topic));
        return;
      case 'remove_stream':
        this.#packages.save();
        this.#events.removeStream(this.#existing(change.topic), change.streamId);
        return;
      case 'set_retention':
        // What this transaction has stored so far counts.
        this.#save(advanced);
        this.#retention.set(change);
        return;
      case 'revoke_token':
        this.#dropExpired.run(this.#time.now);
        this.#revokeToken.run(change.tokenId, change.expiresAt);
        return;
      case 'create_data_source':
        this.#dataSources.create(change);
        return;
      case 'change_data_source':
        this.#dataSources.redefine(change);
        return;
      case 'truncate_data_source':
        this.#dataSources.truncate(change.name, change.part);
        return;
      case 'drop_data_source':
        this.#dataSources.drop(change.name);
        return;
      case 'keep_chunk':
        this.#logs.keepChunk(change.log, change);
        return;
      case 'drop_chunks':
        this.#logs.dropChunks(change.log, change.writer);
        return;
      case 'state_part':
        this.#states.note(this.#known(change.topic).id, change, this.#time.now);
        return;
      case 'cut_log':
        this.#states.cut(this.#known(change.topic).id, change, change.decidedAt - this.#time.now);
        return;
      case 'restate':
        this.#restate(change, advanced);
        return;
      case 'barrier':
        return;
      case 'probe':
        this.#probe.run(this.#time.now, change.bytes);
    }
  }

  #restate({ topic: name, log, state }: Extract<Change, { readonly kind: 'restate' }>, advanced: AdvanceList): void {
    this.#save(advanced);
    const topic = this.#known(name);
    const last = this.#restore.restore(topic, log, state);
    // What is known of it was read before.
    this.#forget();
    advanced.add({ name, generation: topic.generation }, last);
  }

  /** A topic or data source. */
  #known(name: string): TopicRecord {
    const topic = this.#topics.find(name);
    if (topic === undefined) throw new WriterHubError('unknown_topic', `there is no topic "${name}"`);
    return topic;
  }

  #existing(topic: string): EventTopic {
    return this.#events.topic(topic, { create: false });
  }

  #forget(): void {
    this.#topics.forget();
    this.#events.forget();
    this.#packages.forget();
    this.#parameterIds.forget();
    this.#dataSources.forget();
  }
}

function notNext(log: string, next: number | undefined, after: number): Error {
  return new Error(`the log ${log} was carried out up to ${next}, and is to be from ${after} on`);
}

function ignore(): void {
  // Nobody wants to know.
}
