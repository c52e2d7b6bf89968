import { appendFileSync, closeSync, fdatasyncSync, fsyncSync, ftruncateSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { WriterHubError } from '../../src/errors';
import type { Catalogue } from '../../src/store/contract/catalogue';
import type { Append, AppendReceipt, EventLog, StreamPut } from '../../src/store/contract/event-log';
import type { PackageAppend, ParameterStore } from '../../src/store/contract/parameter-store';
import type { RowsAppend, RowsReceipt, RowStore } from '../../src/store/contract/row-store';
import type {
  CatalogueChange,
  CatalogueChanges,
  CommitReport,
  Store,
  StoreObserver,
  StreamWrite,
} from '../../src/store/contract/store';
import type { TokenStore } from '../../src/store/contract/token-store';
import { LogFileState, type Call } from './log-file-state';

/** How large the store may grow. */
interface LogFileLimits {
  readonly maxTopics: number;
  readonly maxStreamsPerTopic: number;
  readonly maxParametersPerTopic: number;
  readonly maxQueueBytes: number;
}

const NO_LIMITS: LogFileLimits = {
  ...{ maxTopics: Infinity, maxStreamsPerTopic: Infinity, maxParametersPerTopic: Infinity },
  maxQueueBytes: Infinity,
};

interface WaitingWrite {
  readonly call: Call;
  /** On the clock of `performance.now`. */
  readonly calledAt: number;
  readonly receipt: unknown;
  readonly resolve: () => void;
  readonly reject: (error: WriterHubError) => void;
}

const OF_STREAMS: ReadonlySet<string> = new Set(['putStream', 'putDefinitions', 'closeStream', 'removeStream']);

/** Calls after which readers may stand before what is kept. */
const REMOVALS: ReadonlySet<string> = new Set(['removeTopic', 'removeStream', 'dropDataSource', 'truncateDataSource']);

/** What a call makes of a topic or stream, where that is another thing than a change. */
const KINDS: Readonly<Record<string, CatalogueChange['kind']>> = {
  closeStream: 'closed',
  removeStream: 'removed',
  removeTopic: 'removed',
  dropDataSource: 'removed',
};

/**
 * The least that keeps the contract: a log of the calls that wrote, a JSON line each, replayed when it is opened. What
 * is called in one turn of the event loop is synced at its end. Everything is held in memory too, so this is for tests
 * alone.
 */
export class LogFileStore implements Store {
  readonly capabilities = {
    ...{ survivesReopening: true, contiguousOffsets: false, exactLimits: true, refusedLeaveNoTopic: true },
  };
  readonly log: EventLog = this.#role(
    ['append', 'putStream', 'putDefinitions', 'closeStream', 'removeTopic', 'removeStream', 'setRetention'],
    ['read', 'resolve'],
  );
  readonly catalogue: Catalogue = this.#role(
    [],
    ['topic', 'topics', 'namedTopics', 'stream', 'streams', 'namedStreams', 'recentStreams', 'definitions'],
  );
  readonly parameters: ParameterStore = this.#role(
    ['appendPackage'],
    ['readPackages', 'readSamples', 'aggregateSamples', 'seenParameters'],
  );
  readonly rows: RowStore = this.#role(
    ['createDataSource', 'changeDataSource', 'truncateDataSource', 'dropDataSource', 'appendRows'],
    ['quarantinedRows', 'quarantinedRowAt', 'readRows', 'readQuarantine', 'resolveRows'],
  );
  readonly tokens: TokenStore = this.#role(['revokeToken'], ['revokedTokens']);
  readonly #file: string;
  readonly #limits: LogFileLimits;
  readonly #observers = new Set<{ readonly observer: StoreObserver }>();
  /** The lines that are synced, and their length in bytes. */
  readonly #lines: string[];
  #length: number;
  #state: LogFileState;
  /** What is applied to the state but not synced. */
  #waiting: WaitingWrite[] = [];
  #queued = { appends: 0, bytes: 0 };
  #failure: WriterHubError | undefined;
  #closed = false;

  /** Opens the log in a directory, without what a crash may have left half-written at its end. */
  constructor(directory: string, limits = NO_LIMITS) {
    this.#limits = limits;
    this.#file = join(directory, 'log.jsonl');
    useFile(this.#file, 'a', fsyncSync);
    useFile(directory, 'r', fsyncSync);
    const text = readFileSync(this.#file);
    this.#length = text.lastIndexOf('\n') + 1;
    this.#lines = text.subarray(0, this.#length).toString().split('\n').slice(0, -1);
    this.#state = LogFileState.of(this.#lines.map(fromLine));
  }

  isFullFor(): boolean {
    return this.full;
  }

  get full(): boolean {
    return this.queue.bytes >= this.#limits.maxQueueBytes;
  }

  get writable(): boolean {
    return this.#failure === undefined;
  }

  get queue(): { readonly appends: number; readonly bytes: number } {
    return this.#queued;
  }

  async probe(): Promise<void> {
    await this.#write('probe', []);
  }

  observe(observer: StoreObserver): () => void {
    const added = { observer };
    this.#observers.add(added);
    return () => void this.#observers.delete(added);
  }

  close(): Promise<void> {
    this.#closed = true;
    this.#commit();
    return Promise.resolve();
  }

  /** What a data source holds. */
  contents(name: string): Pick<ReturnType<LogFileState['source']>, 'rows' | 'quarantine' | 'storages'> {
    return this.#state.source(name);
  }

  /** The methods of a role by name: those that write, and those that only read. */
  #role<Role>(writes: readonly (keyof Role & Call[0])[], reads: readonly (keyof Role & Call[0])[]): Role {
    const methods = [
      ...writes.map((name) => [name, (...given: unknown[]) => this.#write(name, given)]),
      ...reads.map((name) => [name, (...given: unknown[]) => this.#read(name, given)]),
    ];
    return Object.fromEntries(methods) as Role;
  }

  /** What a call gives now; nothing that is not synced is shown. */
  #read(method: Call[0], given: unknown[]): Promise<unknown> {
    return new Promise((resolve) => {
      this.#throwIfClosed();
      this.#commit();
      resolve(this.#state.apply([method, Date.now(), given]));
    });
  }

  async #write(method: Call[0], given: unknown[]): Promise<unknown> {
    this.#throwIfClosed();
    const call = [method, Date.now(), given] as const;
    const receipt = this.#state.apply(call, this.#limits);
    await new Promise<void>((resolve, reject) => {
      const { full } = this;
      if (this.#waiting.length === 0) {
        setImmediate(() => {
          this.#commit();
        });
      }
      const write = { call, calledAt: performance.now(), receipt, resolve, reject };
      this.#waiting.push(write);
      const { appends, events, packages, rows } = reportOf([write], 0);
      const bytes = events.bytes + packages.bytes + rows.bytes;
      this.#queued = { appends: this.#queued.appends + appends, bytes: this.#queued.bytes + bytes };
      if (this.full !== full) this.#notify((observer) => observer.onPressure?.(true, undefined));
    });
    return receipt;
  }

  #throwIfClosed(): void {
    if (this.#closed) throw new WriterHubError('store_unavailable', 'the store is closed');
  }

  /** Syncs what waits, or undoes it. */
  #commit(): void {
    if (this.#waiting.length === 0) return;
    const [started, writes, { full }] = [performance.now(), this.#waiting, this];
    this.#waiting = [];
    this.#queued = { appends: 0, bytes: 0 };
    if (full) this.#notify((observer) => observer.onPressure?.(false, undefined));
    const failure = this.#sync(writes.map(({ call }) => toLine(call)));
    if (failure !== undefined) this.#state = LogFileState.of(this.#lines.map(fromLine));
    for (const { resolve, reject } of writes) {
      if (failure === undefined) resolve();
      else reject(failure);
    }
    const turned = (failure === undefined) !== this.writable;
    this.#failure = failure;
    if (turned) this.#notify((observer) => observer.onWritable?.(failure));
    if (failure !== undefined) return;
    const report = reportOf(writes, performance.now() - started);
    this.#notify((observer) => observer.onCommit?.(report));
    const ends = this.#state.takeAdvanced();
    if (ends.size > 0) this.#notify((observer) => observer.onAdvance?.(ends));
    const changes = changesOf(writes);
    if (changes.writes.length + changes.changes.length > 0) this.#notify((observer) => observer.onChange?.(changes));
    const quarantined = this.#state.takeQuarantined();
    if (quarantined.size > 0) this.#notify((observer) => observer.onQuarantine?.(quarantined));
    for (const { call } of writes) {
      const [method, , given] = call;
      if (!REMOVALS.has(method)) continue;
      this.#notify((observer) => observer.onRemove?.(String(given[0])));
    }
  }

  /** Appends lines to the log; gives the reason when that fails. */
  #sync(lines: readonly string[]): WriterHubError | undefined {
    try {
      const text = lines.map((line) => `${line}\n`).join('');
      useFile(this.#file, 'a', (file) => {
        ftruncateSync(file, this.#length);
        appendFileSync(file, text);
        fdatasyncSync(file);
      });
      this.#length += text.length;
      this.#lines.push(...lines);
      return undefined;
    } catch (error) {
      return new WriterHubError('store_unavailable', `the log cannot be written: ${String(error)}`);
    }
  }

  #notify(notify: (observer: StoreObserver) => void): void {
    for (const { observer } of [...this.#observers]) notify(observer);
  }
}

/** What is given may hold bytes and bigints, which JSON does not have. */
function toLine([method, now, given]: Call): string {
  return JSON.stringify([method, now, serialize(given).toString('base64')]);
}

function fromLine(line: string): Call {
  const [method, now, given] = JSON.parse(line) as [Call[0], number, string];
  return [method, now, deserialize(Buffer.from(given, 'base64')) as unknown[]];
}

/** Number of appends among writes, and of their records and bytes. */
function reportOf(writes: readonly WaitingWrite[], milliseconds: number): CommitReport {
  const size = () => ({ waits: [] as number[], records: 0, bytes: 0 });
  const kinds = { append: size(), appendPackage: size(), appendRows: size() };
  let appends = 0;
  for (const { call, calledAt } of writes) {
    const [method, , given] = call;
    if (!isAppend(method)) continue;
    const { batch, rows, quarantine } = given[0] as Partial<(Append | PackageAppend) & RowsAppend>;
    appends += 1;
    kinds[method].waits.push(performance.now() - calledAt);
    for (const part of [batch, rows, quarantine].filter((part) => part !== undefined)) {
      kinds[method].records += method === 'appendPackage' ? 1 : part.count;
      kinds[method].bytes += part.json.length;
    }
  }
  return { appends, events: kinds.append, packages: kinds.appendPackage, rows: kinds.appendRows, milliseconds };
}

function isAppend(method: string): method is 'append' | 'appendPackage' | 'appendRows' {
  return method === 'append' || method === 'appendPackage' || method === 'appendRows';
}

/** What writes have written to and changed. */
function changesOf(done: readonly WaitingWrite[]): CatalogueChanges {
  const writes: StreamWrite[] = [];
  const changes: CatalogueChange[] = [];
  for (const { call, receipt } of done) {
    const [method, , [first, second]] = call;
    if (method === 'append' || method === 'appendPackage') {
      const { topic, streamId, batch } = first as Append | PackageAppend;
      if ((receipt as AppendReceipt).position !== undefined) writes.push({ topic, streamId, bytes: batch.json.length });
    } else if (method === 'appendRows') {
      const { topic, rows } = first as RowsAppend;
      if ((receipt as RowsReceipt).answer === undefined) writes.push({ topic, bytes: rows.json.length });
    } else if (method !== 'revokeToken' && method !== 'probe') {
      const named = (typeof first === 'string' ? { topic: first } : first) as { topic?: string; name?: string };
      const topic = String(named.name ?? named.topic);
      const streamId = method.startsWith('put') ? (first as StreamPut).streamId : second;
      const kind = KINDS[method] ?? 'changed';
      const ofStream = OF_STREAMS.has(method);
      changes.push({ topic, ...(ofStream && { streamId: String(streamId) }), kind });
    }
  }
  return { writes, changes };
}

function useFile(path: string, flags: string, use: (file: number) => void): void {
  const file = openSync(path, flags);
  try {
    use(file);
  } finally {
    closeSync(file);
  }
}
