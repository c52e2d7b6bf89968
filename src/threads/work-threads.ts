import { Worker, type Transferable } from 'node:worker_threads';
import { WriterHubError } from '../errors';
import { Semaphore } from '../limits/semaphore';
import { waitRefusal } from '../limits/wait-refusal';
import type { OnShareRefused } from '../limits/shares';
import type { JobKind, JobReply, JobRequest, Jobs } from './jobs';
import { Parcel } from './transfer';
import { WORK_THREAD_FILE } from './worker-file';

/** How long a thread that has nothing to do is kept, in milliseconds. Its memory goes when it ends. */
const IDLE_TIME = 10_000;

/** The most memory for JavaScript values in one thread, in MiB. The bytes of bodies and texts are not among them. */
const THREAD_HEAP = 512;

export interface WorkThreadsOptions {
  /** How many threads there are. One holder has all but one of them at a time. */
  readonly threads: number;
  /** How many jobs may wait for a thread. */
  readonly maxWaiting: number;
  /** How long a job may wait, in milliseconds; it may change. */
  readonly maxWait: number;
  /** Told of every job for which there is no room to wait. */
  readonly onRefused?: OnShareRefused;
  /** Told of a thread that ended by itself, and why. */
  readonly onDied?: (cause: unknown) => void;
  /** What the threads run. Default: the work of this server. */
  readonly file?: string;
  /** How long a thread is kept without a job, in milliseconds. Default: 10 s. */
  readonly idleTime?: number;
}

/** A thread, and the job it has at the moment. */
interface Thread {
  readonly worker: Worker;
  settle: ((reply: JobReply) => void) | undefined;
  /** Runs while it has no job. */
  idle: NodeJS.Timeout | undefined;
  /** Whether it was told to end. */
  retired: boolean;
}

/**
 * A few threads that do one job each at a time; holders take turns. They are started when they are needed, and end when
 * they have not been for a while. A thread that dies rejects its job with `internal`, and another one is started for
 * the next.
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
      get maxWait() {
        return options.maxWait;
      },
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
    make: (parcel: Parcel) => Jobs[Kind]['input'] | Promise<Jobs[Kind]['input']>,
  ): Promise<Jobs[Kind]['output']> {
    if (this.#closed) return Promise.reject(closedError());
    return this.#places.run(
      async () => {
        const parcel = new Parcel();
        const input = await make(parcel);
        return this.#do({ kind, input }, parcel.transfer);
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
    const thread = this.#takeIdle() ?? this.#start();
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
        this.#keepIdle(thread);
        throw error;
      }
    });
  }

  #start(): Thread {
    const worker = new Worker(this.#options.file ?? WORK_THREAD_FILE, {
      resourceLimits: { maxOldGenerationSizeMb: THREAD_HEAP },
    });
    const thread: Thread = { worker, settle: undefined, idle: undefined, retired: false };
    let cause: unknown;
    worker.on('message', (reply: JobReply) => {
      this.#keepIdle(thread);
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

  /** The one that was used last, so that the others end when fewer are needed. */
  #takeIdle(): Thread | undefined {
    const thread = this.#idle.pop();
    clearTimeout(thread?.idle);
    return thread;
  }

  #keepIdle(thread: Thread): void {
    this.#idle.push(thread);
    thread.idle = setTimeout(() => {
      thread.retired = true;
      this.#forgetIdle(thread);
      void thread.worker.terminate();
    }, this.#options.idleTime ?? IDLE_TIME).unref();
  }

  #forgetIdle(thread: Thread): void {
    clearTimeout(thread.idle);
    const at = this.#idle.indexOf(thread);
    if (at >= 0) this.#idle.splice(at, 1);
  }

  #ended(thread: Thread, cause: unknown): void {
    this.#threads.delete(thread);
    this.#forgetIdle(thread);
    if (!this.#closed && !thread.retired) this.#options.onDied?.(cause);
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
