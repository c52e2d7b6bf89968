import { WriterHubError } from '../errors';
import { OutcomeUnknown } from '../store/contract/outcome-unknown';

/** Rows whose sender has been told that they will be stored. */
export interface AcceptedWrite {
  readonly rows: number;
  /** Tries to store them once more. */
  again(): Promise<unknown>;
}

/** A write whose first try, or a later one, did not come off. */
interface FailedWrite {
  readonly write: AcceptedWrite;
  /** The try of which nobody knows whether it stored the rows. Until that is found out nothing is repeated. */
  readonly unknown?: OutcomeUnknown;
}

/** Called when rows that were accepted cannot be stored. */
export type OnGivenUp = (rows: number, error: WriterHubError) => void;

/**
 * Keeps the promise of a 202. What fails although it was accepted, because the disk cannot be written to, is tried
 * again, oldest first, until it is stored or the server stops. (A store does not carry out what was sent behind a write
 * that fails, so nothing younger is stored before it.) How much that can be is bounded by the queue in front of
 * the disk: while anything waits here, nothing more is accepted.
 */
export class AcceptedRows {
  #accepted = 0;
  #firstTries = 0;
  /** By order of acceptance. */
  readonly #waiting = new Map<number, FailedWrite>();
  #round: Promise<void> | undefined;
  #lastFailure: WriterHubError | undefined;
  #timer: NodeJS.Timeout | undefined;
  readonly #idleListeners: (() => void)[] = [];
  readonly #interval: number;
  readonly #onGivenUp: OnGivenUp;

  /** `interval`: milliseconds between two tries while nobody asks. */
  constructor(interval: number, onGivenUp: OnGivenUp) {
    this.#interval = interval;
    this.#onGivenUp = onGivenUp;
  }

  /** Takes over a write whose first try is under way. */
  watch(firstTry: Promise<unknown>, write: AcceptedWrite): void {
    const order = this.#accepted++;
    this.#firstTries++;
    firstTry
      .catch((error: unknown) => {
        this.#failed(order, write, error);
      })
      .finally(() => {
        this.#firstTryOver();
      });
  }

  /** Whether anything that was accepted before waits for the disk. */
  get isWaiting(): boolean {
    return this.#waiting.size > 0;
  }

  /** Tries what waits, and resolves when all of it is stored; else rejects with why it is not. */
  async drain(): Promise<void> {
    if (this.#waiting.size === 0) return;
    this.#round ??= this.#tryAll().finally(() => {
      this.#round = undefined;
    });
    await this.#round;
    // What fails says why.
    if (this.#waiting.size > 0) throw this.#lastFailure!;
  }

  /** Tries what waits a last time and gives up what still cannot be stored. Nothing may be accepted any longer. */
  async close(): Promise<void> {
    if (this.#firstTries > 0) await new Promise<void>((resolve) => this.#idleListeners.push(resolve));
    clearTimeout(this.#timer);
    await Promise.allSettled([this.drain()]);
    clearTimeout(this.#timer);
    for (const [, { write, unknown }] of this.#oldestFirst()) {
      this.#onGivenUp(write.rows, unknown ?? this.#lastFailure!);
    }
    this.#waiting.clear();
  }

  #firstTryOver(): void {
    this.#firstTries -= 1;
    if (this.#firstTries > 0) return;
    for (const tell of this.#idleListeners.splice(0)) tell();
  }

  #failed(order: number, write: AcceptedWrite, error: unknown): void {
    const known = asKnown(error);
    if (known.code !== 'store_unavailable') {
      this.#onGivenUp(write.rows, known);
      return;
    }
    this.#lastFailure = known;
    this.#waiting.set(order, known instanceof OutcomeUnknown ? { write, unknown: known } : { write });
    this.#plan();
  }

  #plan(): void {
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      // Why it failed is kept in #lastFailure, and the store has told its observers.
      void Promise.allSettled([this.drain()]);
    }, this.#interval);
  }

  /** The oldest goes first and alone: as long as it fails, it is no use to send the others. */
  async #tryAll(): Promise<void> {
    const [oldest, ...others] = this.#oldestFirst();
    if (oldest === undefined || !(await this.#tryAgain(...oldest))) return;
    await Promise.all(others.map(([order, failed]) => this.#tryAgain(order, failed)));
  }

  #oldestFirst(): [order: number, failed: FailedWrite][] {
    return [...this.#waiting].sort(([one], [other]) => one - other);
  }

  async #tryAgain(order: number, failed: FailedWrite): Promise<boolean> {
    try {
      if (failed.unknown === undefined || !(await isStored(failed.unknown))) await failed.write.again();
      this.#waiting.delete(order);
      return true;
    } catch (error) {
      this.#waiting.delete(order);
      this.#failed(order, failed.write, error);
      return false;
    }
  }
}

/** Rejects while nobody can tell. */
async function isStored(unknown: OutcomeUnknown): Promise<boolean> {
  try {
    await unknown.outcome();
    return true;
  } catch (error) {
    if (error instanceof OutcomeUnknown) throw error;
    return false;
  }
}

function asKnown(error: unknown): WriterHubError {
  if (error instanceof WriterHubError) return error;
  return new WriterHubError('internal', 'the server failed in a way it should not', { cause: error });
}
