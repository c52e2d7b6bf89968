import { Worker, type Transferable } from 'node:worker_threads';
import { WriterHubError } from '../errors';
import { Semaphore } from '../limits/semaphore';
import { waitRefusal } from '../limits/wait-refusal';
import type { OnShareRefused } from '../limits/shares';
import type { JobKind, JobReply, JobRequest, Jobs } from './jobs';
import { Parcel } from './transfer';
import { WORK_THREAD_FILE } from './worker-file';

/** How long a job waits for a thread, in milliseconds: each takes a second or so at most. */
const MAX_WAIT = 60_000;

/** The most memory for JavaScript values in one thread, in MiB. The bytes of bodies and texts are not among them. */
const THREAD_HEAP = 512;

export interface WorkThreadsOptions {
  /** How many threads there are. One holder has all but one of them at a time. */
  readonly threads: number;
  /** How many jobs may wait for a thread. */
  readonly maxWaiting: number;
  /** Told of every job for which there is no room to wait. */
  readonly onRefused?: OnShareRefused;
  /** Told of a thread that ended by itself, and why. */
  readonly onDied?: (cause: unknown) => void;
  /** What the threads run. Default: the work of this server. */
  readonly file?: string;
}

/** A thread, and the job it has at the moment. */
interface Thread {
  readonly worker: Worker;
  settle: ((reply: JobReply) => void) | undefined;
}

/**
 * A few threads that do one job each at a time; holders take turns. They are started when they are needed. A thread
 * that dies rejects its job with `internal`, and another one is started for the next.
 */
export class WorkThreads {
  readonly #idle: Thread[] = [];
  readonly #threads = new Set<Thread>();
  readonly #places: Semaphore;
  #closed = false;
  readonly #options: WorkThreadsOptions;

  constructor(options: WorkThreadsOptions) {
    this.#options = options;
    const { threads, maxWaiting, onRefused } = options;
    this.#places = new Semaphore(threads, {
      maxWaiting,
      maxWait: MAX_WAIT,
      placesPerHolder: Math.max(1, threads - 1),
      errorFor: (failure) => waitRefusal('large bodies', failure),
      ...(onRefused && { onShareRefused: onRefused }),
    });
  }

  /** How many jobs wait for a thread. */
  get waiting(): number {
    return this.#places.waiting;
  }

  /** How many threads there are at the moment. */
  get running(): number {
    return this.#threads.size;
  }

  /**
   * Has a job done once there is a thread for it; only then it is made. Rejects as the job does, with `over_share` or
   * `store_busy` when too many wait, `shutting_down` when the threads are closed.
   */
  run<Kind extends JobKind>(
    kind: Kind,
    holder: string,
    make: (parcel: Parcel) => Jobs[Kind]['input'],
  ): Promise<Jobs[Kind]['output']> {
    if (this.#closed) return Promise.reject(closedError());
    return this.#places.run(
      () => {
        const parcel = new Parcel();
        return this.#do({ kind, input: make(parcel) }, parcel.transfer);
      },
      { holder },
    );
  }

  /** Ends all threads. What waits, and what is being done, is rejected with `shutting_down`. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#places.rejectWaiting(closedError());
    await Promise.all([...this.#threads].map(({ worker }) => worker.terminate()));
  }

  #do<Kind extends JobKind>(request: JobRequest<Kind>, transfer: Transferable[]): Promise<Jobs[Kind]['output']> {
    if (this.#closed) return Promise.reject(closedError());
    const thread = this.#idle.pop() ?? this.#start();
    return new Promise((resolve, reject) => {
      thread.settle = (reply) => {
        thread.settle = undefined;
        if (reply.kind === 'done') resolve(reply.output);
        else reject(toError(reply));
      };
      try {
        thread.worker.postMessage(request, transfer);
      } catch (error) {
        thread.settle = undefined;
        this.#idle.push(thread);
        throw error;
      }
    });
  }

  #start(): Thread {
    const worker = new Worker(this.#options.file ?? WORK_THREAD_FILE, {
      resourceLimits: { maxOldGenerationSizeMb: THREAD_HEAP },
    });
    const thread: Thread = { worker, settle: undefined };
    let cause: unknown;
    worker.on('message', (reply: JobReply) => {
      this.#idle.push(thread);
      thread.settle?.(reply);
    });
    worker.on('error', (error) => {
      cause = error;
    });
    worker.on('exit', () => {
      this.#ended(thread, cause);
    });
    this.#threads.add(thread);
    return thread;
  }

  #ended(thread: Thread, cause: unknown): void {
    this.#threads.delete(thread);
    const at = this.#idle.indexOf(thread);
    if (at >= 0) this.#idle.splice(at, 1);
    if (!this.#closed) this.#options.onDied?.(cause);
    const { code, message } = this.#closed
      ? closedError()
      : new WriterHubError('internal', 'the thread that worked on this ended; nothing of it is stored');
    thread.settle?.({ kind: 'failed', code, message, problems: undefined, position: undefined });
  }
}

function toError({ code, message, problems, position }: Extract<JobReply, { kind: 'failed' }>): WriterHubError {
  return new WriterHubError(code, message, {
    ...(problems !== undefined && { problems }),
    ...(position !== undefined && { position }),
  });
}

function closedError(): WriterHubError {
  return new WriterHubError('shutting_down', 'the server is stopping; try again in a moment');
}
