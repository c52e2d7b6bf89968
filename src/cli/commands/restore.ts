import { Command } from 'commander';
import { runRestore, type RestoreFlags } from '../backup/restore-command';
import type { Surroundings } from '../surroundings';
import { path } from './options';

export function restoreCommand(surroundings: Surroundings): Command {
  return new Command('restore')
    .description(
      'Put a backup in the place of a data directory, on which no server runs. What was there is kept beside it.',
    )
    .argument('<backup>', 'the directory that "writer-hub backup" made', path)
    .option('--data-dir <directory>', 'data directory of the server [WRITER_HUB_DATA_DIR] (default: ./data)')
    .option('--json', 'print what was restored, and where what was there is kept', false)
    .action(async (backup: string, flags: RestoreFlags) => {
      await runRestore(backup, flags, surroundings);
    });
}
