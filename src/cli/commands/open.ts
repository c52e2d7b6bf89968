import { Command } from 'commander';
import { openConsole, type OpenFlags } from '../open';
import type { Surroundings } from '../surroundings';
import { withTarget } from './options';

export function openCommand(surroundings: Surroundings): Command {
  const command = new Command('open')
    .description('Open the console in a browser, signed in for an hour as an administrator, or with the token given.')
    .option('--print', 'print the address, and open nothing', false);
  return withTarget(command).action(async (flags: OpenFlags) => {
    await openConsole(flags, surroundings);
  });
}
