import { WriterHubError } from '../../../errors';
import type { Append, AppendReceipt } from '../../contract/event-log';
import type { PackageAppend } from '../../contract/parameter-store';
import type { RowsAppend, RowsReceipt } from '../../contract/row-store';
import {
  type AppliedLog,
  type ApplyRequest,
  type ApplyResult,
  type Change,
  type CheckpointerCalls,
  type CommitRequest,
  type CommitResult,
  type ConversionProgress,
  type ConversionRequest,
  type FileId,
  type LimitsRequest,
  type ReplaceRequest,
  type StoreLimits,
  type ThreadData,
  type WriterCalls,
  textLength,
} from '../channel/messages';
import type { PackerCalls, Replaced } from '../channel/packing-messages';
import type { ReaderCalls } from '../channel/reader-messages';
import { Gate } from '../../../limits/gate';
import { fromSentResult, toSent } from '../channel/commit-transfer';
import { DamageError } from '../channel/failure';
import { WorkerCalls } from '../channel/worker-calls';
import { CHECKPOINTER_FILE, PACKER_FILE, READER_FILE, WRITER_FILE } from '../channel/worker-file';
import { Checkpoints } from './checkpoints';
import type { LogReader } from './log-keeper';
import { Packing } from './packing';
import { WriteQueue, type QueueListener } from './write-queue';

/** How many reads may wait for the reader; beyond it they are refused with `store_busy`. */
const MAX_WAITING_READS = 1000;

/** What the threads tell their owner. */
export interface ThreadsListener extends QueueListener {
  /** The database turned out to be damaged, or to be gone; may be called again. */
  onDamage(error: WriterHubError): void;
}

/**
 * The thread that writes, behind its queue, the one that moves its log into the database, the one that packs packages,
 * and the one that reads.
 */
export class StoreThreads {
  readonly #writer: WorkerCalls<WriterCalls>;
  readonly #reader: WorkerCalls<ReaderCalls>;
  readonly #checkpointer: WorkerCalls<CheckpointerCalls>;
  readonly #checkpoints: Checkpoints;
  readonly #packer: WorkerCalls<PackerCalls>;
  readonly #packing: Packing;
  readonly #writes: WriteQueue;
  readonly #reads = new Gate();
  /** The database file, once it was opened. */
  #file: FileId | undefined;
  /** Set when every call is refused, and when writes are. */
  #closed: WriterHubError | undefined;
  #refusal: WriterHubError | undefined;
  /** Set when nothing more may be committed. */
  #damage: WriterHubError | undefined;
  readonly #listener: ThreadsListener;

  constructor(data: ThreadData, maxQueueBytes: number, listener: ThreadsListener) {
    this.#listener = listener;
    this.#writer = new WorkerCalls('the writer', WRITER_FILE, data);
    this.#reader = new WorkerCalls('the reader', READER_FILE, data);
    this.#checkpointer = new WorkerCalls('the checkpointing', CHECKPOINTER_FILE, data);
    this.#checkpoints = new Checkpoints({
      move: () => this.#checkpointer.call<'checkpoint'>({ kind: 'checkpoint' }),
      finish: () => this.checkpoint(false),
    });
    this.#packer = new WorkerCalls('the packing', PACKER_FILE, data);
    this.#packing = new Packing(
      {
        pack: (topic) => this.#packer.call<'pack'>({ kind: 'pack', topic }),
        merge: (of) => this.#packer.call<'merge'>({ kind: 'merge', of }),
        replace: (made) => this.#replace({ kind: 'replace', made }),
      },
      data.packAfter,
    );
    this.#writes = new WriteQueue(
      {
        commit: (request) => this.#commit(request),
        recall: (number) => this.#writer.call<'recall'>({ kind: 'recall', number }),
      },
      maxQueueBytes,
      listener,
    );
  }

  /** Which file the database is; `undefined` before it is opened. */
  get file(): FileId | undefined {
    return this.#file;
  }

  get full(): boolean {
    return this.#writes.full;
  }

  isFullFor(holder: string): boolean {
    return this.#writes.isFullFor(holder);
  }

  /** What waits for a commit. */
  get size(): { readonly appends: number; readonly bytes: number } {
    return this.#writes.size;
  }

  /** Opens the database, making it or bringing its schema up to date. */
  async open(): Promise<void> {
    const { file, topicsOfPackages } = await this.#writer.call<'open'>({ kind: 'open' });
    this.#file = file;
    if (file !== undefined)
      for (const thread of [this.#writer, this.#reader, this.#checkpointer, this.#packer]) thread.tell({ file });
    this.#packing.addOld(topicsOfPackages);
  }

  /**
   * Has other limits in force: what is asked of the threads after this call is held to them. Rejects when a thread that
   * runs could not be told; one that starts later knows them.
   */
  async setLimits(limits: StoreLimits): Promise<void> {
    const threads = [this.#writer, this.#reader];
    for (const thread of threads) thread.tell({ limits });
    const request: LimitsRequest = { kind: 'limits', limits };
    await Promise.all([
      this.#writer.isRunning ? this.#writer.call<'limits'>(request) : undefined,
      this.#reader.isRunning ? this.#reader.call<'limits'>(request) : undefined,
    ]);
  }

  /** What may wait for the disk from now on, roughly. */
  resizeQueue(maxBytes: number): void {
    this.#writes.resize(maxBytes);
  }

  /** Moves what it can of the log into the database; gives the bytes that the log has then. */
  checkpoint(empty: boolean): Promise<number> {
    return this.#writer.call<'checkpoint'>({ kind: 'checkpoint', empty });
  }

  /** The reading thread, as the keeper of the log sees it. */
  get logReader(): LogReader {
    return {
      pause: () => this.#reads.pause(),
      resume: () => {
        this.#reads.resume();
      },
      interrupt: () => undefined,
    };
  }

  append(append: Append): Promise<AppendReceipt> {
    return this.#refusal !== undefined ? Promise.reject(this.#refusal) : this.#writes.append(append);
  }

  appendPackage(append: PackageAppend): Promise<AppendReceipt> {
    return this.#refusal !== undefined ? Promise.reject(this.#refusal) : this.#writes.appendPackage(append);
  }

  appendRows(append: RowsAppend): Promise<RowsReceipt> {
    return this.#refusal !== undefined ? Promise.reject(this.#refusal) : this.#writes.appendRows(append);
  }

  change(change: Change, holder?: string): Promise<void> {
    return this.#refusal !== undefined ? Promise.reject(this.#refusal) : this.#writes.change(change, holder);
  }

  /** Rewrites columns of a data source for a moment, between commits. */
  convert(request: ConversionRequest): Promise<ConversionProgress> {
    if (this.#refusal !== undefined) return Promise.reject(this.#refusal);
    return this.#watch(this.#writer.call<'convert'>(request));
  }

  /** Carries out writes of a log; rejects when none of them was, or nobody knows. */
  async apply(request: ApplyRequest): Promise<ApplyResult> {
    if (this.#refusal !== undefined) throw this.#refusal;
    const commits = request.writes.map((write) => write.request);
    const bytes = commits.reduce((sum, commit) => sum + textBytes(commit), 0);
    const texts = commits.map(({ text }) => text.buffer);
    const result = await this.#watch(this.#writer.call<'apply'>(request, texts));
    this.#checkpoints.note(bytes);
    this.#packing.committed(result);
    return result;
  }

  /** How far logs are carried out. */
  logs(): Promise<readonly AppliedLog[]> {
    return this.#watch(this.#writer.call<'logs'>({ kind: 'logs' }));
  }

  ask<Kind extends keyof ReaderCalls>(request: ReaderCalls[Kind]['request']): Promise<ReaderCalls[Kind]['result']> {
    return this.#closed !== undefined ? Promise.reject(this.#closed) : this.askInside<Kind>(request);
  }

  /** The same for what the store itself has to know, also when calls are refused. */
  askInside<Kind extends keyof ReaderCalls>(
    request: ReaderCalls[Kind]['request'],
  ): Promise<ReaderCalls[Kind]['result']> {
    if (this.#reads.size >= MAX_WAITING_READS) {
      return Promise.reject(
        new WriterHubError('store_busy', `the store has ${MAX_WAITING_READS} reads waiting already`),
      );
    }
    return this.#reads.run(() => this.#watch(this.#reader.call<Kind>(request)));
  }

  /** From now on writes reject with this, also those that wait. */
  refuseWrites(error: WriterHubError): void {
    this.#refusal ??= error;
    this.#damage = error;
  }

  /** From now on every read rejects. */
  refuseReads(): void {
    this.#closed = closedError();
  }

  /** From now on every call rejects. */
  refuseCalls(): void {
    this.#closed = closedError();
    this.#refusal = this.#closed;
  }

  /**
   * Commits what was accepted and closes the database. The writer is the last to close, so that no write-ahead log is
   * left.
   */
  async close(): Promise<void> {
    this.refuseCalls();
    await this.#writes.idle();
    try {
      // What it makes is made again.
      await Promise.all([this.#packing.stop(), this.#packer.stop()]);
      await this.#checkpoints.stop();
      if (this.#checkpointer.isRunning) await this.#checkpointer.call<'close'>({ kind: 'close' });
      if (this.#reader.isRunning) await this.#reader.call<'close'>({ kind: 'close' });
      await this.#writer.call<'close'>({ kind: 'close' });
    } finally {
      await this.stop();
    }
  }

  async #commit(request: CommitRequest): Promise<CommitResult> {
    if (this.#damage !== undefined) throw this.#damage;
    // The text goes along, and is no longer here when the answer comes.
    const bytes = textBytes(request);
    const sent = await this.#watch(this.#writer.call<'commit'>(toSent(request), [request.text.buffer]));
    const result = fromSentResult(sent);
    this.#checkpoints.note(bytes, result.steps);
    this.#packing.committed(result);
    return result;
  }

  async #replace(request: ReplaceRequest): Promise<Replaced | undefined> {
    if (this.#damage !== undefined) throw this.#damage;
    const replaced = await this.#watch(this.#writer.call<'replace'>(request));
    if (replaced !== undefined) this.#checkpoints.note(replaced.bytes);
    return replaced;
  }

  /** Notices when an answer says that the database is damaged. */
  async #watch<Result>(answer: Promise<Result>): Promise<Result> {
    try {
      return await answer;
    } catch (error) {
      if (error instanceof DamageError) this.#listener.onDamage(error);
      throw error;
    }
  }

  /** Ends all threads at once. */
  async stop(): Promise<void> {
    await Promise.all([this.#reader, this.#writer, this.#checkpointer, this.#packer].map((thread) => thread.stop()));
  }
}

/** What calls to a closed store reject with. */
export function closedError(): WriterHubError {
  return new WriterHubError('store_unavailable', 'the store is closed');
}

/** Bytes of all texts of a commit, about. */
function textBytes({ text, changes }: Pick<CommitRequest, 'text' | 'changes'>): number {
  return changes.reduce((bytes, { change }) => bytes + textLength(change), text.length);
}
