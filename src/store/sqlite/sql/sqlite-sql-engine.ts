import { WriterHubError } from '../../../errors';
import { Semaphore, type WaitFailure } from '../../../limits/semaphore';
import type { SqlColumn, SqlEngine, SqlQuery, SqlResult } from '../../contract/sql-engine';
import { RecentMap } from '../file/recent-map';
import { findFormat } from '../../sql/formats/sql-formats';
import type { NameAccess, NameQuestion, ProcessSettings } from './query-messages';
import { abandoned, QueryProcess, type ProcessQuery } from './query-process';
import { parseStatement } from './sql-statement';

/** How many queries may wait for a process. More are refused with `store_busy`. */
const MAX_WAITING = 100;

/** At least this many definitions' columns are remembered. */
const REMEMBERED_DEFINITIONS = 500;

const DEFAULT_FORMAT = 'JSON';

/** Options of the SQL of the embedded store. */
export interface SqliteSqlOptions {
  /** The database of an open store. */
  readonly databaseFile: string;
  /** How long a query waits for a lock of another process, in milliseconds. */
  readonly busyTimeout: number;
  /** How many queries run at once; at least 1. A process is started when it is needed. */
  readonly processes: number;
  /** How long a query may run, and how long it may wait before, in milliseconds. */
  readonly timeout: number;
  /** Longest text of a query, in bytes. */
  readonly maxTextBytes: number;
  /** Bytes of memory a process may take for a query. */
  readonly maxMemoryBytes: number;
  readonly maxResultRows: number;
  readonly maxResultBytes: number;
  /** The columns in the text of a data source's definition. */
  describe(definition: string): readonly SqlColumn[];
}

/** SQL on the embedded store. Queries run in separate processes, on connections that only read. */
export class SqliteSqlEngine implements SqlEngine {
  readonly #settings: ProcessSettings;
  readonly #slots: Semaphore;
  readonly #processes = new Set<QueryProcess>();
  readonly #idle: QueryProcess[] = [];
  readonly #columns = new RecentMap<string, readonly SqlColumn[]>(REMEMBERED_DEFINITIONS);
  #closed = false;
  readonly #options: SqliteSqlOptions;

  constructor(options: SqliteSqlOptions) {
    this.#options = options;
    const { databaseFile, busyTimeout, maxMemoryBytes, maxResultRows, maxResultBytes, processes, timeout } = options;
    this.#settings = { databaseFile, busyTimeout, maxMemoryBytes, maxRows: maxResultRows, maxBytes: maxResultBytes };
    const errorFor = (failure: WaitFailure): Error => waitError(failure, timeout);
    this.#slots = new Semaphore(processes, {
      maxWaiting: MAX_WAITING,
      maxWait: timeout,
      placesPerHolder: Math.max(1, processes - 1),
      errorFor,
    });
  }

  async query(query: SqlQuery): Promise<SqlResult> {
    const { text, quoteLargeIntegers, holder, signal } = query;
    const { maxTextBytes, timeout } = this.#options;
    if (Buffer.byteLength(text) > maxTextBytes) {
      throw new WriterHubError('invalid_sql', `the text of the query is over ${maxTextBytes} bytes`);
    }
    const { sql, format = DEFAULT_FORMAT } = parseStatement(text);
    const { contentType } = findFormat(format);
    const request = { kind: 'query', sql, format, quoteLargeIntegers } as const;
    const access = (question: NameQuestion): NameAccess => this.#access(query, question);
    return this.#slots.run(() => this.#run({ request, contentType, timeout, signal, access }), { holder, signal });
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#slots.rejectWaiting(closed());
    await Promise.all([...this.#processes].map((process) => process.stop(closed())));
  }

  async #run(query: ProcessQuery): Promise<SqlResult> {
    if (this.#closed) throw closed();
    const process = this.#takeIdle() ?? new QueryProcess(this.#settings);
    this.#processes.add(process);
    try {
      return await process.run(query);
    } finally {
      if (process.isAlive) this.#idle.push(process);
      else this.#processes.delete(process);
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

  /** Whoever may read a data source may read its quarantine. */
  #access(query: SqlQuery, { name, quarantineOf, definition }: NameQuestion): NameAccess {
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

/** The error of a query that got no process. */
function waitError(failure: WaitFailure, maxWait: number): WriterHubError {
  switch (failure) {
    case 'full':
      return busy(`${MAX_WAITING} queries wait already`);
    case 'share':
      return new WriterHubError(
        'over_share',
        'as many queries of this token wait already as may; try again in a second',
      );
    case 'timeout':
      return busy(`the query waited ${maxWait} ms for others to end`);
    case 'aborted':
      return abandoned();
  }
}

function busy(why: string): WriterHubError {
  return new WriterHubError('store_busy', `${why}; try again in a second`);
}

function closed(): WriterHubError {
  return new WriterHubError('store_unavailable', 'the store is closed');
}
