import { WriterHubError } from '../../../errors';
import type { Append, AppendReceipt } from '../../contract/event-log';
import type { RowsAppend, RowsReceipt } from '../../contract/row-store';
import type { Change, ReaderCalls, ThreadData, WriterCalls } from '../channel/messages';
import { WorkerCalls } from '../channel/worker-calls';
import { READER_FILE, WRITER_FILE } from '../channel/worker-file';
import { WriteQueue, type QueueListener } from './write-queue';

/** How many reads may wait for the reader; beyond it they are refused with `store_busy`. */
const MAX_WAITING_READS = 1000;

/** The thread that writes, behind its queue, and the thread that reads. */
export class StoreThreads {
  readonly #writer: WorkerCalls<WriterCalls>;
  readonly #reader: WorkerCalls<ReaderCalls>;
  readonly #writes: WriteQueue;
  #isClosed = false;

  constructor(data: ThreadData, maxQueueBytes: number, listener: QueueListener) {
    this.#writer = new WorkerCalls('the writer', WRITER_FILE, data);
    this.#reader = new WorkerCalls('the reader', READER_FILE, data);
    this.#writes = new WriteQueue(
      {
        commit: (request) => this.#writer.call<'commit'>(request, [request.text.buffer]),
        recall: (number) => this.#writer.call<'recall'>({ kind: 'recall', number }),
      },
      maxQueueBytes,
      listener,
    );
  }

  get full(): boolean {
    return this.#writes.full;
  }

  /** What waits for a commit. */
  get size(): { readonly appends: number; readonly bytes: number } {
    return this.#writes.size;
  }

  /** Opens the database, making it or bringing its schema up to date. */
  async open(): Promise<void> {
    await this.#writer.call<'open'>({ kind: 'open' });
  }

  append(append: Append): Promise<AppendReceipt> {
    return this.#isClosed ? Promise.reject(closedError()) : this.#writes.append(append);
  }

  appendRows(append: RowsAppend): Promise<RowsReceipt> {
    return this.#isClosed ? Promise.reject(closedError()) : this.#writes.appendRows(append);
  }

  change(change: Change): Promise<void> {
    return this.#isClosed ? Promise.reject(closedError()) : this.#writes.change(change);
  }

  ask<Kind extends keyof ReaderCalls>(request: ReaderCalls[Kind]['request']): Promise<ReaderCalls[Kind]['result']> {
    if (this.#isClosed) return Promise.reject(closedError());
    if (this.#reader.waiting >= MAX_WAITING_READS) {
      return Promise.reject(
        new WriterHubError('store_busy', `the store has ${MAX_WAITING_READS} reads waiting already`),
      );
    }
    return this.#reader.call<Kind>(request);
  }

  /** From now on every call rejects. */
  refuseCalls(): void {
    this.#isClosed = true;
  }

  /**
   * Commits what was accepted and closes the database. The writer is the last to close, so that no write-ahead log is
   * left.
   */
  async close(): Promise<void> {
    this.refuseCalls();
    await this.#writes.idle();
    try {
      if (this.#reader.isRunning) await this.#reader.call<'close'>({ kind: 'close' });
      await this.#writer.call<'close'>({ kind: 'close' });
    } finally {
      await this.stop();
    }
  }

  /** Ends both threads at once. */
  async stop(): Promise<void> {
    await Promise.all([this.#reader.stop(), this.#writer.stop()]);
  }
}

/** What calls to a closed store reject with. */
export function closedError(): WriterHubError {
  return new WriterHubError('store_unavailable', 'the store is closed');
}
