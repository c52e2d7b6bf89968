import type { Database } from 'better-sqlite3';
import type { PagesLeft } from '../channel/messages';

/** How far a checkpoint goes. <https://www.sqlite.org/pragma.html#pragma_wal_checkpoint> */
export type CheckpointMode = 'PASSIVE' | 'TRUNCATE';

/** What the pragma gives, in pages: -1 for both numbers if another checkpoint was under way, or without a log. */
interface CheckpointRow {
  readonly busy: number;
  readonly log: number;
  readonly checkpointed: number;
}

/** How often it is looked whether another checkpoint has ended (milliseconds). */
const LOOK_EVERY = 2;

const waiting = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));

/**
 * Moves the write-ahead log into the database; gives the pages that are left in it. SQLite gives up at once, whatever
 * its busy timeout, while another connection does the same: that one is waited for, up to `patience` milliseconds.
 */
export function checkpoint(database: Database, mode: CheckpointMode, patience = 0): PagesLeft {
  const deadline = performance.now() + patience;
  for (;;) {
    const [row] = database.pragma(`wal_checkpoint(${mode})`) as CheckpointRow[];
    const { busy, log, checkpointed } = row!;
    const isAnotherUnderWay = busy !== 0 && log < 0;
    if (!isAnotherUnderWay || performance.now() >= deadline) return Math.max(0, log - checkpointed);
    Atomics.wait(waiting, 0, 0, LOOK_EVERY);
  }
}
