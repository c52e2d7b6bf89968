import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { databaseFile } from '../../store/sqlite/file/database-file';
import { restoreMarker } from '../../store/sqlite/file/restore-marker';
import { CommandError } from '../command-error';
import { sync } from './files';
import { SECRET_FILE } from './manifest';

/** What SQLite keeps beside a database: with another database under the name each of these would damage it. */
const SIDE_FILES = ['-wal', '-shm', '-journal'];

const plan = z.object({
  /** Files that are exchanged, by their names, and the names that what was there is kept under. */
  files: z.array(z.object({ name: z.string(), aside: z.string(), existed: z.boolean() })),
});

type Plan = z.infer<typeof plan>;

/** New files for a data directory, which lie in a directory of the same file system. */
export interface NewFiles {
  readonly dataDir: string;
  readonly stage: string;
  readonly withSecret: boolean;
  readonly now: Date;
}

/**
 * Exchanges the database of a data directory, all files beside it, and the secret, for new ones. Names of files are
 * exchanged, not that of the directory, which may be a mount. What was there is kept under other names; gives those.
 * When it is interrupted, `undoSwap` puts everything back.
 */
export function swap({ dataDir, stage, withSecret, now }: NewFiles): string[] {
  const planned = planOf(dataDir, withSecret, now);
  writePlan(dataDir, stage, planned);
  try {
    exchange(planned, { dataDir, stage, withSecret });
  } catch (error) {
    undoSwap(dataDir);
    throw error;
  }
  rmSync(restoreMarker(dataDir));
  sync(dataDir);
  return planned.files.filter(({ existed }) => existed).map(({ aside }) => join(dataDir, aside));
}

function exchange(planned: Plan, { dataDir, stage, withSecret }: Omit<NewFiles, 'now'>): void {
  for (const { name, aside, existed } of planned.files) {
    if (existed) renameSync(join(dataDir, name), join(dataDir, aside));
  }
  sync(dataDir);
  for (const name of [...(withSecret ? [SECRET_FILE] : []), basename(databaseFile(dataDir))]) {
    renameSync(join(stage, name), join(dataDir, name));
  }
  sync(dataDir);
}

/** Puts back what an interrupted exchange has set aside. Gives whether there was one. */
export function undoSwap(dataDir: string): boolean {
  const marker = restoreMarker(dataDir);
  if (!existsSync(marker)) return false;
  for (const { name, aside, existed } of readPlan(marker).files) {
    const [path, kept] = [join(dataDir, name), join(dataDir, aside)];
    if (existsSync(kept)) renameSync(kept, path);
    else if (!existed) rmSync(path, { force: true });
  }
  sync(dataDir);
  rmSync(marker);
  sync(dataDir);
  return true;
}

function planOf(dataDir: string, withSecret: boolean, now: Date): Plan {
  const suffix = `.before-restore-${now.toISOString().replace(/[:.]/g, '-')}`;
  const database = basename(databaseFile(dataDir));
  const exchanged = (name: string, aside: string): Plan['files'][number] => ({
    ...{ name, aside },
    existed: existsSync(join(dataDir, name)),
  });
  return {
    files: [
      exchanged(database, database + suffix),
      // SQLite finds them by these names.
      ...SIDE_FILES.map((side) => exchanged(database + side, database + suffix + side)),
      ...(withSecret ? [exchanged(SECRET_FILE, SECRET_FILE + suffix)] : []),
    ],
  };
}

/** From when it has its name on, the directory is no server's. */
function writePlan(dataDir: string, stage: string, planned: Plan): void {
  const marker = restoreMarker(dataDir);
  const draft = join(stage, basename(marker));
  writeFileSync(draft, JSON.stringify(planned), { flag: 'wx', mode: 0o600, flush: true });
  renameSync(draft, marker);
  sync(dirname(marker));
}

function readPlan(marker: string): Plan {
  try {
    return plan.parse(JSON.parse(readFileSync(marker, 'utf8')));
  } catch (error) {
    throw new CommandError(`${marker} cannot be read: look at the files named *.before-restore-* beside it`, {
      cause: error,
    });
  }
}
