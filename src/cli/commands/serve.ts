import { Command, Option } from 'commander';
import { loadConfig, options, type OptionName, type OptionSpec } from '../../config';
import { optionGroups } from '../../option-groups';
import { printTo } from '../print';
import type { Surroundings } from '../surroundings';

export function serveCommand({ env, stdout }: Surroundings): Command {
  const command = new Command('serve').description(
    'Run the server. Every option can be set in the environment as well.',
  );
  const flagOf = new Map<OptionName, string>();
  for (const { heading, names } of optionGroups) {
    for (const name of names) {
      const { flag, unit, meaning, env: variable, default: preset = '' }: OptionSpec<unknown> = options[name];
      const text = `${meaning} [${variable}]${preset === '' ? '' : ` (default: ${preset})`}`;
      const added = new Option(`--${flag} <${unit ?? 'value'}>`, text).helpGroup(`${heading}:`);
      flagOf.set(name, added.attributeName());
      command.addOption(added);
    }
  }
  return command.action(async (flags: Record<string, string | undefined>) => {
    const given = [...flagOf].flatMap(([name, key]) => (flags[key] === undefined ? [] : [[name, flags[key]]]));
    const config = loadConfig(Object.fromEntries(given) as Partial<Record<OptionName, string>>, env);
    // The server is most of the program, and every other command does without it.
    const { serve } = await import('../serve.js');
    await serve(config, env, printTo(stdout));
  });
}
