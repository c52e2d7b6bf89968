import { type Config, ConfigError, options, type OptionName, type OptionSpec } from '../config';
import type { ConfigFile, FileSetting } from './config-file';
import { refuseContradictions } from './contradictions';
import { GivenNames, type Origin } from './given-names';
import { parseOption } from './option-value';
import { readSecretFile, secretFileFlag, secretFileVariable } from './secret-files';

/** The flags of a command line, by their names without dashes. */
export type Flags = ReadonlyMap<string, string>;

const ALL = Object.keys(options) as OptionName[];

/** Where options are looked for, the first of them first. */
export interface SettingsSources {
  readonly flags: Flags;
  readonly env: NodeJS.ProcessEnv;
  readonly file?: ConfigFile | undefined;
}

/** The options in force. */
export interface Settings {
  readonly config: Config;
  /** As it was written, or is by default; absent: the option has no value. */
  readonly texts: ReadonlyMap<OptionName, string>;
  readonly origins: ReadonlyMap<OptionName, Origin>;
}

/** The text of an option, and where it comes from. */
interface Given {
  readonly text: string;
  readonly origin: Origin;
  /** What a message names. */
  readonly label: string;
}

/**
 * Reads options from flags, then from the environment, then from a configuration file, then from their defaults. A
 * variable that is empty counts as not set. Throws a `ConfigError` that lists everything that is wrong. `names`: those
 * that are looked at (default: all); others have their defaults.
 */
export function loadSettings(sources: SettingsSources, names: readonly OptionName[] = ALL): Settings {
  const problems: string[] = [];
  const values = new Map<OptionName, unknown>();
  const texts = new Map<OptionName, string>();
  const origins = new Map<OptionName, Origin>();
  for (const name of ALL) {
    const spec: OptionSpec<unknown> = options[name];
    try {
      const given = (names.includes(name) ? find(name, spec, sources) : undefined) ?? byDefault(spec);
      if (given === undefined) continue;
      values.set(name, parseOption(spec, given));
      texts.set(name, given.text);
      origins.set(name, given.origin);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      problems.push(error.message);
    }
  }
  if (problems.length > 0) throw new ConfigError(problems.join('\n'));
  const config = Object.fromEntries(ALL.map((name) => [name, values.get(name)]));
  return { config: refuseContradictions(config as Config, new GivenNames(origins)), texts, origins };
}

/**
 * Reads every option from flags, then from the environment, then from its default. An empty environment variable counts
 * as not set. Throws a `ConfigError` that lists everything that is wrong.
 */
export function loadConfig(flags: Partial<Record<OptionName, string>>, env: NodeJS.ProcessEnv): Config {
  const given = Object.entries(flags).map(([name, text]) => [options[name as OptionName].flag, text] as const);
  return loadSettings({ flags: new Map(given), env }).config;
}

/** Completes the settings of a program that embeds the server with the defaults. Throws a `ConfigError`. */
export function completeConfig(settings: Partial<Config>): Config {
  const given = Object.entries(settings).filter(([, value]) => value !== undefined);
  return refuseContradictions({ ...loadConfig({}, {}), ...Object.fromEntries(given) });
}

function find(name: OptionName, spec: OptionSpec<unknown>, { flags, env, file }: SettingsSources): Given | undefined {
  const ofFile = (setting: FileSetting | undefined, key: string): Given | undefined => {
    if (setting === undefined || file === undefined) return undefined;
    const where = `${file.path}:${setting.line}`;
    return { text: setting.text, origin: { kind: 'file', where }, label: `${where}: ${key} =` };
  };
  const ofFlag = (flag: string): Given | undefined => simple('flag', `--${flag}`, flags.get(flag));
  const ofEnv = (variable: string): Given | undefined => simple('environment', variable, env[variable] || undefined);
  if (spec.secret !== true) return ofFlag(spec.flag) ?? ofEnv(spec.env) ?? ofFile(file?.settings.get(name), spec.flag);
  const flag = secretFileFlag(spec);
  return (
    secret(ofFlag(spec.flag), ofFlag(flag)) ??
    secret(ofEnv(spec.env), ofEnv(secretFileVariable(spec))) ??
    secret(ofFile(file?.settings.get(name), spec.flag), ofFile(file?.secretFiles.get(name), flag))
  );
}

function simple(kind: 'flag' | 'environment', where: string, text: string | undefined): Given | undefined {
  return text === undefined ? undefined : { text, origin: { kind, where }, label: where };
}

/** A secret itself, or that in a file; not both, since one of them would count for nothing. */
function secret(itself: Given | undefined, inFile: Given | undefined): Given | undefined {
  if (inFile === undefined) return itself;
  const { text: path, label, origin } = inFile;
  const source = label.replace(/ =$/, '');
  if (itself !== undefined) {
    throw new ConfigError(`${itself.label.replace(/ =$/, '')} and ${source} are both set: give one of them`);
  }
  return { text: readSecretFile(path, source), origin: { ...origin, secretFile: path }, label: `${source} ${path}` };
}

function byDefault({ default: text, env }: OptionSpec<unknown>): Given | undefined {
  if (text === undefined) return undefined;
  return { text, origin: { kind: 'default', where: '' }, label: `default of ${env}` };
}
