import { accessSync, constants, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { WriterHubError } from '../../errors';
import type { CheckedDatabase } from '../../store/sqlite/backup/jobs';
import { runJob } from '../../store/sqlite/backup/run-job';
import { databaseFile } from '../../store/sqlite/file/database-file';
import { refuseUnfinishedRestore } from '../../store/sqlite/file/restore-marker';
import { version } from '../../version';
import { CommandError } from '../command-error';
import { sha256Of, sync } from './files';
import { DATABASE_FILE, fingerprintOf, MANIFEST_FILE, newManifest, SECRET_FILE, type Manifest } from './manifest';
import { PartialDirectory } from './partial-directory';

export interface BackupOptions {
  readonly dataDir: string;
  /** The directory that is made; its parent is there. */
  readonly target: string;
  /** Aborted: everything is removed again, and the backup rejects with the reason. */
  readonly signal: AbortSignal;
  /** Called with the file that grows, and about how large it becomes, in bytes. */
  readonly onCopying?: (file: string, bytes: number) => void;
}

/**
 * Makes a backup of a data directory, whether a server runs on it or not: the database as it is at one moment, the
 * secret that tokens are signed with, and a manifest. It has its name when it is whole, checked and on disk.
 */
export async function makeBackup({ dataDir, target, signal, onCopying }: BackupOptions): Promise<Manifest> {
  const source = databaseFile(dataDir);
  const size = statSync(source, { throwIfNoEntry: false })?.size;
  if (size === undefined) throw new CommandError(`there is no database in ${dataDir}: name the data directory`);
  accessSync(source, constants.R_OK);
  refuseUnfinishedRestore(dataDir);
  if (existsSync(target)) throw new CommandError(`${target} exists already: name a directory that there is not yet`);
  if (!existsSync(dirname(target))) throw new CommandError(`there is no directory ${dirname(target)}`);
  const partial = new PartialDirectory(target);
  try {
    const createdAt = new Date().toISOString();
    const database = join(partial.path, DATABASE_FILE);
    onCopying?.(database, size);
    const { schema, topics } = await copyDatabase(source, database, signal);
    const sha256 = await sha256Of(database, signal);
    const secret = copySecret(dataDir, partial.path);
    const { size: bytes } = statSync(database);
    const manifest = newManifest({
      version,
      schema,
      createdAt,
      database: { bytes, sha256 },
      secret,
      topics: [...topics],
    });
    write(join(partial.path, MANIFEST_FILE), `${JSON.stringify(manifest, null, 2)}\n`);
    sync(database);
    signal.throwIfAborted();
    partial.finish();
    return manifest;
  } catch (error) {
    partial.discard();
    signal.throwIfAborted();
    throw error;
  }
}

/** What is wrong is said of the file that it is wrong with. */
function copyDatabase(from: string, to: string, signal: AbortSignal): Promise<CheckedDatabase> {
  return runJob<'copy'>({ kind: 'copy', from, to }, signal).catch((error: unknown) => {
    if (!(error instanceof WriterHubError)) throw error;
    throw new CommandError(`${from} cannot be backed up: ${error.message}`, { cause: error });
  });
}

/** There is none where the server is given it in its environment. */
function copySecret(dataDir: string, directory: string): Manifest['secret'] {
  const path = join(dataDir, SECRET_FILE);
  if (!existsSync(path)) return null;
  const secret = readFileSync(path, 'utf8');
  write(join(directory, SECRET_FILE), secret);
  return { fingerprint: fingerprintOf(secret) };
}

function write(path: string, text: string): void {
  writeFileSync(path, text, { flag: 'wx', mode: 0o600, flush: true });
}
