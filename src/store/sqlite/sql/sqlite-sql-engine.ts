import { WriterHubError } from '../../../errors';
import { Gate } from '../../../limits/gate';
import { Semaphore, type WaitFailure } from '../../../limits/semaphore';
import { waitRefusal } from '../../../limits/wait-refusal';
import type { SqlColumn, SqlEngine, SqlQuery, SqlResult } from '../../contract/sql-engine';
import { DamageError } from '../channel/failure';
import type { FileId } from '../channel/messages';
import { RecentMap } from '../file/recent-map';
import { findFormat, FORMAT_NAMES } from '../../sql/formats/sql-formats';
import type { NameAccess, NameQuestion, ProcessSettings } from './query-messages';
import { abandoned, QueryProcess, type ProcessQuery } from './query-process';
import { parseStatement } from './sql-statement';
import {
  MEASURES_FILES,
  prepareTemporaryDirectory,
  removeTemporaryDirectory,
  temporaryDirectory,
} from './temporary-files';

/** How many queries may wait for a process. More are refused with `store_busy`. */
const MAX_WAITING = 100;

/** At least this many definitions' columns are remembered. */
const REMEMBERED_DEFINITIONS = 500;

const DEFAULT_FORMAT = 'JSON';

/** What may be changed of the SQL of an open store. */
export interface SqlLimits {
  /** How long a query may run, and how long it may wait before, in milliseconds. */
  readonly timeout: number;
  /** Longest text of a query, in bytes. */
  readonly maxTextBytes: number;
  /** Bytes of memory a process may take for a query. */
  readonly maxMemoryBytes: number;
  /** Bytes of temporary files a query may write beside the database; 0: it does with memory. */
  readonly maxTemporaryBytes: number;
  readonly maxResultRows: number;
  readonly maxResultBytes: number;
}

/** Options of the SQL of the embedded store. */
export interface SqliteSqlOptions extends SqlLimits {
  /** The database of an open store. */
  readonly databaseFile: string;
  /** Which file it is, once the store has opened it. */
  readonly file?: () => FileId | undefined;
  /** How long a query waits for a lock of another process, in milliseconds. */
  readonly busyTimeout: number;
  /** How many queries run at once; at least 1. A process is started when it is needed. */
  readonly processes: number;
  /** Called when a query finds the database damaged. */
  readonly onDamage?: (error: WriterHubError) => void;
  /** The columns in the text of a data source's definition. */
  describe(definition: string): readonly SqlColumn[];
}

/** SQL on the embedded store. Queries run in separate processes, on connections that only read. */
export class SqliteSqlEngine implements SqlEngine {
  readonly formats = FORMAT_NAMES;
  #settings: ProcessSettings;
  #limits: SqlLimits;
  /** Those that were started with other limits: they are not used again. */
  readonly #outdated = new WeakSet<QueryProcess>();
  readonly #slots: Semaphore;
  readonly #processes = new Set<QueryProcess>();
  readonly #idle: QueryProcess[] = [];
  readonly #columns = new RecentMap<string, readonly SqlColumn[]>(REMEMBERED_DEFINITIONS);
  readonly #gate = new Gate();
  #closed = false;
  readonly #options: SqliteSqlOptions;

  constructor(options: SqliteSqlOptions) {
    this.#options = options;
    const { processes } = options;
    prepareTemporaryDirectory(temporaryDirectory(options.databaseFile));
    this.#limits = options;
    this.#settings = processSettings(options, options);
    const timeout = (): number => this.#limits.timeout;
    this.#slots = new Semaphore(processes, {
      maxWaiting: MAX_WAITING,
      get maxWait() {
        return timeout();
      },
      placesPerHolder: Math.max(1, processes - 1),
      errorFor: (failure) => waitError(failure, timeout()),
    });
  }

  /** Queries that begin from now on are held to other limits, in processes of their own. */
  setLimits(limits: SqlLimits): void {
    this.#limits = limits;
    this.#settings = processSettings(this.#options, limits);
    for (const process of this.#processes) this.#outdated.add(process);
    for (const process of this.#idle.splice(0)) {
      void process.stop(interrupted()).then(() => this.#processes.delete(process));
    }
  }

  async query(query: SqlQuery): Promise<SqlResult> {
    const { text, defaultFormat = DEFAULT_FORMAT, quoteLargeIntegers, holder, signal } = query;
    const { maxTextBytes, timeout } = this.#limits;
    if (Buffer.byteLength(text) > maxTextBytes) {
      throw new WriterHubError('invalid_sql', `the text of the query is over ${maxTextBytes} bytes`);
    }
    const { sql, format = defaultFormat } = parseStatement(text);
    const { contentType } = findFormat(format);
    const request = { kind: 'query', sql, format, quoteLargeIntegers } as const;
    const access = (question: NameQuestion): NameAccess => this.#access(query, question);
    const run = (): Promise<SqlResult> => this.#run({ request, contentType, timeout, signal, access });
    return this.#slots.run(() => this.#gate.run(run), { holder, signal });
  }

  /** How many queries run, and how many wait for a process. */
  get load(): { readonly running: number; readonly waiting: number } {
    return { running: this.#slots.taken, waiting: this.#slots.waiting };
  }

  /** Lets no query begin until `resume`; resolves when none runs, and what stopped ones held is released. */
  async pause(): Promise<void> {
    await this.#gate.pause();
    await Promise.all([...this.#processes].filter(({ isAlive }) => !isAlive).map(({ ended }) => ended));
  }

  resume(): void {
    this.#gate.resume();
  }

  /** Stops the queries that run, because they keep the write-ahead log from being emptied. */
  interrupt(): void {
    for (const process of this.#processes) if (!this.#idle.includes(process)) void process.stop(interrupted());
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#slots.rejectWaiting(closed());
    await Promise.all([...this.#processes].map((process) => process.stop(closed())));
    removeTemporaryDirectory(this.#settings.temporaryDirectory);
  }

  async #run(query: ProcessQuery): Promise<SqlResult> {
    if (this.#closed) throw closed();
    if (query.signal?.aborted === true) throw abandoned();
    const process = this.#takeIdle() ?? new QueryProcess({ ...this.#settings, file: this.#options.file?.() });
    this.#processes.add(process);
    try {
      return await process.run(query);
    } catch (error) {
      if (error instanceof DamageError) this.#options.onDamage?.(error);
      throw error;
    } finally {
      if (process.isAlive && !this.#outdated.has(process)) this.#idle.push(process);
      else {
        if (process.isAlive) void process.stop(interrupted());
        void process.ended.then(() => this.#processes.delete(process));
      }
    }
  }

  /** The one that was used last, so that few processes are kept in use. Some may have ended in the meantime. */
  #takeIdle(): QueryProcess | undefined {
    for (let process = this.#idle.pop(); process !== undefined; process = this.#idle.pop()) {
      if (process.isAlive) return process;
      this.#processes.delete(process);
    }
    return undefined;
  }

  /** Whoever may read a data source may read its quarantine; parameter data are part of their topic. */
  #access(query: SqlQuery, { name, quarantineOf, parametersOf, definition }: NameQuestion): NameAccess {
    if (parametersOf !== undefined) return { mayRead: query.mayRead(parametersOf) };
    const mayRead = query.mayRead(name) || (quarantineOf !== undefined && query.mayRead(quarantineOf));
    if (!mayRead || definition === undefined) return { mayRead };
    return { mayRead, columns: this.#columnsOf(definition) };
  }

  #columnsOf(definition: string): readonly SqlColumn[] {
    const known = this.#columns.get(definition);
    if (known !== undefined) return known;
    const columns = this.#options.describe(definition);
    this.#columns.trim();
    this.#columns.set(definition, columns);
    return columns;
  }
}

function processSettings({ databaseFile, busyTimeout }: SqliteSqlOptions, limits: SqlLimits): ProcessSettings {
  const { maxMemoryBytes, maxTemporaryBytes, maxResultRows, maxResultBytes } = limits;
  return {
    databaseFile,
    busyTimeout,
    maxMemoryBytes,
    temporaryDirectory: temporaryDirectory(databaseFile),
    maxTemporaryBytes: MEASURES_FILES ? maxTemporaryBytes : 0,
    maxRows: maxResultRows,
    maxBytes: maxResultBytes,
  };
}

/** The error of a query that got no process. */
function waitError(failure: WaitFailure, maxWait: number): WriterHubError {
  switch (failure) {
    case 'full':
      return busy(`${MAX_WAITING} queries wait already`);
    case 'share':
      return waitRefusal('queries', failure);
    case 'timeout':
      return busy(`the query waited ${maxWait} ms for others to end`);
    case 'aborted':
      return abandoned();
  }
}

function interrupted(): WriterHubError {
  return busy('the query was stopped, because it kept the write-ahead log of the database from being emptied');
}

function busy(why: string): WriterHubError {
  return new WriterHubError('store_busy', `${why}; try again in a second`);
}

function closed(): WriterHubError {
  return new WriterHubError('store_unavailable', 'the store is closed');
}
