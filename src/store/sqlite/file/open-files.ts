import { statSync, type Stats } from 'node:fs';
import { DamageError } from '../channel/failure';
import type { FileId } from '../channel/messages';
import { indexFile, logFile } from './database-file';

/** At every how many checks the index is looked at. */
const INDEX_EVERY = 16;

/**
 * The files of an open database, as they were when it was opened. Whoever removes or replaces one of them leaves the
 * connections with files that have no name any more: what is written to those is gone when they are closed.
 */
export class OpenFiles {
  readonly database: FileId | undefined;
  readonly #databaseFile: string;
  readonly #log: FileId | undefined;
  readonly #index: FileId | undefined;
  #checks = 0;

  /** Called when the database is open; `expected` is what its file was when it was opened before. */
  constructor(databaseFile: string, expected?: FileId) {
    this.#databaseFile = databaseFile;
    this.database = idOf(databaseFile);
    this.#log = idOf(logFile(databaseFile));
    this.#index = idOf(indexFile(databaseFile));
    if (expected !== undefined) checkId(databaseFile, this.database, expected);
  }

  /**
   * Throws `DamageError` unless every file is still there under its name. Gives the bytes of the write-ahead log. The
   * index, without which nothing is lost that was written, is looked at now and then.
   */
  check(): number {
    const logBytes = checked(logFile(this.#databaseFile), this.#log)?.size ?? 0;
    checked(this.#databaseFile, this.database);
    this.#checks += 1;
    if (this.#checks % INDEX_EVERY === 0) checked(indexFile(this.#databaseFile), this.#index);
    return logBytes;
  }
}

function checked(path: string, expected: FileId | undefined): Stats | undefined {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (expected !== undefined) checkId(path, stats, expected);
  return stats;
}

/** Bytes of a database and of its write-ahead log; 0 for a file that is not there. */
export function fileSizes(databaseFile: string): { readonly databaseBytes: number; readonly logBytes: number } {
  return { databaseBytes: sizeOf(databaseFile), logBytes: sizeOf(logFile(databaseFile)) };
}

/** Which file lies under a name, as the operating system knows it. */
export function idOf(path: string): FileId | undefined {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats && { dev: stats.dev, ino: stats.ino };
}

/** Throws `DamageError` unless the file under this path is this one. */
export function checkId(path: string, now: FileId | undefined, expected: FileId): void {
  if (now?.ino === expected.ino && now.dev === expected.dev) return;
  const what = now === undefined ? 'removed' : 'replaced by another file';
  throw new DamageError(`the file ${path} was ${what} while the store had it open`);
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
