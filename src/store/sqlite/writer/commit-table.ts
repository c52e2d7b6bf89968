import type { Database, Statement } from 'better-sqlite3';
import { COMMITS_KEPT, type CommitRecord, type CommitRequest, type CommitResult } from '../channel/messages';

/** What a transaction did. */
export type CommittedSteps = Omit<CommitResult, 'refusedCreators' | 'milliseconds' | 'logBytes'>;

/**
 * The latest commits as they recorded themselves, each in its own transaction: whether a commit was made, and what
 * became of its steps, can be told after the thread that made it is gone.
 */
export class CommitTable {
  readonly #put: Statement<[number, number, string, number]>;
  readonly #find: Statement<[number, number], { outcome: string }>;
  readonly #epoch: number;

  constructor(database: Database, epoch: number) {
    this.#epoch = epoch;

    this.#put = database.prepare('UPDATE commits SET epoch = ?, number = ?, outcome = ? WHERE slot = ?');
    this.#find = database.prepare('SELECT outcome FROM commits WHERE epoch = ? AND number = ?');
  }

  /** Called within the transaction, when its steps are done. */
  put(request: CommitRequest, result: CommittedSteps): void {
    const { number } = request;
    this.#put.run(this.#epoch, number, JSON.stringify(recordOf(request, result)), number % COMMITS_KEPT);
  }

  /** What the commit of this number has recorded; `undefined` if it was not made. */
  find(number: number): CommitRecord | undefined {
    const row = this.#find.get(this.#epoch, number);
    return row && (JSON.parse(row.outcome) as CommitRecord);
  }
}

function recordOf(
  { changes, part }: CommitRequest,
  { advanced, outcomes: { events, rows }, failedChanges }: CommittedSteps,
): CommitRecord {
  const failures = events.failed.length + rows.failed.length + rows.repeated.length;
  // The first offset of a group that was stored before is 0.
  if (part === undefined && changes.length === 0 && failures === 0 && !events.firstOffsets.includes(0))
    return { advanced };
  const { failed, firstOffsets, generations } = events;
  const recorded = { failed, firstOffsets: [...firstOffsets], generations: [...generations] };
  return { advanced, steps: { events: recorded, rows, failedChanges } };
}
