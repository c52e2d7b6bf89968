import type { Database, Statement } from 'better-sqlite3';
import type { RowsPart } from '../../contract/row-store';

interface PastGeneration {
  readonly lastOffset: number;
  readonly lastQuarantineOffset: number;
}

/** The generations that topics had before the store was restored from a backup. */
export class PastGenerations {
  readonly #find: Statement<[number, number], PastGeneration>;

  constructor(database: Database) {
    this.#find = database.prepare(
      `SELECT last_offset AS lastOffset, last_quarantine_offset AS lastQuarantineOffset
       FROM past_generations WHERE topic = ? AND generation = ?`,
    );
  }

  /** Up to which offset positions of a generation are still true of a topic; `undefined`: it never had that one. */
  lastOffset(topic: number, generation: number, part: RowsPart = 'rows'): number | undefined {
    const past = this.#find.get(topic, generation);
    return part === 'rows' ? past?.lastOffset : past?.lastQuarantineOffset;
  }
}

/**
 * Makes all positions of topics differ from those that were given out before, but for what is in the store already:
 * called on a database that is about to take the place of one that went on after the backup. `least` is a number that
 * no topic has reached there, if it is known.
 */
export function beginGeneration(
  database: Database,
  { backedUpAt, now, least = 0 }: { readonly backedUpAt: number; readonly now: number; readonly least?: number },
): void {
  const last = database.prepare<[], { last: number }>('SELECT last FROM topic_ids').get()?.last ?? 0;
  // Topics are numbered one by one: no store has made one each millisecond since 1970.
  const generation = Math.max(now, last + 1, least + 1);
  database
    .prepare('INSERT INTO restores (generation, backed_up_at, restored_at) VALUES (?, ?, ?)')
    .run(generation, backedUpAt, now);
  database.exec(
    `INSERT INTO past_generations (topic, generation, last_offset, last_quarantine_offset)
     SELECT id, generation, next_offset - 1, next_quarantine_offset - 1 FROM topics`,
  );
  database.prepare('UPDATE topics SET generation = ?').run(generation);
  database.prepare('UPDATE topic_ids SET last = ?').run(generation);
}
