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
import type { Batch } from './batch';
import { BatchLanes } from './batch-lanes';
import { NOBODY, QueuePressure } from './queue-pressure';
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
  onPressure(full: boolean, holder: string | undefined): void;
  onCommitted(batch: Batch, result: CommitResult): void;
  onFailed(batch: Batch, error: WriterHubError): void;
}

/** Collects writes while the writer is busy and hands them over together: group commit. */
export class WriteQueue {
  readonly #lanes = new BatchLanes();
  #inFlight = 0;
  #handOverDue = false;
  #waitingAppends = 0;
  #idleListeners: (() => void)[] = [];
  /** Numbers of the commit that was sent last, and of the last one that is known to have failed. */
  #lastNumber = 0;
  #lastFailure = 0;
  readonly #lost: LostCommits;
  readonly #writer: CommitWriter;
  readonly #pressure: QueuePressure;
  readonly #listener: QueueListener;

  /** `maxBytes`: what may wait for the disk, roughly. */
  constructor(writer: CommitWriter, maxBytes: number, listener: QueueListener) {
    this.#writer = writer;
    this.#lost = new LostCommits((number) => writer.recall(number));
    this.#listener = listener;
    this.#pressure = new QueuePressure(maxBytes, (full, holder) => {
      listener.onPressure(full, holder);
    });
  }

  get full(): boolean {
    return this.#pressure.isFull;
  }

  /** Whether a holder has its share of the queue, or there is no room for anybody. */
  isFullFor(holder: string): boolean {
    return this.#pressure.isFullFor(holder);
  }

  get size(): { readonly appends: number; readonly bytes: number } {
    return { appends: this.#waitingAppends, bytes: this.#pressure.bytes };
  }

  append(append: Append): Promise<AppendReceipt> {
    this.#waitingAppends += 1;
    return this.#add(append.holder, append.batch.json.length, (batch) => batch.appendEvents(append));
  }

  appendRows(append: RowsAppend): Promise<RowsReceipt> {
    this.#waitingAppends += 1;
    const bytes = append.rows.json.length + append.quarantine.json.length;
    return this.#add(append.holder, bytes, (batch) => batch.appendRows(append));
  }

  /** A change is carried out behind the writes that wait, those of its holder or, without one, of everybody. */
  change(change: Change, holder?: string): Promise<void> {
    const put = (batch: Batch): Promise<void> => batch.change(change);
    return holder === undefined ? this.#addTo(this.#lanes.openBehindAll(), undefined, put) : this.#add(holder, 0, put);
  }

  /** Resolves when nothing waits. */
  idle(): Promise<void> {
    if (this.#isIdle) return Promise.resolve();
    return new Promise((resolve) => this.#idleListeners.push(resolve));
  }

  get #isIdle(): boolean {
    return this.#lanes.isEmpty && this.#inFlight === 0;
  }

  #add<Receipt>(holder: string | undefined, bytes: number, put: (batch: Batch) => Promise<Receipt>): Promise<Receipt> {
    return this.#addTo(
      this.#lanes.open(holder, holder === undefined ? 0 : this.#pressure.heldBy(holder) + bytes),
      holder,
      put,
    );
  }

  #addTo<Receipt>(batch: Batch, holder: string | undefined, put: (batch: Batch) => Promise<Receipt>): Promise<Receipt> {
    const before = batch.weight;
    const receipt = put(batch);
    const weight = batch.weight - before;
    batch.attribute(holder ?? NOBODY, weight);
    this.#planHandOver();
    this.#pressure.add(holder ?? NOBODY, weight);
    return receipt;
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
      const batch = this.#lanes.next();
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
    for (const batch of this.#lanes.takeAll()) {
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
    if (!this.#lanes.isEmpty) this.#planHandOver();
    this.#forget(batch);
    if (!this.#isIdle) return;
    for (const tell of this.#idleListeners) tell();
    this.#idleListeners = [];
  }

  #forget(batch: Batch): void {
    this.#waitingAppends -= batch.appends;
    this.#pressure.release(batch.held);
  }
}

function unavailable(why: string, cause: unknown): WriterHubError {
  return new WriterHubError('store_unavailable', `the store cannot write: ${why}`, { cause });
}

function notDone(): WriterHubError {
  return unavailable('its writer thread ended before it had stored this', undefined);
}
