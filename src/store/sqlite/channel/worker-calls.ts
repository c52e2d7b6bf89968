import { Worker, type Transferable } from 'node:worker_threads';
import { WriterHubError } from '../../../errors';
import { toError } from './failure';
import type { CallTable, Envelope, Reply, ThreadData } from './messages';

interface WaitingCall {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: WriterHubError) => void;
}

/** The thread ended while it had a call: it may have carried it out or not. */
export class ThreadLost extends WriterHubError {
  /** `name` as in "the writer". */
  constructor(name: string, cause: unknown) {
    const message = `${name} thread of the store ended while it worked on this; it may be done or not`;
    super('store_unavailable', message, { cause });
  }
}

/**
 * Calls to a worker thread, which answers them in order. The thread starts with the first call. If it dies, every call
 * it had is rejected with `ThreadLost`, and the next one starts it again.
 */
export class WorkerCalls<T extends CallTable<T>> {
  #worker: Worker | undefined;
  readonly #calls = new Map<number, WaitingCall>();
  #lastId = 0;
  readonly #name: string;
  readonly #file: string;
  #data: ThreadData;

  /** `name` stands in the text of errors: "the writer". */
  constructor(name: string, file: string, data: ThreadData) {
    this.#name = name;
    this.#file = file;
    this.#data = data;
  }

  /** A thread that starts from now on is told this as well. */
  tell(data: Partial<ThreadData>): void {
    this.#data = { ...this.#data, ...data };
  }

  /** Whether there is a thread. */
  get isRunning(): boolean {
    return this.#worker !== undefined;
  }

  /** How many calls have no answer yet. */
  get waiting(): number {
    return this.#calls.size;
  }

  call<Kind extends keyof T>(request: T[Kind]['request'], transfer: Transferable[] = []): Promise<T[Kind]['result']> {
    return new Promise((resolve, reject) => {
      this.#worker ??= this.#start();
      const id = ++this.#lastId;
      const envelope: Envelope<T[Kind]['request']> = { id, request };
      this.#worker.postMessage(envelope, transfer);
      this.#calls.set(id, { resolve, reject });
    });
  }

  /** Ends the thread. Calls that still wait are rejected. */
  async stop(): Promise<void> {
    await this.#worker?.terminate();
  }

  #start(): Worker {
    const worker = new Worker(this.#file, { workerData: this.#data });
    let cause: unknown;
    worker.on('message', (reply: Reply) => {
      this.#settle(reply);
    });
    worker.on('error', (error) => {
      cause = error;
    });
    worker.on('exit', () => {
      this.#worker = undefined;
      this.#rejectAll(cause);
    });
    return worker;
  }

  #settle(reply: Reply): void {
    const call = this.#calls.get(reply.id);
    this.#calls.delete(reply.id);
    switch (reply.kind) {
      case 'done':
        call?.resolve(reply.result);
        return;
      case 'failed':
        call?.reject(toError(reply.failure));
    }
  }

  #rejectAll(cause: unknown): void {
    const calls = [...this.#calls.values()];
    this.#calls.clear();
    for (const { reject } of calls) reject(new ThreadLost(this.#name, cause));
  }
}
