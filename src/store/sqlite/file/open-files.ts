import { statSync } from 'node:fs';
import { DamageError } from '../channel/failure';
import type { FileId } from '../channel/messages';
import { indexFile, logFile } from './database-file';

/**
 * The files of an open database, as they were when it was opened. Whoever removes or replaces one of them leaves the
 * connections with files that have no name any more: what is written to those is gone when they are closed.
 */
export class OpenFiles {
  readonly #ids: readonly (readonly [path: string, id: FileId | undefined])[];
  readonly #logFile: string;

  /** Called when the database is open; `expected` is what its file was when it was opened before. */
  constructor(databaseFile: string, expected?: FileId) {
    this.#logFile = logFile(databaseFile);
    this.#ids = [databaseFile, this.#logFile, indexFile(databaseFile)].map((path) => [path, idOf(path)]);
    if (expected !== undefined) checkId(databaseFile, idOf(databaseFile), expected);
  }

  get database(): FileId | undefined {
    return this.#ids[0]?.[1];
  }

  /** Throws `DamageError` unless every file is still there under its name. Gives the bytes of the write-ahead log. */
  check(): number {
    let logBytes = 0;
    for (const [path, id] of this.#ids) {
      const now = statSync(path, { throwIfNoEntry: false });
      if (id !== undefined) checkId(path, now, id);
      if (path === this.#logFile) logBytes = now?.size ?? 0;
    }
    return logBytes;
  }
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
