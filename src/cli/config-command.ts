import { type Config, options, type OptionName, type OptionSpec } from '../config';
import { optionGroups } from '../option-groups';
import { configExample } from '../settings/config-example';
import { CONFIG_FLAG, ConfigSource } from '../settings/config-source';
import { refuseUnusableFiles } from '../settings/named-files';
import type { Flags, Settings } from '../settings/settings';
import type { Print } from './print';

export interface ConfigFlags {
  readonly json: boolean;
  readonly example: boolean;
  /** A file to be checked, or `true` for the one that would be read. */
  readonly check?: string | true;
}

/** Stands for a secret, whatever it is. */
const SET = '(set)';

/** Prints the options in force and where each comes from, or what is wrong with them, or an example of a file. */
export async function showConfig(
  { json, example, check }: ConfigFlags,
  flags: Flags,
  env: NodeJS.ProcessEnv,
  print: Print,
): Promise<void> {
  if (example) {
    await print(configExample());
    return;
  }
  const named = typeof check === 'string' ? new Map([...flags, [CONFIG_FLAG, check]]) : flags;
  const source = new ConfigSource(named, env);
  const settings = source.load();
  if (check !== undefined) {
    refuseUnusableFiles(settings);
    await print(checked(source, settings));
  } else await print(json ? asJson(source, settings) : asLines(source, settings));
}

function checked({ file }: ConfigSource, { origins }: Settings): string {
  if (file === undefined) return 'no configuration file; the variables and flags can be used\n';
  const count = [...origins.values()].filter(({ kind }) => kind === 'file').length;
  return `${file.path} can be used: ${count} option${count === 1 ? '' : 's'}\n`;
}

function asJson({ file }: ConfigSource, settings: Settings): string {
  const values: Readonly<Record<OptionName, unknown>> = settings.config;
  const rows = names().map((name) => {
    const { flag, env, reload, unit }: OptionSpec<unknown> = options[name];
    const value: unknown = isSecret(name) ? secretMark(name, settings) : values[name];
    return [flag, { value: value ?? null, unit, ...originOf(name, settings), env, reload: reload === true }] as const;
  });
  const all = { file: file?.path ?? null, passedOver: file?.passedOver ?? [], options: Object.fromEntries(rows) };
  return `${JSON.stringify(all, null, 2)}\n`;
}

function asLines({ file }: ConfigSource, settings: Settings): string {
  const rows = names().map((name) => {
    const { kind, where, secretFile } = originOf(name, settings);
    const value = isSecret(name) ? secretMark(name, settings) : settings.texts.get(name);
    const origin = kind === 'default' ? 'default' : where;
    return [
      options[name].flag,
      value ?? '(none)',
      secretFile === undefined ? origin : `${origin}, in ${secretFile}`,
    ] as const;
  });
  const widths = [0, 1].map((column) => Math.min(40, Math.max(...rows.map((row) => row[column]!.length))));
  const lines = rows.map(
    ([flag, value, origin]) => `${flag.padEnd(widths[0]!)}  ${value.padEnd(widths[1]!)}  ${origin}`,
  );
  const head = file === undefined ? ['no configuration file'] : [`configuration file ${file.path}`];
  const others = (file?.passedOver ?? []).map((path) => `not read: ${path}`);
  return `${[...head, ...others, '', ...lines].join('\n')}\n`;
}

function originOf(
  name: OptionName,
  { origins }: Settings,
): { kind: string; where: string; secretFile?: string | undefined } {
  return origins.get(name) ?? { kind: 'default', where: '' };
}

function isSecret(name: OptionName): boolean {
  return (options[name] as OptionSpec<unknown>).secret === true;
}

function secretMark(name: OptionName, { config }: { readonly config: Config }): string | undefined {
  return config[name] === undefined ? undefined : SET;
}

function names(): OptionName[] {
  return optionGroups.flatMap((group) => group.names);
}
