import type { StoreLog } from '../sqlite/sqlite-store';
import type { SqliteView } from '../sqlite/sqlite-view';
import type { LogCut, LogPlan } from '../sqlite/channel/topic-state';
import type { LogCluster } from './log-cluster';
import type { LogWrites } from './log-writes';
import { toParts } from './state-records';
import type { DirectoryEntry, TopicDirectory } from './topic-directory';

/** How logs are kept short. */
export interface ShortenOptions {
  /** A topic's state is put into its log after so many bytes of what is stored in it; 0: logs are kept for ever. */
  readonly every: number;
  /** A log is cut at a state that has lain there for so long, milliseconds: a hub that is behind comes to it. */
  readonly settledFor?: number;
  /** How often it is looked what can be done, milliseconds. */
  readonly lookEvery?: number;
  /** The largest state that is made, bytes: a view that is made of one has all of it in memory. */
  readonly most?: number;
}

/** What was deleted of logs since the start. */
export interface ShortenedLogs {
  readonly records: number;
  /** Of the texts that were in them. */
  readonly bytes: number;
}

export interface LogShortenerParts {
  readonly cluster: Pick<LogCluster, 'ensure' | 'cut' | 'maxRecordBytes'>;
  readonly view: Pick<SqliteView, 'logPlans' | 'topicState'>;
  readonly directory: TopicDirectory;
  readonly writes: Pick<LogWrites, 'write'>;
  /** Whether there is a view of a topic here; absent: there is of all. */
  readonly isHere?: (topic: string) => boolean;
  /** Whether the view has caught up, and can be written to. */
  readonly isWritable: () => boolean;
  readonly log: StoreLog | undefined;
}

const SETTLED_FOR = 10 * 60_000;
const LOOK_EVERY = 60_000;
const MOST_BYTES = 128 * 1024 * 1024;

/** So many topics are asked about at once. */
const TOPICS_AT_ONCE = 100;

/** So many parts of a state wait to be carried out, at the most. */
const PARTS_AT_ONCE = 8;

/**
 * Keeps logs from growing for ever: puts into each, from time to time, what its topic is apart from what it holds, and
 * when nothing is kept that was stored before one of these, has the log begin there. Any hub may do it at any time, and
 * several at once: what is said is true for all of them.
 */
export class LogShortener {
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;
  #isStopped = false;
  #shortened: ShortenedLogs = { records: 0, bytes: 0 };
  /** Where logs begin, as far as was found out. */
  readonly #starts = new Map<string, number>();
  readonly #settledFor: number;
  readonly #lookEvery: number;
  readonly #parts: LogShortenerParts;
  readonly #every: number;
  readonly #most: number;
  /** Of which it has been said that they cannot be shortened. */
  readonly #keptWhole = new Set<string>();

  constructor(
    parts: LogShortenerParts,
    { every, settledFor = SETTLED_FOR, lookEvery = LOOK_EVERY, most = MOST_BYTES }: ShortenOptions,
  ) {
    this.#most = most;
    this.#parts = parts;
    this.#every = every;
    this.#settledFor = settledFor;
    this.#lookEvery = lookEvery;
  }

  get shortened(): ShortenedLogs {
    return this.#shortened;
  }

  /** Looks from time to time. */
  start(): void {
    // Hubs that were started together need not all do the same.
    this.#plan(this.#lookEvery * (0.5 + Math.random()));
  }

  /** Resolves when nothing is under way. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    await this.#looking;
  }

  /** Does what can be done now. What cannot be is logged, and tried again the next time. */
  look(): Promise<void> {
    this.#looking ??= this.#lookAtAll().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  #plan(after: number): void {
    if (this.#isStopped || this.#every === 0) return;
    this.#timer = setTimeout(() => {
      void this.look().then(() => {
        this.#plan(this.#lookEvery);
      });
    }, after).unref();
  }

  async #lookAtAll(): Promise<void> {
    const { directory, view, isHere = () => true } = this.#parts;
    const entries = [...directory.logs].flatMap((log) => directory.ofLog(log) ?? []).filter(({ name }) => isHere(name));
    for (let from = 0; from < entries.length; from += TOPICS_AT_ONCE) {
      if (!this.#mayGoOn) return;
      const some = entries.slice(from, from + TOPICS_AT_ONCE);
      const rules = { every: this.#every, until: Date.now() - this.#settledFor, most: this.#most };
      try {
        const asked = some.map(({ name, log }) => ({ topic: name, log }));
        for (const plan of await view.logPlans(asked, rules)) await this.#carryOut(plan);
      } catch (error) {
        this.#failed(error);
      }
    }
  }

  get #mayGoOn(): boolean {
    return !this.#isStopped && this.#parts.isWritable();
  }

  async #carryOut({ topic, cut, cutAt, cutBytes, state }: LogPlan): Promise<void> {
    const entry = this.#parts.directory.find(topic);
    if (entry === undefined || !this.#mayGoOn) return;
    try {
      if (cut !== undefined) await this.#decide(entry, cut);
      const [offset, bytes] = cut === undefined ? [cutAt, cutBytes] : [cut.asOf, cut.textBytes];
      if (offset > (this.#starts.get(entry.log) ?? 0)) await this.#cut(entry, offset, bytes - cutBytes);
      if (state === 'due') await this.#state(entry);
      this.#sayWhetherWhole(entry, state === 'too_large');
    } catch (error) {
      this.#failed(error, entry.log);
    }
  }

  /** Says in the log that it is to begin there: then all views let go what lies before. */
  async #decide({ name: topic, kind }: DirectoryEntry, cut: LogCut): Promise<void> {
    const change = { kind: 'cut_log', topic, ...cut, decidedAt: Date.now() } as const;
    await this.#parts.writes.write({ topic, kind }, { kind: 'change', change });
  }

  async #cut({ log, name }: DirectoryEntry, offset: number, bytes: number): Promise<void> {
    const { cluster, directory } = this.#parts;
    // It may have been removed, and must not be made again.
    if (directory.ofLog(log)?.name !== name) return;
    const { start } = await cluster.ensure(log);
    if (start < offset) {
      await cluster.cut(log, offset);
      const records = offset - start;
      this.#shortened = { records: this.#shortened.records + records, bytes: this.#shortened.bytes + bytes };
      this.#parts.log?.info({ log, records, bytes }, 'records were deleted from Kafka that no view keeps');
    }
    this.#starts.set(log, Math.max(start, offset));
  }

  async #state({ name: topic, kind, log }: DirectoryEntry): Promise<void> {
    const { view, writes, cluster } = this.#parts;
    const state = await view.topicState(topic, log);
    if (state === undefined) return;
    const parts = toParts(topic, state, cluster.maxRecordBytes);
    for (let from = 0; from < parts.length; from += PARTS_AT_ONCE) {
      const some = parts.slice(from, from + PARTS_AT_ONCE);
      await Promise.all(some.map((change) => writes.write({ topic, kind }, { kind: 'change', change })));
    }
  }

  /** Once, until it can be shortened again. */
  #sayWhetherWhole({ log }: DirectoryEntry, isWhole: boolean): void {
    if (!isWhole) this.#keptWhole.delete(log);
    else if (!this.#keptWhole.has(log)) {
      this.#keptWhole.add(log);
      const reason = `its streams and idempotency keys would be over ${this.#most} bytes`;
      this.#parts.log?.warn({ log, reason }, 'the records of a Kafka topic are all kept, whatever its retention is');
    }
  }

  #failed(error: unknown, log?: string): void {
    if (this.#isStopped) return;
    this.#parts.log?.warn({ log, reason: String(error) }, 'a Kafka topic cannot be shortened now; it is tried again');
  }
}
