import type { WriterHubError } from '../../errors';
import type { TopicInfo } from '../contract/catalogue';
import type { RetentionChange } from '../contract/retention';
import { toSent } from './channel/commit-transfer';
import { toStoreError } from './channel/failure';
import type {
  AppendKind,
  AppliedLog,
  ApplyRequest,
  ApplyResult,
  Change,
  CommitRecord,
  CommitResult,
  LoggedResult,
  StoreLimits,
} from './channel/messages';
import type { LogPlan, PlanRules, TopicState } from './channel/topic-state';
import { rewriteColumns } from './column-rewrite';
import { Batch } from './queue/batch';
import type { StoreThreads } from './queue/store-threads';
import { toTopicInfo } from './sqlite-catalogue';

/** Where a write that a log says is put. */
export type LoggedBatch = Pick<Batch, 'appendEvents' | 'appendPackage' | 'appendRows' | 'change'>;

type DataSourceChangeStep = Extract<Change, { readonly kind: 'change_data_source' }>;

/** A write as a log says it. */
export interface ViewWrite {
  /** When it was put into the log, milliseconds since the Unix epoch. */
  readonly at: number;
  /** The limits that held where it was put into the log. */
  readonly limits: Partial<StoreLimits>;
  /** Of which kind it is. */
  readonly kind: AppendKind | 'change';
  /** Puts one append or change into the batch, and gives what that gives. */
  put(batch: LoggedBatch): Promise<unknown>;
}

/** Writes that follow each other in a log. */
export interface ViewStep {
  /** The offset that the step begins at. */
  readonly after: number;
  /** Where the log stands then. */
  readonly log: AppliedLog;
  readonly writes: readonly ViewWrite[];
  /** Logs that are there no more when it is carried out. */
  readonly removed?: readonly string[];
  /** How many steps have failed, as far as the caller knows: a step is not carried out behind one that has. */
  readonly failures?: number;
  /** Whether other logs may be far behind: idempotency records that have expired are kept. Default: they are not. */
  readonly keepsExpired?: boolean;
}

/** What the view tells its owner. */
export interface ViewListener {
  onCommitted(batch: Batch, result: CommitResult): void;
  onFailed(error: WriterHubError): void;
}

/** A store that holds what logs say: they are carried out here and nowhere else. */
export class SqliteView {
  readonly #threads: StoreThreads;
  readonly #listener: ViewListener;

  constructor(threads: StoreThreads, listener: ViewListener) {
    this.#threads = threads;
    this.#listener = listener;
  }

  /** How far each log is carried out. */
  logs(): Promise<readonly AppliedLog[]> {
    return this.#threads.logs();
  }

  /** A topic, also when reads are refused. */
  async topic(name: string): Promise<TopicInfo | undefined> {
    const row = await this.#threads.askInside<'topic'>({ kind: 'topic', name });
    return row && toTopicInfo(row);
  }

  /** What can be done about the logs of topics; of one that is there no more: nothing. */
  logPlans(
    topics: readonly { readonly topic: string; readonly log: string }[],
    rules: PlanRules,
  ): Promise<readonly LogPlan[]> {
    return this.#threads.askInside<'log_plans'>({ kind: 'log_plans', topics, rules });
  }

  /** What a topic is apart from what it holds; `undefined`: it is there no more, or nothing of its log. */
  topicState(topic: string, log: string): Promise<TopicState | undefined> {
    return this.#threads.askInside<'topic_state'>({ kind: 'topic_state', topic, log });
  }

  /** From now on every read rejects; what logs say is still carried out. */
  refuseReads(): void {
    this.#threads.refuseReads();
  }

  /** Resolves if a retention may be set. Rejects as `EventLog.setRetention` does. */
  tryRetention(change: RetentionChange): Promise<void> {
    return this.#threads.change({ kind: 'set_retention', isTrial: true, ...change });
  }

  /**
   * Rewrites the columns of a change of a data source, which nothing else is written to meanwhile; gives the change to
   * be carried out then. Rejects with `schema_changed`, and with `invalid_schema` when a value does not fit.
   */
  async convert(change: DataSourceChangeStep): Promise<Change> {
    const { name, schemaVersion, converted = [] } = change;
    if (converted.length === 0) return change;
    const request = { kind: 'convert', name, schemaVersion, converted } as const;
    const { numbers, until } = await rewriteColumns(this.#threads, request, { rest: 0 });
    return { ...change, numbers, until };
  }

  /**
   * Carries out a step, all of it or nothing; gives what became of each write. Carried out before, as when nobody knew
   * whether it was, it is not carried out again. Rejects when it was not, or nobody knows.
   */
  async apply({
    writes,
    removed = [],
    failures = 0,
    keepsExpired = false,
    ...place
  }: ViewStep): Promise<PromiseSettledResult<unknown>[]> {
    const parts = partsOf(writes);
    const outcomes = Promise.allSettled(parts.flatMap(putAll));
    const logged = parts.map(({ batch, at, limits }) => ({ request: toSent(batch.encode(NOWHERE)), at, limits }));
    const result = await this.#carryOut({ kind: 'apply', ...place, writes: logged, removed, failures, keepsExpired });
    const { logBytes, packages, milliseconds } = result;
    for (const [index, each] of result.results.entries()) {
      const { batch } = parts[index]!;
      const share = { logBytes, packages: packages ?? [], milliseconds: milliseconds / parts.length };
      const done = { ...(isRecord(each) ? batch.recall(each) : each), ...share };
      batch.settle(done);
      this.#listener.onCommitted(batch, done);
    }
    return outcomes;
  }

  async #carryOut(request: ApplyRequest): Promise<ApplyResult> {
    try {
      return await this.#threads.apply(request);
    } catch (failure) {
      const error = toStoreError('write', failure);
      this.#listener.onFailed(error);
      throw error;
    }
  }
}

/** Writes of one kind that follow each other, and that one time and the same limits hold for. */
interface ViewPart extends Pick<ViewWrite, 'kind' | 'at' | 'limits'> {
  readonly batch: Batch;
  readonly writes: ViewWrite[];
}

/** A cluster gives records that it takes in at once one time. Where parts end makes no difference to what is stored. */
function partsOf(writes: readonly ViewWrite[]): ViewPart[] {
  const parts: ViewPart[] = [];
  for (const write of writes) {
    const { kind, at, limits } = write;
    const last = parts.at(-1);
    if (last?.at === at && last.kind === kind && areEqual(last.limits, limits)) last.writes.push(write);
    else parts.push({ kind, at, limits, batch: new Batch(), writes: [write] });
  }
  return parts;
}

/** In the order of the log, whatever stream they go to: positions are the same wherever it is carried out. */
function putAll({ batch, writes }: ViewPart): Promise<unknown>[] {
  return writes.map((write) => {
    batch.endGroups();
    return write.put(batch);
  });
}

function areEqual(one: Partial<StoreLimits>, other: Partial<StoreLimits>): boolean {
  const names = Object.keys(one) as (keyof StoreLimits)[];
  return names.length === Object.keys(other).length && names.every((name) => one[name] === other[name]);
}

/** It is told from others by its place in the log. */
const NOWHERE = { number: 0, knownFailure: 0 };

/** Whether this is what a write that was carried out before has left. */
function isRecord(result: LoggedResult | CommitRecord): result is CommitRecord {
  return !('outcomes' in result);
}
