import { join } from 'node:path';
import Database from 'better-sqlite3';
import { WriterHubError } from '../../../errors';
import { isLockedByAnother, toStoreError } from '../channel/failure';

/**
 * Makes sure that one store at a time works in a data directory. What is held is SQLite's lock on a small database of
 * its own: the operating system drops it with the process, however that ends, and the event database stays open to any
 * tool.
 */
export class DirectoryLock {
  readonly #database: Database.Database;

  private constructor(database: Database.Database) {
    this.#database = database;
  }

  /** Throws `store_unavailable` when another store, in this process or in another, holds the directory. */
  static acquire(directory: string): DirectoryLock {
    let database: Database.Database | undefined;
    try {
      database = new Database(join(directory, 'writer-hub.lock'), { timeout: 0 });
      database.exec('BEGIN EXCLUSIVE');
      return new DirectoryLock(database);
    } catch (error) {
      database?.close();
      if (!isLockedByAnother(error)) throw toStoreError('lock its data directory', error);
      const message = `the data directory ${directory} is in use by another writer-hub process`;
      throw new WriterHubError('store_unavailable', message, { cause: error });
    }
  }

  release(): void {
    this.#database.close();
  }
}
