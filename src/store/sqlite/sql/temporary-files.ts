import { fstatSync, mkdirSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Linux alone tells a process which files it has open, even those that have no name any more. */
const DESCRIPTORS = '/proc/self/fd';

/** Whether temporary files can be measured here. Where they cannot, queries do with memory. */
export const MEASURES_FILES = process.platform === 'linux';

/** Where the temporary files of queries lie: on the disk of the data. */
export function temporaryDirectory(databaseFile: string): string {
  return join(dirname(databaseFile), 'sql-temp');
}

/** Makes the directory, without what a machine that lost its power has left there. */
export function prepareTemporaryDirectory(directory: string): void {
  removeTemporaryDirectory(directory);
  mkdirSync(directory, { mode: 0o700 });
}

export function removeTemporaryDirectory(directory: string): void {
  rmSync(directory, { recursive: true, force: true });
}

/**
 * Bytes of the temporary files this process has open in a directory. SQLite removes their names as soon as it has
 * opened them, so that they vanish with the process, and so does their place in the directory.
 */
export function temporaryBytes(directory: string): number {
  let bytes = 0;
  for (const descriptor of readdirSync(DESCRIPTORS)) {
    try {
      if (readlinkSync(join(DESCRIPTORS, descriptor)).startsWith(directory))
        bytes += fstatSync(Number(descriptor)).size;
    } catch (error) {
      // Another thread has closed it meanwhile; so has `readdir` its own.
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'ENOENT' && code !== 'EBADF') throw error;
    }
  }
  return bytes;
}
