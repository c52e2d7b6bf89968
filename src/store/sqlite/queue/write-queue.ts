import type { WriterHubError } from '../../../errors';
import type { Append, AppendReceipt } from '../../contract/event-log';
import type { RowsAppend, RowsReceipt } from '../../contract/row-store';
import { toStoreError } from '../channel/failure';
import type { Change, CommitRequest, CommitResult } from '../channel/messages';
import { Batch } from './batch';

/** One batch is being committed and the next one waits at the writer, so that it is never idle. */
const MAX_IN_FLIGHT = 2;

/** Commits a batch; rejects when nothing of it was committed. */
export type Commit = (request: CommitRequest) => Promise<CommitResult>;

/** What the queue tells its owner. */
export interface QueueListener {
  onPressure(full: boolean): void;
  onCommitted(batch: Batch, result: CommitResult): void;
  onFailed(batch: Batch, error: WriterHubError): void;
}

/** Collects writes while the writer is busy and hands them over together: group commit. */
export class WriteQueue {
  /** Batches not handed over yet; the last one takes new writes. */
  readonly #batches: Batch[] = [];
  #inFlight = 0;
  #handOverDue = false;
  #waitingAppends = 0;
  #waitingBytes = 0;
  #pressure = false;
  #idleListeners: (() => void)[] = [];
  readonly #commit: Commit;
  readonly #maxBytes: number;
  readonly #listener: QueueListener;

  /**
   * The queue is full from `maxBytes` until it has fallen to half of that, so that senders are not stopped and started
   * at every commit.
   */
  constructor(commit: Commit, maxBytes: number, listener: QueueListener) {
    this.#commit = commit;
    this.#maxBytes = maxBytes;
    this.#listener = listener;
  }

  get full(): boolean {
    return this.#pressure;
  }

  get size(): { readonly appends: number; readonly bytes: number } {
    return { appends: this.#waitingAppends, bytes: this.#waitingBytes };
  }

  append(append: Append): Promise<AppendReceipt> {
    this.#waitingAppends += 1;
    return this.#add((batch) => batch.appendEvents(append));
  }

  appendRows(append: RowsAppend): Promise<RowsReceipt> {
    this.#waitingAppends += 1;
    return this.#add((batch) => batch.appendRows(append));
  }

  change(change: Change): Promise<void> {
    return this.#add((batch) => batch.change(change));
  }

  /** Resolves when nothing waits. */
  idle(): Promise<void> {
    if (this.#isIdle) return Promise.resolve();
    return new Promise((resolve) => this.#idleListeners.push(resolve));
  }

  get #isIdle(): boolean {
    return this.#batches.length === 0 && this.#inFlight === 0;
  }

  #add<Receipt>(put: (batch: Batch) => Promise<Receipt>): Promise<Receipt> {
    const batch = this.#openBatch();
    const before = batch.weight;
    const receipt = put(batch);
    this.#account(batch.weight - before);
    return receipt;
  }

  #openBatch(): Batch {
    const last = this.#batches.at(-1);
    if (last !== undefined && !last.isFull) return last;
    const batch = new Batch();
    this.#batches.push(batch);
    this.#planHandOver();
    return batch;
  }

  /** At the end of this turn of the event loop, so that what all sockets have brought in it goes together. */
  #planHandOver(): void {
    if (this.#handOverDue || this.#inFlight >= MAX_IN_FLIGHT) return;
    this.#handOverDue = true;
    setImmediate(() => {
      this.#handOverDue = false;
      this.#handOver();
    });
  }

  #handOver(): void {
    while (this.#inFlight < MAX_IN_FLIGHT) {
      const batch = this.#batches.shift();
      if (batch === undefined) return;
      this.#inFlight += 1;
      void this.#carryOut(batch);
    }
  }

  async #carryOut(batch: Batch): Promise<void> {
    let result: CommitResult;
    try {
      result = await this.#commit(batch.encode());
    } catch (failure) {
      const error = toStoreError('write', failure);
      batch.fail(error);
      this.#release(batch);
      this.#listener.onFailed(batch, error);
      return;
    }
    batch.settle(result);
    this.#release(batch);
    this.#listener.onCommitted(batch, result);
  }

  #release(batch: Batch): void {
    this.#inFlight -= 1;
    this.#waitingAppends -= batch.appends;
    if (this.#batches.length > 0) this.#planHandOver();
    this.#account(-batch.weight);
    if (!this.#isIdle) return;
    for (const tell of this.#idleListeners) tell();
    this.#idleListeners = [];
  }

  #account(bytes: number): void {
    this.#waitingBytes += bytes;
    const full = this.#waitingBytes >= (this.#pressure ? this.#maxBytes / 2 : this.#maxBytes);
    if (full === this.#pressure) return;
    this.#pressure = full;
    this.#listener.onPressure(full);
  }
}
