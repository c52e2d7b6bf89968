import type { Config, OptionName } from '../config';
import { type ConfigFile, readConfigFile } from './config-file';
import { type ConfigPath, findConfigPath } from './config-path';
import { type Flags, loadSettings, type Settings } from './settings';

/** The flag that names a configuration file. */
export const CONFIG_FLAG = 'config';

/** The flags, the environment and the configuration file that a server was started with. */
export class ConfigSource {
  /** The file, which is settled with the first look: another one that appears later is not read. */
  readonly file: ConfigPath | undefined;
  readonly #flags: Flags;
  readonly #env: NodeJS.ProcessEnv;
  #read: ConfigFile | undefined;
  #watched: readonly string[] = [];

  /** Throws a `ConfigError` when a file was named that cannot be read. */
  constructor(flags: Flags, env: NodeJS.ProcessEnv) {
    this.#flags = flags;
    this.#env = env;
    this.file = findConfigPath(flags.get(CONFIG_FLAG), env);
  }

  /** Reads everything again, or some options alone. Throws a `ConfigError` that lists what is wrong. */
  load(names?: readonly OptionName[]): Settings {
    const file = this.file === undefined ? undefined : readConfigFile(this.file.path);
    const settings = loadSettings({ flags: this.#flags, env: this.#env, file }, names);
    this.#read = file;
    this.#watched = filesOf(settings);
    return settings;
  }

  /** Whether the file that was read last holds a secret that everybody on the machine may read. */
  get exposesSecret(): boolean {
    return this.#read?.exposesSecret === true;
  }

  /** The files that the settings which were loaded last depend on: that of the settings, secrets, the certificate. */
  get files(): readonly string[] {
    return [...(this.file === undefined ? [] : [this.file.path]), ...this.#watched];
  }
}

function filesOf({ config, origins }: Settings): string[] {
  const secrets = [...origins.values()].map(({ secretFile }) => secretFile);
  const { tlsCertFile, tlsKeyFile }: Config = config;
  return [...secrets, tlsCertFile, tlsKeyFile].filter((path) => path !== undefined);
}
