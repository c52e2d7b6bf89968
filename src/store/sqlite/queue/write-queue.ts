import { WriterHubError } from '../../../errors';
import type { Append, AppendReceipt } from '../../contract/event-log';
import type { PackageAppend } from '../../contract/parameter-store';
import type { RowsAppend, RowsReceipt } from '../../contract/row-store';
import { toStoreError } from '../channel/failure';
import {
  COMMITS_KEPT,
  type Change,
  type CommitPlace,
  type CommitRecord,
  type CommitRequest,
  type CommitResult,
  topicOf,
} from '../channel/messages';
import { ThreadLost } from '../channel/worker-calls';
import type { Batch, BatchLimits } from './batch';
import { BatchLanes, type WritePlace } from './batch-lanes';
import { extraSteps, isOfTopic, STEPS_PER_TOPIC } from './change-steps';
import { eventParts, LongAppend, rowParts } from './long-append';
import { NOBODY, QueuePressure } from './queue-pressure';
import { LostCommits } from './lost-commits';

/**
 * One batch is being committed and the next one waits at the writer, so that it is never idle. The database records
 * what became of as many.
 */
const MAX_IN_FLIGHT = COMMITS_KEPT;

/** From here on the commit of a batch takes so long that the writer may be idle for a moment after it. */
const HEAVY: BatchLimits = { bytes: 128 * 1024, steps: 250 };

/** Names of so many topics at the most are remembered, as those of topics that need not be made. */
const REMEMBERED_TOPICS = 20_000;

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
  /** How many of those in flight are heavy. */
  #heavyInFlight = 0;
  #handOverDue = false;
  #waitingAppends = 0;
  #idleListeners: (() => void)[] = [];
  /** Numbers of the commit that was sent last, and of the last one that is known to have failed. */
  #lastNumber = 0;
  #lastFailure = 0;
  /** How many failures there were, without those that an earlier one has taken along. */
  #failures = 0;
  /** What holders have in batches that are not carried out yet, besides groups and small changes. */
  readonly #stepsHeld = new Map<string, number>();
  /** Topics that are there already, or are being made. */
  readonly #topics = new Set<string>();
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

  /** What may wait for the disk from now on, roughly. */
  resize(maxBytes: number): void {
    this.#pressure.resize(maxBytes);
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
    const { holder = NOBODY, topic, batch, createTopic } = append;
    const parts = batch.cuts === undefined ? [] : eventParts(append);
    if (parts.length > 1) {
      const size = { records: batch.count, bytes: batch.json.length };
      const whole = new LongAppend<AppendReceipt>(topic, size, ({ position }) => position === undefined);
      return this.#addParts(holder, whole, parts, (batch, part) => batch.appendEvents(part));
    }
    const target = this.#lanes.open(this.#place(holder, topic, batch.json.length));
    if (createTopic) this.#noteTopic(topic, target, holder);
    return this.#addTo(target, holder, (batch) => batch.appendEvents(append));
  }

  appendPackage(append: PackageAppend): Promise<AppendReceipt> {
    this.#waitingAppends += 1;
    const { holder = NOBODY, topic, batch, createTopic } = append;
    const target = this.#lanes.open(this.#place(holder, topic, batch.json.length));
    if (createTopic) this.#noteTopic(topic, target, holder);
    return this.#addTo(target, holder, (batch) => batch.appendPackage(append));
  }

  appendRows(append: RowsAppend): Promise<RowsReceipt> {
    this.#waitingAppends += 1;
    const { holder = NOBODY, topic, rows, quarantine } = append;
    const bytes = rows.json.length + quarantine.json.length;
    const parts = rows.cuts === undefined && quarantine.cuts === undefined ? [] : rowParts(append);
    if (parts.length > 1) {
      const size = { records: rows.count + quarantine.count, bytes };
      const whole = new LongAppend<RowsReceipt>(topic, size, ({ answer }) => answer !== undefined);
      return this.#addParts(holder, whole, parts, (batch, part) => batch.appendRows(part));
    }
    const target = this.#lanes.open(this.#place(holder, topic, bytes));
    return this.#addTo(target, holder, (batch) => batch.appendRows(append));
  }

  /** A change of a topic, or of what belongs to one, is carried out behind the writes to it that wait. */
  change(change: Change, holder = NOBODY): Promise<void> {
    const topic = topicOf(change);
    const steps = extraSteps(change);
    const place = this.#place(holder, topic, 0, steps);
    const goesBehind = topic !== undefined && isOfTopic(change);
    const batch = goesBehind ? this.#lanes.openBehind(topic, place) : this.#lanes.open(place);
    if ('createTopic' in change && change.createTopic) this.#noteTopic(change.topic, batch, holder);
    if (steps > 0) this.#countSteps(batch, holder, steps);
    return this.#addTo(batch, holder, (batch) => batch.change(change));
  }

  /** Resolves when nothing waits. */
  idle(): Promise<void> {
    if (this.#isIdle) return Promise.resolve();
    return new Promise((resolve) => this.#idleListeners.push(resolve));
  }

  get #isIdle(): boolean {
    return this.#lanes.isEmpty && this.#inFlight === 0;
  }

  /** A topic that was not written to lately may be one that a write makes. */
  #noteTopic(topic: string, batch: Batch, holder: string): void {
    if (this.#topics.has(topic)) return;
    if (this.#topics.size >= REMEMBERED_TOPICS) this.#topics.clear();
    this.#topics.add(topic);
    this.#countSteps(batch, holder, STEPS_PER_TOPIC);
  }

  #countSteps(batch: Batch, holder: string, steps: number): void {
    batch.countSteps(holder, steps);
    this.#stepsHeld.set(holder, (this.#stepsHeld.get(holder) ?? 0) + steps);
  }

  /** Where a write of so many bytes and steps goes. */
  #place(holder: string, topic: string | undefined, bytes: number, steps = 0): WritePlace {
    const before = this.#stepsHeld.size === 0 ? 0 : (this.#stepsHeld.get(holder) ?? 0);
    return { holder, bytes: this.#pressure.heldBy(holder) + bytes, steps: before + steps, topic };
  }

  #addTo<Receipt>(batch: Batch, holder: string, put: (batch: Batch) => Promise<Receipt>): Promise<Receipt> {
    const before = batch.weight;
    const receipt = put(batch);
    const weight = batch.weight - before;
    batch.attribute(holder, weight);
    this.#planHandOver();
    this.#pressure.add(holder, weight);
    return receipt;
  }

  #addParts<Part, Receipt>(
    holder: string,
    whole: LongAppend<Receipt>,
    parts: readonly Part[],
    put: (batch: Batch, part: Part) => Promise<Receipt>,
  ): Promise<Receipt> {
    for (const [index, part] of parts.entries()) {
      const isLast = index === parts.length - 1;
      const batch = this.#lanes.openPart(holder, { whole, index, isLast });
      whole.follow(
        this.#addTo(batch, holder, (batch) => put(batch, part)),
        isLast,
      );
    }
    return whole.receipt;
  }

  /** At the end of this turn of the event loop, so that what all sockets have brought in it goes together. */
  #planHandOver(): void {
    if (this.#handOverDue || !this.#mayHandOver) return;
    this.#handOverDue = true;
    setImmediate(() => {
      this.#handOverDue = false;
      this.#handOver();
    });
  }

  #handOver(): void {
    while (this.#mayHandOver) {
      const batch = this.#lanes.next();
      if (batch === undefined) return;
      if (batch.isDropped) {
        this.#forget(batch);
        this.#tellIfIdle();
        continue;
      }
      this.#inFlight += 1;
      this.#heavyInFlight += Number(batch.isFull(HEAVY));
      void this.#carryOut(batch);
    }
  }

  /** Where several holders write, a heavy batch is not followed at once: another holder's write comes in between. */
  get #mayHandOver(): boolean {
    if (this.#inFlight >= MAX_IN_FLIGHT) return false;
    return this.#inFlight === 0 || !this.#lanes.isShared || this.#heavyInFlight === 0;
  }

  async #carryOut(batch: Batch): Promise<void> {
    const known = this.#failures;
    try {
      if (!this.#lost.isEmpty) await this.#lost.findOut();
    } catch (cause) {
      this.#fail(batch, unavailable('it cannot find out what became of earlier writes', cause));
      return;
    }
    // It was taken out of its lane before the failure was known, and would overtake what has failed.
    if (this.#failures !== known) {
      this.#refuse(batch, notDone());
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
    this.#refuse(batch, error);
  }

  #refuse(batch: Batch, error: WriterHubError): void {
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
    this.#failures += 1;
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
    this.#heavyInFlight -= Number(batch.isFull(HEAVY));
    if (!this.#lanes.isEmpty) this.#planHandOver();
    this.#forget(batch);
    this.#tellIfIdle();
  }

  #tellIfIdle(): void {
    if (!this.#isIdle) return;
    for (const tell of this.#idleListeners) tell();
    this.#idleListeners = [];
  }

  #forget(batch: Batch): void {
    this.#waitingAppends -= batch.appends;
    this.#pressure.release(batch.held);
    for (const [holder, steps] of batch.extraStepsHeld) {
      const left = (this.#stepsHeld.get(holder) ?? 0) - steps;
      if (left > 0) this.#stepsHeld.set(holder, left);
      else this.#stepsHeld.delete(holder);
    }
  }
}

function unavailable(why: string, cause: unknown): WriterHubError {
  return new WriterHubError('store_unavailable', `the store cannot write: ${why}`, { cause });
}

function notDone(): WriterHubError {
  return unavailable('its writer thread ended before it had stored this', undefined);
}
