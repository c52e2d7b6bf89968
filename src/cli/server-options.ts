import { type Command, Option } from 'commander';
import { options, type OptionSpec } from '../config';
import { type OptionGroup, optionGroups } from '../option-groups';
import { CONFIG_FLAG } from '../settings/config-source';
import { CONFIG_FILE_NAME, CONFIG_VARIABLE } from '../settings/config-path';
import { secretFileFlag, secretFileVariable } from '../settings/secret-files';
import type { Flags } from '../settings/settings';

/**
 * Gives a command all options of the server, or some, and that of the configuration file. Returns what finds those
 * given.
 */
export function withServerOptions(
  command: Command,
  groups: readonly OptionGroup[] = optionGroups,
): (given: Record<string, unknown>) => Flags {
  const keys = new Map<string, string>();
  const add = (flag: string, placeholder: string, text: string, heading: string): void => {
    const option = new Option(`--${flag} <${placeholder}>`, text).helpGroup(`${heading}:`);
    keys.set(flag, option.attributeName());
    command.addOption(option);
  };
  const file = `Configuration file [${CONFIG_VARIABLE}] (default: the first of ./${CONFIG_FILE_NAME}, ${places()})`;
  add(CONFIG_FLAG, 'file', file, 'Where the options are');
  for (const { heading, names } of groups) {
    for (const name of names) {
      const spec: OptionSpec<unknown> = options[name];
      const { flag, unit, meaning, env, default: preset = '' } = spec;
      add(flag, unit ?? 'value', `${meaning} [${env}]${preset === '' ? '' : ` (default: ${preset})`}`, heading);
      if (spec.secret === true) {
        add(secretFileFlag(spec), 'file', `File that holds it, in its place. [${secretFileVariable(spec)}]`, heading);
      }
    }
  }
  return (given) =>
    new Map(
      [...keys].flatMap(([flag, key]) => {
        const text = given[key];
        return typeof text === 'string' ? [[flag, text] as const] : [];
      }),
    );
}

function places(): string {
  return ['$XDG_CONFIG_HOME', '/etc'].map((place) => `${place}/writer-hub/${CONFIG_FILE_NAME}`).join(', ');
}
