import type { Database, Statement } from 'better-sqlite3';
import {
  COMMITS_KEPT,
  type CommitRecord,
  type CommitRequest,
  type CommitResult,
  type RecordedOutcomes,
  type StreamOutcomes,
} from '../channel/messages';

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

/** What a transaction records of itself. */
export function recordOf(
  { changes, part }: Pick<CommitRequest, 'changes' | 'part'>,
  { advanced, outcomes: { events, packages, rows }, failedChanges }: CommittedSteps,
): CommitRecord {
  const failures = [events, packages, rows].reduce((sum, { failed }) => sum + failed.length, rows.repeated.length);
  // The first offset of a group that was stored before is 0.
  const isRepeated = events.firstOffsets.includes(0) || packages.firstOffsets.includes(0);
  if (part === undefined && changes.length === 0 && failures === 0 && !isRepeated) return { advanced };
  return { advanced, steps: { events: toRecorded(events), packages: toRecorded(packages), rows, failedChanges } };
}

function toRecorded({ failed, firstOffsets, generations }: StreamOutcomes): RecordedOutcomes {
  return { failed, firstOffsets: [...firstOffsets], generations: [...generations] };
}
