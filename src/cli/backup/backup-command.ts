import { mkdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileInTheWay } from '../../settings/file-in-the-way';
import { untilInterrupted } from '../interrupted';
import { printTo } from '../print';
import type { Surroundings } from '../surroundings';
import { tokenSettings, type TokenSettings } from '../token-settings';
import { UsageError } from '../usage-error';
import { CopyProgress } from './copy-progress';
import { makeBackup } from './make-backup';
import { summaryOf, type Manifest } from './manifest';
import { nameOf, rotate } from './rotation';

export interface BackupFlags {
  readonly dataDir?: string;
  readonly keep?: number;
  readonly json: boolean;
}

/** Runs `writer-hub backup`: prints the path of the backup. */
export async function runBackup(directory: string, flags: BackupFlags, surroundings: Surroundings): Promise<void> {
  const { env, stdout, stderr } = surroundings;
  const settings = tokenSettings(flags.dataDir, env);
  const { keep, json } = flags;
  const folder = resolve(directory);
  const file = fileInTheWay(keep === undefined ? dirname(folder) : folder);
  if (file !== undefined) throw new UsageError(`${file} is a file, not a directory`);
  // Readable by nobody else: the secret is in it.
  if (keep !== undefined) mkdirSync(folder, { recursive: true, mode: 0o700 });
  const target = keep === undefined ? folder : join(folder, nameOf(new Date()));
  const progress = new CopyProgress(stderr);
  let manifest: Manifest;
  try {
    manifest = await makeBackup({
      dataDir: resolve(settings.dataDir),
      target,
      signal: untilInterrupted(surroundings),
      onCopying: (file, bytes) => {
        progress.start(file, bytes);
      },
    });
  } finally {
    progress.stop();
  }
  const removed = keep === undefined ? [] : rotate(folder, keep);
  stderr.write(
    `${summaryOf(manifest.topics)}; ${manifest.database.bytes} bytes, checked\n${secretNote(manifest, settings)}\n`,
  );
  for (const name of removed) stderr.write(`removed ${join(folder, name)}\n`);
  await printTo(stdout)(json ? `${JSON.stringify({ path: target, ...manifest, removed })}\n` : `${target}\n`);
}

function secretNote({ secret }: Manifest, settings: TokenSettings): string {
  if (secret === null || settings.secret !== undefined) {
    return 'note: tokens are signed with WRITER_HUB_JWT_SECRET, which is not part of the backup: keep it as well';
  }
  return `the secret that tokens are signed with is in it (fingerprint ${secret.fingerprint}): whoever reads it can make tokens`;
}
