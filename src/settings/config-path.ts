import { homedir, userInfo } from 'node:os';
import { accessSync, constants } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { ConfigError } from '../config';

/** The name of a configuration file, wherever it lies. */
export const CONFIG_FILE_NAME = 'writer-hub.toml';

/** The variable that names a configuration file. */
export const CONFIG_VARIABLE = 'WRITER_HUB_CONFIG';

/** Where the settings of this machine lie. */
const SYSTEM_DIRECTORY = '/etc/writer-hub';

/** A configuration file, and how it was found. */
export interface ConfigPath {
  /** Absolute. */
  readonly path: string;
  /** `--config`, `WRITER_HUB_CONFIG`, or that it lies at one of the usual places. */
  readonly foundBy: 'flag' | 'environment' | 'place';
  /** Files at later places, which are not read. */
  readonly passedOver: readonly string[];
}

/**
 * Finds the one configuration file that is read: that of `--config`, else of `WRITER_HUB_CONFIG`, else the first of
 * those at the usual places. Files are not merged, so that one file says all that files say, and a forgotten one
 * elsewhere cannot change a server. Throws a `ConfigError` when a named file is missing, or one cannot be read.
 */
export function findConfigPath(flag: string | undefined, env: NodeJS.ProcessEnv): ConfigPath | undefined {
  const variable = env[CONFIG_VARIABLE];
  if (flag !== undefined) return named(flag, 'flag', '--config');
  if (variable !== undefined && variable !== '') return named(variable, 'environment', CONFIG_VARIABLE);
  const [path, ...passedOver] = usualPlaces(env).filter((place) => isThere(place));
  return path === undefined ? undefined : { path, foundBy: 'place', passedOver };
}

/** Where a configuration file is looked for, the first of them first. */
export function usualPlaces(env: NodeJS.ProcessEnv): string[] {
  const given = env['XDG_CONFIG_HOME'] ?? '';
  // XDG Base Directory Specification: relative paths are invalid, and ignored.
  const user = isAbsolute(given) ? given : join(env['HOME'] ?? homedir(), '.config');
  return [
    resolve(CONFIG_FILE_NAME),
    join(user, 'writer-hub', CONFIG_FILE_NAME),
    join(SYSTEM_DIRECTORY, CONFIG_FILE_NAME),
  ];
}

/** A file that cannot be read: which, by whom, and why. */
export function unreadable(what: string, path: string, error: unknown): ConfigError {
  const { uid } = userInfo();
  // What node:fs throws names the path once more.
  const reason = (error as NodeJS.ErrnoException).message.replace(/, \w+ '.*'$/s, '');
  return new ConfigError(`${what} ${path} cannot be read by ${uid >= 0 ? `uid ${uid}` : 'this user'}: ${reason}`);
}

function named(path: string, foundBy: 'flag' | 'environment', source: string): ConfigPath {
  const absolute = resolve(path);
  try {
    accessSync(absolute, constants.R_OK);
  } catch (error) {
    throw unreadable(`${source}:`, absolute, error);
  }
  return { path: absolute, foundBy, passedOver: [] };
}

/** Whether there is a file, also one that may not be read: it would not do to go on without it. */
function isThere(path: string): boolean {
  try {
    accessSync(path, constants.F_OK);
    return true;
  } catch (error) {
    // Whatever node:fs throws is an object.
    const { code } = error as NodeJS.ErrnoException;
    // EACCES: a folder that this user may not enter, such as the home of another one.
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EACCES') return false;
    throw unreadable('the configuration file', path, error);
  }
}
