import { createHash } from 'node:crypto';
import type { Database, Statement } from 'better-sqlite3';

/**
 * Remembers the names of topics that were removed, so that positions of another topic of such a name can differ from
 * the old ones. It keeps 16 bits of a hash of each, so that whoever makes and removes topics cannot make it grow; now
 * and then it takes a name for one that was removed, and nothing is lost by that.
 */
export class RemovedNames {
  readonly #find: Statement<[number]>;
  readonly #add: Statement<[number]>;

  constructor(database: Database) {
    this.#find = database.prepare(
      'SELECT 1 FROM removed_names WHERE hash = ? UNION ALL SELECT 1 FROM restores LIMIT 1',
    );
    this.#add = database.prepare('INSERT OR IGNORE INTO removed_names (hash) VALUES (?)');
  }

  /**
   * Whether a topic of this name was removed, or perhaps one of another. In a store that was restored from a backup any
   * name may have been that of a topic which was made after it.
   */
  mayHave(name: string): boolean {
    return this.#find.get(hashOf(name)) !== undefined;
  }

  add(name: string): void {
    this.#add.run(hashOf(name));
  }
}

function hashOf(name: string): number {
  return createHash('sha256').update(name).digest().readUInt16BE(0);
}
