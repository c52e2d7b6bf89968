import { Command } from 'commander';
import { runBackup, type BackupFlags } from '../backup/backup-command';
import type { Surroundings } from '../surroundings';
import { countFromOne, path } from './options';

export function backupCommand(surroundings: Surroundings): Command {
  return new Command('backup')
    .description('Copy a data directory, while a server runs on it or not: database, secret and a manifest, checked.')
    .argument('<directory>', 'the backup: a directory that there is not yet', path)
    .option(
      '--keep <n>',
      'the directory is a folder of backups named by time, of which the newest n are kept',
      countFromOne,
    )
    .option('--data-dir <directory>', 'data directory of the server [WRITER_HUB_DATA_DIR] (default: ./data)')
    .option('--json', 'print the manifest, its path and what was removed', false)
    .action(async (directory: string, flags: BackupFlags) => {
      await runBackup(directory, flags, surroundings);
    });
}
