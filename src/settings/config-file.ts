import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { ConfigError, options, type OptionName, type OptionSpec } from '../config';
import { nearest } from '../nearest';
import { unreadable } from './config-path';
import { type FileValue, readFileValue } from './file-values';
import { parseOption } from './option-value';
import { secretFileFlag, secretFileVariable } from './secret-files';
import { readTomlKeys, type TomlEntry } from './toml-keys';

/** The text of an option, or the path of the file its secret is in, and the line it stands in. */
export interface FileSetting {
  readonly text: string;
  readonly line: number;
}

/** What a configuration file says. */
export interface ConfigFile {
  readonly path: string;
  readonly settings: ReadonlyMap<OptionName, FileSetting>;
  /** Of secrets: the files they are in. */
  readonly secretFiles: ReadonlyMap<OptionName, FileSetting>;
  /** Whether it holds a secret that others than the owner and the group may read. */
  readonly exposesSecret: boolean;
}

/** Larger ones are no configuration. */
const MOST_BYTES = 1024 * 1024;

/** Reads a configuration file. Throws a `ConfigError` that lists everything that is wrong with line, key and reason. */
export function readConfigFile(path: string): ConfigFile {
  const { text, mode } = readText(path);
  const { settings, secretFiles } = parseConfigFile(text, path);
  const holdsSecret = [...settings.keys()].some((name) => (options[name] as OptionSpec<unknown>).secret === true);
  const exposesSecret = holdsSecret && process.platform !== 'win32' && (mode & 0o007) !== 0;
  return { path, settings, secretFiles, exposesSecret };
}

function readText(path: string): { text: string; mode: number } {
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    const { size, mode } = fstatSync(file);
    if (size > MOST_BYTES) throw new ConfigError(`${path} has ${size} bytes: this is no configuration file`);
    return { text: readFileSync(file, 'utf8'), mode };
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw unreadable('the configuration file', path, error);
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/** Reads the text of a configuration file; `path` is for messages. Throws as `readConfigFile`. */
export function parseConfigFile(text: string, path: string): Pick<ConfigFile, 'settings' | 'secretFiles'> {
  const keys = readTomlKeys(text);
  if ('fault' in keys) throw new ConfigError(`${path}:${keys.fault.line}: ${keys.fault.reason}`);
  const settings = new Map<OptionName, FileSetting>();
  const secretFiles = new Map<OptionName, FileSetting>();
  const lines = new Map<string, number>();
  const problems: string[] = [];
  for (const entry of keys.entries) {
    const { key, line } = entry;
    const known = KEYS.get(key);
    const fault = misplaced(entry, lines.get(key)) ?? (known === undefined ? unknownKey(key) : undefined);
    lines.set(key, lines.get(key) ?? line);
    if (fault !== undefined || known === undefined) {
      problems.push(`${path}:${line}: ${fault ?? unknownKey(key)}`);
      continue;
    }
    const value = readValue(known, entry, `${path}:${line}: ${key}`);
    if ('problem' in value) problems.push(value.problem);
    else (known.isSecretFile ? secretFiles : settings).set(known.name, { text: value.text, line });
  }
  if (problems.length > 0) throw new ConfigError(problems.join('\n'));
  return { settings, secretFiles };
}

interface Key {
  readonly name: OptionName;
  readonly isSecretFile: boolean;
}

const KEYS: ReadonlyMap<string, Key> = new Map(
  Object.entries<OptionSpec<unknown>>(options).flatMap(([key, spec]): [string, Key][] => {
    const name = key as OptionName;
    const own: [string, Key] = [spec.flag, { name, isSecretFile: false }];
    return spec.secret === true ? [own, [secretFileFlag(spec), { name, isSecretFile: true }]] : [own];
  }),
);

function misplaced({ key, isTable }: TomlEntry, before: number | undefined): string | undefined {
  if (isTable) return `${key} is a table or stands in one: all keys stand at the top, without tables`;
  return before === undefined ? undefined : `${key} stands there twice: in line ${before} already`;
}

function unknownKey(key: string): string {
  // Some write the name of the variable, or what they take for it, with dashes or without.
  const spellings = new Map(
    [...KEYS.keys()].flatMap((flag) => [flag, `WRITER_HUB_${flag}`].map((name) => [name, flag])),
  );
  for (const spec of Object.values<OptionSpec<unknown>>(options)) {
    spellings.set(spec.env, spec.flag);
    if (spec.secret === true) spellings.set(secretFileVariable(spec), secretFileFlag(spec));
  }
  const meant = spellings.get(nearest(key, spellings.keys()) ?? '');
  const hint = meant === undefined ? 'see writer-hub config --example' : `did you mean ${meant}?`;
  return `${key.slice(0, 100)} is no option; ${hint}`;
}

/** `label`: where it stands, and its key. */
function readValue({ name, isSecretFile }: Key, { key, value }: TomlEntry, label: string): FileValue {
  if (isSecretFile) {
    return typeof value === 'string'
      ? { text: value }
      : { problem: `${label} has to be a path in quotes: ${key} = "…"` };
  }
  const read = readFileValue(options[name], value);
  if ('problem' in read) return { problem: `${label} ${read.problem}` };
  try {
    parseOption(options[name], { text: read.text, label: `${label} =` });
    return read;
  } catch (error) {
    if (error instanceof ConfigError) return { problem: error.message };
    throw error;
  }
}
