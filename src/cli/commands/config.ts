import { Command } from 'commander';
import { type ConfigFlags, showConfig } from '../config-command';
import { printTo } from '../print';
import { withServerOptions } from '../server-options';
import type { Surroundings } from '../surroundings';

export function configCommand({ env, stdout }: Surroundings): Command {
  const command = new Command('config')
    .description('Print the options that a server would have here, and where each comes from. Secrets are not shown.')
    .option('--json', 'JSON', false)
    .option('--check [file]', 'say what is wrong with a file (default: the one that would be read), and end with 2')
    .option('--example', 'print a configuration file with all options, each as a comment', false);
  const flagsOf = withServerOptions(command);
  return command.action(async (given: ConfigFlags & Record<string, unknown>) => {
    await showConfig(given, flagsOf(given), env, printTo(stdout));
  });
}
