import { Command } from 'commander';
import { ConfigSource } from '../../settings/config-source';
import { printTo } from '../print';
import { withServerOptions } from '../server-options';
import type { Surroundings } from '../surroundings';

export function serveCommand({ env, stdout }: Surroundings): Command {
  const command = new Command('serve').description(
    'Run the server. Every option can be set in a configuration file and in the environment as well.',
  );
  const flagsOf = withServerOptions(command);
  return command.action(async (given: Record<string, unknown>) => {
    const source = new ConfigSource(flagsOf(given), env);
    // The server is most of the program, and every other command does without it.
    const { serve } = await import('../serve.js');
    await serve(source, env, printTo(stdout));
  });
}
