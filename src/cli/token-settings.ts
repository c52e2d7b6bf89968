import type { Config, OptionName } from '../config';
import { ConfigSource } from '../settings/config-source';
import { refuseFileForDirectory } from '../settings/named-files';

/** What makes tokens that a server accepts, as that server would find it here. */
export interface TokenSettings {
  /** Given rather than in the data directory. */
  readonly secret: string | undefined;
  readonly issuer: string | undefined;
  readonly audience: string | undefined;
  readonly dataDir: string;
  /** Whether a flag, a variable or the configuration file names the data directory. */
  readonly isNamed: boolean;
}

const NAMES: OptionName[] = ['jwtSecret', 'jwtIssuer', 'jwtAudience', 'dataDir'];

/** Reads them from the environment and the configuration file; `dataDir`: that of a flag. Throws a `ConfigError`. */
export function tokenSettings(dataDir: string | undefined, env: NodeJS.ProcessEnv): TokenSettings {
  const flags = new Map(dataDir === undefined ? [] : [['data-dir', dataDir]]);
  const settings = new ConfigSource(flags, env).load(NAMES);
  refuseFileForDirectory(settings);
  const { config, origins } = settings;
  const { jwtSecret, jwtIssuer, jwtAudience }: Config = config;
  return {
    secret: jwtSecret,
    issuer: jwtIssuer,
    audience: jwtAudience,
    dataDir: config.dataDir,
    isNamed: origins.get('dataDir')?.kind !== 'default',
  };
}
