import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { MANIFEST_FILE } from './manifest';
import { removeLeftOver } from './partial-directory';

const NAME = /^writer-hub-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d(?:-\d{3})?Z$/;
const REMOVED = '.removed';

/** The name of a backup in a folder of several: they sort by time. */
export function nameOf(time: Date): string {
  return `writer-hub-${time.toISOString().replace(/[:.]/g, '-')}`;
}

/** The backups in a folder, the oldest first. */
export function backupsIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => NAME.test(name) && existsSync(join(folder, name, MANIFEST_FILE)))
    .sort();
}

/**
 * Removes all but the newest backups of a folder, and what interrupted processes left there; gives the names of the
 * backups that it removed.
 */
export function rotate(folder: string, keep: number): string[] {
  removeLeftOver(folder, (name) => NAME.test(name));
  for (const name of readdirSync(folder)) if (isRemoved(name)) remove(join(folder, name));
  const removed = backupsIn(folder).slice(0, -keep);
  for (const name of removed) {
    // Half of a backup is not one: it loses its name first.
    const path = join(folder, name);
    renameSync(path, path + REMOVED);
    remove(path + REMOVED);
  }
  return removed;
}

function isRemoved(name: string): boolean {
  return name.endsWith(REMOVED) && NAME.test(name.slice(0, -REMOVED.length));
}

function remove(path: string): void {
  rmSync(path, { recursive: true, force: true });
}
