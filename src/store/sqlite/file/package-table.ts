import type { Database, Statement } from 'better-sqlite3';

/**
 * The table of the packages of a topic, in order of offset. A row is a package as it was sent, JSON text in `data`,
 * with the number of its stream; or several that follow each other, packed (`store/samples`): its offset is that of
 * the last of them, and `stream` that of the first with a minus sign.
 */
export function packageTable(topic: number): string {
  return `packages_${topic}`;
}

/** Makes the table of packages of a topic, which has none before the first of them. */
export function createPackageTable(database: Database, topic: number): void {
  database.exec(
    `CREATE TABLE ${packageTable(topic)} (
       offset INTEGER PRIMARY KEY,
       stream INTEGER NOT NULL,
       min_timestamp INTEGER NOT NULL,
       max_timestamp INTEGER NOT NULL,
       data ANY NOT NULL
     ) STRICT`,
  );
}

/** Tells whether topics have a table of packages, and remembers those that do. */
export class PackageTableNames {
  readonly #find: Statement<[string]>;
  readonly #known = new Set<number>();

  constructor(database: Database) {
    this.#find = database.prepare(`SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?`);
  }

  has(topic: number): boolean {
    if (this.#known.has(topic)) return true;
    if (this.#find.get(packageTable(topic)) === undefined) return false;
    if (this.#known.size >= REMEMBERED) this.#known.clear();
    this.#known.add(topic);
    return true;
  }

  /** The table of a topic may be there no more. */
  forget(topic: number): void {
    this.#known.delete(topic);
  }
}

const REMEMBERED = 10_000;
