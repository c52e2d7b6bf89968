import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { Socket } from 'node:net';
import { WriterHubError } from '../../../errors';
import type { SqlResult } from '../../contract/sql-engine';
import { toError, toStoreError } from '../channel/failure';
import type { Failure } from '../channel/messages';
import { QUERY_HOST_FILE } from '../channel/worker-file';
import { FrameReader } from './frames';
import {
  MEMORY_MARK,
  FRAME_KINDS,
  type NameAccess,
  type NameQuestion,
  type ProcessSettings,
  type QueryDone,
  type QueryRequest,
} from './query-messages';
import type { QueryOrder } from './query-runner';

/** How long a process may take to be ready, milliseconds. */
const START_TIMEOUT = 30_000;

/** Characters of what a process says on stderr that are kept, for the log. */
const KEPT_STDERR = 4096;

/** A query and what it needs from its surroundings. */
export interface ProcessQuery {
  readonly order: QueryOrder;
  readonly contentType: string;
  /** Milliseconds. */
  readonly timeout: number;
  readonly signal: AbortSignal | undefined;
  access(question: NameQuestion): NameAccess;
}

interface Running {
  readonly query: ProcessQuery;
  readonly chunks: Buffer[];
  resolve(result: SqlResult): void;
  reject(error: WriterHubError): void;
}

/**
 * A process that runs one query at a time. Nothing but its end interrupts SQLite, so that a query that takes too long takes its process
 * with it; the system lets go of whatever that held.
 */
export class QueryProcess {
  readonly #child: ChildProcess;
  readonly #requests: Socket;
  readonly #ended: Promise<unknown>;
  readonly #ready: Promise<void>;
  #becomeReady: () => void = () => undefined;
  #alive = true;
  #running: Running | undefined;
  #limit: NodeJS.Timeout | undefined;
  #stderr = '';

  constructor(settings: ProcessSettings) {
    this.#ready = new Promise((resolve) => (this.#becomeReady = resolve));
    // Nothing of the server's environment, its secret for one, is handed on.
    this.#child = spawn(process.execPath, [QUERY_HOST_FILE, JSON.stringify(settings)], {
      env: {},
      stdio: ['pipe', 'ignore', 'pipe', 'pipe'],
      windowsHide: true,
    });
    // Settles with the process, also with one that could not be started, which `onEnd` hears of.
    this.#ended = once(this.#child, 'close').catch(() => undefined);
    this.#child.on('error', (error) => {
      this.#onEnd(toStoreError('start a query process', error));
    });
    const [requests, , errors, answers] = this.#child.stdio;
    this.#requests = asSocket(requests);
    this.#listen(asSocket(answers), asSocket(errors));
  }

  /** Whether it can take a query. */
  get isAlive(): boolean {
    return this.#alive;
  }

  run(query: ProcessQuery): Promise<SqlResult> {
    return new Promise((resolve, reject) => {
      const running: Running = { query, chunks: [], resolve, reject };
      this.#running = running;
      query.signal?.addEventListener('abort', this.#onAbort);
      this.#allow(START_TIMEOUT, () => new WriterHubError('store_unavailable', 'A query process does not start.'));
      void this.#ready.then(() => {
        if (this.#running !== running) return;
        this.#allow(query.timeout, () => tookTooLong(query.timeout));
        this.#send(query.order);
      });
    });
  }

  /** Ends the process; the query it runs is rejected. */
  async stop(error: WriterHubError): Promise<void> {
    this.#alive = false;
    this.#child.kill('SIGKILL');
    this.#take()?.reject(error);
    await this.#ended;
  }

  readonly #onAbort = (): void => {
    void this.stop(abandoned());
  };

  #listen(answers: Socket, errors: Socket): void {
    const reader = new FrameReader(FRAME_KINDS.body, {
      onPiece: (piece) => this.#running?.chunks.push(piece),
      onFrame: (kind, payload) => {
        this.#onFrame(kind, payload);
      },
    });
    answers.on('data', (bytes: Buffer) => {
      reader.push(bytes);
    });
    errors.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-KEPT_STDERR);
    });
    // A process that has ended cannot be written to; `onEnd` hears of its end.
    this.#requests.on('error', () => undefined);
    this.#child.on('exit', () => {
      this.#alive = false;
    });
    // Everything it has written is read by now.
    this.#child.on('close', (code, signal) => {
      this.#onEnd(this.#endError(signal ?? `code ${String(code)}`));
    });
  }

  #onFrame(kind: number, payload: Buffer): void {
    switch (kind) {
      case FRAME_KINDS.ready:
        this.#becomeReady();
        return;
      case FRAME_KINDS.ask:
        this.#answer(JSON.parse(payload.toString()) as NameQuestion);
        return;
      case FRAME_KINDS.done:
        this.#succeed(JSON.parse(payload.toString()) as QueryDone);
        return;
      case FRAME_KINDS.failed:
        this.#take()?.reject(toError(JSON.parse(payload.toString()) as Failure));
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

  #succeed({ front }: QueryDone): void {
    const running = this.#take();
    if (running === undefined) return;
    const chunks = front === '' ? running.chunks : [Buffer.from(front), ...running.chunks];
    const bytes = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    running.resolve({ contentType: running.query.contentType, chunks, bytes });
  }

  #onEnd(error: WriterHubError): void {
    this.#alive = false;
    this.#take()?.reject(error);
  }

  #endError(how: string): WriterHubError {
    if (this.#stderr.includes(MEMORY_MARK)) {
      return new WriterHubError('invalid_sql', 'the query needs more memory than it may take');
    }
    const cause = new Error(`A query process ended with ${how}. ${this.#stderr}`);
    return new WriterHubError('internal', 'the process that ran the query ended', { cause });
  }

  /** Ends what is under way: whoever takes it settles it. */
  #take(): Running | undefined {
    const running = this.#running;
    clearTimeout(this.#limit);
    running?.query.signal?.removeEventListener('abort', this.#onAbort);
    this.#running = undefined;
    return running;
  }

  #allow(milliseconds: number, error: () => WriterHubError): void {
    clearTimeout(this.#limit);
    this.#limit = setTimeout(() => void this.stop(error()), milliseconds);
  }

  #send(request: QueryRequest): void {
    this.#requests.write(`${JSON.stringify(request)}\n`);
  }
}

/** Streams are missing when the system has no room for another process. */
function asSocket(stream: unknown): Socket {
  if (stream instanceof Socket) return stream;
  throw new WriterHubError('store_unavailable', 'The store cannot start a query process.');
}

/** The error of a query whose caller has gone. */
export function abandoned(): WriterHubError {
  return new WriterHubError('query_timeout', 'the caller did not wait for the result');
}

function tookTooLong(timeout: number): WriterHubError {
  return new WriterHubError('query_timeout', `the query took longer than ${timeout} ms and was stopped`);
}
