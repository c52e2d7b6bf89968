import { WriterHubError } from '../../../errors';
import type { Append, AppendReceipt } from '../../contract/event-log';
import type { RowsAppend, RowsReceipt } from '../../contract/row-store';
import { toStoreError } from '../channel/failure';
import {
  COMMITS_KEPT,
  type Change,
  type CommitPlace,
  type CommitRecord,
  type CommitRequest,
  type CommitResult,
} from '../channel/messages';
import { ThreadLost } from '../channel/worker-calls';
import { Batch } from './batch';
import { LostCommits } from './lost-commits';

/**
 * One batch is being committed and the next one waits at the writer, so that it is never idle. The database records
 * what became of as many.
 */
const MAX_IN_FLIGHT = COMMITS_KEPT;

/** What commits batches. */
export interface CommitWriter {
  /** Rejects when nothing was committed, and with `ThreadLost` when nobody knows. */
  commit(request: CommitRequest): Promise<CommitResult>;
  /** What a commit that nobody knows of has recorded; `undefined` if it was not made. */
  recall(number: number): Promise<CommitRecord | undefined>;
}

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
  /** Numbers of the commit that was sent last, and of the last one that is known to have failed. */
  #lastNumber = 0;
  #lastFailure = 0;
  readonly #lost: LostCommits;
  readonly #writer: CommitWriter;
  readonly #maxBytes: number;
  readonly #listener: QueueListener;

  /**
   * The queue is full from `maxBytes` until it has fallen to half of that, so that senders are not stopped and started
   * at every commit.
   */
  constructor(writer: CommitWriter, maxBytes: number, listener: QueueListener) {
    this.#writer = writer;
    this.#lost = new LostCommits((number) => writer.recall(number));
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
    try {
      if (!this.#lost.isEmpty) await this.#lost.findOut();
    } catch (cause) {
      this.#fail(batch, unavailable('it cannot find out what became of earlier writes', cause));
      return;
    }
    const place = { number: ++this.#lastNumber, knownFailure: this.#lastFailure };
    let result: CommitResult;
    try {
      result = await this.#writer.commit(batch.encode(place));
    } catch (failure) {
      if (failure instanceof ThreadLost) await this.#lose(batch, place);
      else this.#fail(batch, toStoreError('write', failure), place);
      return;
    }
    this.#settle(batch, result);
  }

  #settle(batch: Batch, result: CommitResult): void {
    batch.settle(result);
    this.#release(batch);
    this.#listener.onCommitted(batch, result);
  }

  /** Nothing of the batch is stored. */
  #fail(batch: Batch, error: WriterHubError, place?: CommitPlace): void {
    this.#failBehind(error, place);
    batch.fail(error);
    this.#release(batch);
    this.#listener.onFailed(batch, error);
  }

  /**
   * What waits behind a failure fails with it, or it would overtake what has failed and is tried again. What has come
   * since the failure before was known stays, if it is that one that has taken this batch along.
   */
  #failBehind(error: WriterHubError, place?: CommitPlace): void {
    const isNew = place === undefined || place.knownFailure === this.#lastFailure;
    if (place !== undefined) this.#lastFailure = place.number;
    if (!isNew) return;
    for (const batch of this.#batches.splice(0)) {
      batch.fail(error);
      this.#forget(batch);
    }
  }

  /** The writer ended with the batch in its hands: what became of it is found out before anything else is written. */
  async #lose(batch: Batch, place: CommitPlace): Promise<void> {
    let state: 'waiting' | 'told' | 'settled' = 'waiting';
    this.#lost.add({
      number: place.number,
      settle: (record) => {
        const isTold = state === 'told';
        state = 'settled';
        if (isTold) this.#settleLate(batch, record);
        else if (record === undefined) this.#fail(batch, notDone(), place);
        else this.#settle(batch, batch.recall(record));
      },
    });
    try {
      await this.#lost.findOut();
    } catch (cause) {
      if ((state as string) === 'settled') return;
      state = 'told';
      const error = unavailable('it cannot find out whether this is stored or not', cause);
      this.#failBehind(error, place);
      batch.tellUnknown({ message: error.message, cause, findOut: () => this.#lost.findOut() });
      this.#release(batch);
      this.#listener.onFailed(batch, error);
    }
  }

  /** Of a batch whose callers have been told that nobody knows. */
  #settleLate(batch: Batch, record: CommitRecord | undefined): void {
    if (record === undefined) {
      batch.fail(notDone());
      return;
    }
    const result = batch.recall(record);
    batch.settle(result);
    this.#listener.onCommitted(batch, result);
  }

  #release(batch: Batch): void {
    this.#inFlight -= 1;
    if (this.#batches.length > 0) this.#planHandOver();
    this.#forget(batch);
    if (!this.#isIdle) return;
    for (const tell of this.#idleListeners) tell();
    this.#idleListeners = [];
  }

  #forget(batch: Batch): void {
    this.#waitingAppends -= batch.appends;
    this.#account(-batch.weight);
  }

  #account(bytes: number): void {
    this.#waitingBytes += bytes;
    const full = this.#waitingBytes >= (this.#pressure ? this.#maxBytes / 2 : this.#maxBytes);
    if (full === this.#pressure) return;
    this.#pressure = full;
    this.#listener.onPressure(full);
  }
}

function unavailable(why: string, cause: unknown): WriterHubError {
  return new WriterHubError('store_unavailable', `the store cannot write: ${why}`, { cause });
}

function notDone(): WriterHubError {
  return unavailable('its writer thread ended before it had stored this', undefined);
}
