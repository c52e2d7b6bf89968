import { existsSync, mkdirSync, readFileSync, rmSync, statfsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { WriterHubError } from '../../errors';
import { runJob } from '../../store/sqlite/backup/run-job';
import { databaseFile } from '../../store/sqlite/file/database-file';
import { DirectoryLock } from '../../store/sqlite/file/directory-lock';
import { CommandError } from '../command-error';
import { copyFile, giveToOwnerOf, sync } from './files';
import { DATABASE_FILE, fingerprintOf, isSame, readManifest, SECRET_FILE, type Manifest } from './manifest';
import { backupsIn } from './rotation';
import { MadeDirectory } from './made-directory';
import { swap, undoSwap } from './swap';

/** Where the new files are put together, in the data directory: renaming them is all that is left then. */
const STAGE = 'restore.partial';

export interface RestoreOptions {
  readonly backup: string;
  readonly dataDir: string;
  readonly signal: AbortSignal;
  readonly note: (text: string) => void;
}

/** What was restored, and under which names lies what was there before. */
export interface Restored {
  readonly manifest: Manifest;
  readonly kept: readonly string[];
}

/**
 * Puts a backup in the place of what a data directory holds. Nothing there is touched before the backup has been
 * copied, read to its end and compared with its manifest. Rejects with a `CommandError` when the backup is not one, not
 * whole, or a newer version's, and when a server runs on the directory.
 */
export async function restoreBackup(options: RestoreOptions): Promise<Restored> {
  const { backup, dataDir } = options;
  refuseFolder(backup);
  const manifest = readManifest(backup);
  refuseOtherSize(join(backup, DATABASE_FILE), manifest);
  if (manifest.secret !== null && !existsSync(join(backup, SECRET_FILE)))
    throw damaged(backup, `${SECRET_FILE} is missing`);
  const made = new MadeDirectory(dataDir);
  try {
    return await restoreInto(manifest, options);
  } catch (error) {
    made.remove();
    throw error;
  }
}

async function restoreInto(manifest: Manifest, options: RestoreOptions): Promise<Restored> {
  const { dataDir, note } = options;
  const lock = lockOf(dataDir);
  const stage = join(dataDir, STAGE);
  try {
    if (undoSwap(dataDir)) note('a restore that was interrupted has been undone');
    rmSync(stage, { recursive: true, force: true });
    mkdirSync(stage, { mode: 0o700 });
    await fill(stage, manifest, options);
    const kept = swap({ dataDir, stage, withSecret: manifest.secret !== null, now: new Date() });
    return { manifest, kept };
  } catch (error) {
    options.signal.throwIfAborted();
    throw error;
  } finally {
    rmSync(stage, { recursive: true, force: true });
    lock.release();
  }
}

async function fill(stage: string, manifest: Manifest, options: RestoreOptions): Promise<void> {
  const { backup, dataDir, signal, note } = options;
  refuseLittleRoom(dataDir, manifest.database.bytes);
  const file = join(stage, DATABASE_FILE);
  const sha256 = await copyFile(join(backup, DATABASE_FILE), file, signal);
  if (sha256 !== manifest.database.sha256) throw damaged(backup, 'the database is not the one of its manifest');
  if (manifest.secret !== null) await copySecret(stage, manifest.secret, options);
  const ofBackup = join(backup, DATABASE_FILE);
  const { schema, topics } = await saidOf(ofBackup, runJob<'check'>({ kind: 'check', file }, signal));
  if (schema !== manifest.schema || !isSame(topics, manifest.topics)) {
    throw damaged(backup, 'the database does not hold what its manifest says');
  }
  const previous = existsSync(databaseFile(dataDir)) ? databaseFile(dataDir) : undefined;
  const backedUpAt = Date.parse(manifest.createdAt);
  const renewed = runJob<'renew'>({ kind: 'renew', file, previous, backedUpAt }, signal);
  const { unread } = await saidOf(ofBackup, renewed);
  if (unread !== undefined) {
    note(`tokens that were revoked after the backup are valid again, as the database here cannot be read: ${unread}`);
  }
  sync(file);
  giveToOwnerOf(dataDir, file);
  signal.throwIfAborted();
}

async function copySecret(stage: string, { fingerprint }: NonNullable<Manifest['secret']>, options: RestoreOptions) {
  const { backup, dataDir, signal } = options;
  const copy = join(stage, SECRET_FILE);
  await copyFile(join(backup, SECRET_FILE), copy, signal);
  if (fingerprintOf(readFileSync(copy, 'utf8')) !== fingerprint) {
    throw damaged(backup, 'the secret is not the one of its manifest');
  }
  giveToOwnerOf(dataDir, copy);
}

/** A folder of several backups is none itself; which of them is meant is not guessed. */
function refuseFolder(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) return;
  const newest = backupsIn(path).at(-1);
  if (newest === undefined) return;
  throw new CommandError(`${path} is a folder of backups: name one of them, such as the newest, ${join(path, newest)}`);
}

function refuseOtherSize(file: string, { database }: Manifest): void {
  const size = statSync(file, { throwIfNoEntry: false })?.size;
  if (size === database.bytes) return;
  const what = size === undefined ? 'is missing' : `has ${size} bytes, not ${database.bytes}`;
  throw new CommandError(`the backup is damaged: ${file} ${what}`);
}

function refuseLittleRoom(directory: string, needed: number): void {
  const { bavail, bsize } = statfsSync(directory);
  if (bavail * bsize >= needed) return;
  throw new CommandError(`the backup takes ${needed} bytes, and ${bavail * bsize} are free in ${directory}`);
}

/** A job reads a copy, under another name and beside the database that is replaced: says whose it is what is wrong. */
async function saidOf<T>(file: string, job: Promise<T>): Promise<T> {
  try {
    return await job;
  } catch (error) {
    if (!(error instanceof WriterHubError)) throw error;
    const message = `${file}, the database of the backup, cannot be restored: ${error.message}`;
    throw new CommandError(message, { cause: error });
  }
}

/** The lock that a running server holds; the operating system lets it go with its process, however that ends. */
function lockOf(dataDir: string): DirectoryLock {
  try {
    const lock = DirectoryLock.acquire(dataDir);
    giveToOwnerOf(dataDir, join(dataDir, 'writer-hub.lock'));
    return lock;
  } catch (error) {
    if (!(error instanceof WriterHubError)) throw error;
    throw new CommandError(`${error.message}: stop the server first`, { cause: error });
  }
}

function damaged(backup: string, why: string): CommandError {
  return new CommandError(`the backup ${backup} is damaged: ${why}`);
}
