import { resolve } from 'node:path';
import { untilInterrupted } from '../interrupted';
import { printTo } from '../print';
import type { Surroundings } from '../surroundings';
import { tokenSettings } from '../token-settings';
import { summaryOf } from './manifest';
import { restoreBackup } from './restore-backup';

export interface RestoreFlags {
  readonly dataDir?: string;
  readonly json: boolean;
}

/** Runs `writer-hub restore`. */
export async function runRestore(backup: string, flags: RestoreFlags, surroundings: Surroundings): Promise<void> {
  const { env, stdout, stderr } = surroundings;
  const settings = tokenSettings(flags.dataDir, env);
  const dataDir = resolve(settings.dataDir);
  const { manifest, kept } = await restoreBackup({
    backup: resolve(backup),
    dataDir,
    signal: untilInterrupted(surroundings),
    note: (text) => void stderr.write(`note: ${text}\n`),
  });
  const { createdAt, version, topics, secret } = manifest;
  stderr.write(`restored ${dataDir} as it was at ${createdAt} (version ${version}): ${summaryOf(topics)}\n`);
  stderr.write(
    secret === null || settings.secret !== undefined
      ? 'note: the server needs the WRITER_HUB_JWT_SECRET it had, or the tokens there are stop being valid\n'
      : `its secret is back (fingerprint ${secret.fingerprint}): tokens signed with it are valid\n`,
  );
  for (const path of kept) stderr.write(`kept what was there: ${path}\n`);
  const said = { dataDir, createdAt, version, kept, secret };
  if (flags.json) await printTo(stdout)(`${JSON.stringify(said)}\n`);
}
