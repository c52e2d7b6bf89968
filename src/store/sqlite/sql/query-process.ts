import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { Socket } from 'node:net';
import { WriterHubError } from '../../../errors';
import type { SqlResult } from '../../contract/sql-engine';
import { toError, toStoreError } from '../channel/failure';
import type { Failure } from '../channel/messages';
import { QUERY_HOST_FILE } from '../channel/worker-file';
import { PipeFrameReader } from './pipe-frames';
import {
  MEMORY_LIMIT_MESSAGE,
  TEMPORARY_LIMIT_MESSAGE,
  FRAME_KINDS,
  type NameAccess,
  type NameQuestion,
  type ProcessSettings,
  type QueryDone,
  type ProcessRequest,
} from './query-messages';
import type { CheckRequest, QueryRequest } from './query-runner';

/** How long a process may take to get ready, in milliseconds. */
const START_TIMEOUT = 30_000;

/** How many of the last characters on stderr are kept for the log. */
const MAX_STDERR = 4096;

/** A query for a process. */
export interface ProcessQuery {
  readonly request: QueryRequest | CheckRequest;
  readonly contentType: string;
  /** How long it may run, in milliseconds. */
  readonly timeout: number;
  readonly signal: AbortSignal | undefined;
  /** Answers what the process asks about a name in the query. */
  access(question: NameQuestion): NameAccess;
}

interface Running {
  readonly query: ProcessQuery;
  readonly chunks: Buffer[];
  resolve(result: SqlResult): void;
  reject(error: WriterHubError): void;
}

/**
 * A process that runs one query at a time. SQLite can be interrupted only by ending its process, so that is what
 * happens to a query that takes too long; the operating system then releases what it held.
 */
export class QueryProcess {
  readonly #child: ChildProcess;
  readonly #requests: Socket;
  readonly #ended: Promise<unknown>;
  readonly #ready: Promise<void>;
  #markReady: () => void = () => undefined;
  #alive = true;
  #running: Running | undefined;
  #deadline: NodeJS.Timeout | undefined;
  #stderr = '';

  readonly #settings: ProcessSettings;

  constructor(settings: ProcessSettings) {
    this.#settings = settings;
    this.#ready = new Promise((resolve) => (this.#markReady = resolve));
    // The server's environment, which may hold its secret, is not passed on.
    this.#child = spawn(process.execPath, [QUERY_HOST_FILE, JSON.stringify(settings)], {
      env: { SQLITE_TMPDIR: settings.temporaryDirectory },
      stdio: ['pipe', 'ignore', 'pipe', 'pipe'],
      windowsHide: true,
    });
    // Settles also if the process could not be started, which `#onEnd` is notified of.
    this.#ended = once(this.#child, 'close').catch(() => undefined);
    this.#child.on('error', (error) => {
      this.#onEnd(toStoreError('start a query process', error));
    });
    const [requests, , errors, answers] = this.#child.stdio;
    this.#requests = asSocket(requests);
    this.#listen(asSocket(answers), asSocket(errors));
  }

  /** Whether it can run a query. */
  get isAlive(): boolean {
    return this.#alive;
  }

  /** Resolves when the operating system has ended it, and released what it held. */
  get ended(): Promise<unknown> {
    return this.#ended;
  }

  run(query: ProcessQuery): Promise<SqlResult> {
    return new Promise((resolve, reject) => {
      const running: Running = { query, chunks: [], resolve, reject };
      this.#running = running;
      query.signal?.addEventListener('abort', this.#onAbort);
      this.#setDeadline(START_TIMEOUT, () => new WriterHubError('store_unavailable', 'a query process does not start'));
      void this.#ready.then(() => {
        if (this.#running !== running) return;
        this.#setDeadline(query.timeout, () => timedOut(query.timeout));
        this.#send(query.request);
      });
    });
  }

  /** Ends the process. The query that it runs is rejected with the error. */
  async stop(error: WriterHubError): Promise<void> {
    this.#alive = false;
    this.#child.kill('SIGKILL');
    this.#endRunning()?.reject(error);
    await this.#ended;
  }

  readonly #onAbort = (): void => {
    void this.stop(abandoned());
  };

  #listen(answers: Socket, errors: Socket): void {
    const reader = new PipeFrameReader(FRAME_KINDS.body, {
      onPiece: (piece) => this.#running?.chunks.push(piece),
      onFrame: (kind, payload) => {
        this.#onFrame(kind, payload);
      },
    });
    answers.on('data', (bytes: Buffer) => {
      reader.push(bytes);
    });
    errors.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-MAX_STDERR);
    });
    // Writing to a process that has ended fails; `#onEnd` is notified of its end.
    this.#requests.on('error', () => undefined);
    this.#child.on('exit', () => {
      this.#alive = false;
    });
    // By now everything that it wrote has been read.
    this.#child.on('close', (code, signal) => {
      this.#onEnd(this.#endError(signal ?? `code ${String(code)}`));
    });
  }

  #onFrame(kind: number, payload: Buffer): void {
    switch (kind) {
      case FRAME_KINDS.ready:
        this.#markReady();
        return;
      case FRAME_KINDS.ask:
        this.#answer(JSON.parse(payload.toString()) as NameQuestion);
        return;
      case FRAME_KINDS.done:
        this.#succeed(JSON.parse(payload.toString()) as QueryDone);
        return;
      case FRAME_KINDS.failed:
        this.#endRunning()?.reject(toError(JSON.parse(payload.toString()) as Failure));
    }
  }

  #answer(question: NameQuestion): void {
    if (this.#running === undefined) return;
    try {
      this.#send({ kind: 'access', access: this.#running.query.access(question) });
    } catch (error) {
      void this.stop(toStoreError(`read the definition of ${JSON.stringify(question.name)}`, error));
    }
  }

  #succeed({ preamble }: QueryDone): void {
    const running = this.#endRunning();
    if (running === undefined) return;
    const chunks = preamble === '' ? running.chunks : [Buffer.from(preamble), ...running.chunks];
    const bytes = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    running.resolve({ contentType: running.query.contentType, chunks, bytes });
  }

  #onEnd(error: WriterHubError): void {
    this.#alive = false;
    this.#endRunning()?.reject(error);
  }

  #endError(how: string): WriterHubError {
    if (this.#stderr.includes(MEMORY_LIMIT_MESSAGE)) {
      const { maxMemoryBytes } = this.#settings;
      return needsMore(`${maxMemoryBytes} bytes of memory`, 'WRITER_HUB_MAX_SQL_MEMORY_BYTES');
    }
    if (this.#stderr.includes(TEMPORARY_LIMIT_MESSAGE)) {
      const { maxTemporaryBytes } = this.#settings;
      return needsMore(`${maxTemporaryBytes} bytes of temporary files`, 'WRITER_HUB_MAX_SQL_TEMP_BYTES');
    }
    const cause = new Error(`a query process ended with ${how}: ${this.#stderr}`);
    return new WriterHubError('internal', 'the process that ran the query ended', { cause });
  }

  /** The query that runs, which then no longer does: the caller settles it. */
  #endRunning(): Running | undefined {
    const running = this.#running;
    clearTimeout(this.#deadline);
    running?.query.signal?.removeEventListener('abort', this.#onAbort);
    this.#running = undefined;
    return running;
  }

  #setDeadline(milliseconds: number, error: () => WriterHubError): void {
    clearTimeout(this.#deadline);
    this.#deadline = setTimeout(() => void this.stop(error()), milliseconds);
  }

  #send(request: ProcessRequest): void {
    this.#requests.write(`${JSON.stringify(request)}\n`);
  }
}

/** The streams are missing if the operating system cannot start another process. */
function asSocket(stream: unknown): Socket {
  if (stream instanceof Socket) return stream;
  throw new WriterHubError('store_unavailable', 'the store cannot start a query process');
}

function needsMore(what: string, option: string): WriterHubError {
  return new WriterHubError('invalid_sql', `the query needs more than ${what} (${option})`);
}

/** The error of a query whose caller has gone. */
export function abandoned(): WriterHubError {
  return new WriterHubError('query_timeout', 'the caller did not wait for the result');
}

function timedOut(timeout: number): WriterHubError {
  return new WriterHubError('query_timeout', `the query took longer than ${timeout} ms and was stopped`);
}
