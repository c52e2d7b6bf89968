import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { ConfigError, type OptionName } from '../config';
import { unreadable } from './config-path';
import { fileInTheWay } from './file-in-the-way';
import { GivenNames } from './given-names';
import type { Settings } from './settings';

/** Refuses a data directory that is a file, or lies in one, with a `ConfigError`. */
export function refuseFileForDirectory({ config, origins }: Pick<Settings, 'config' | 'origins'>): void {
  const file = fileInTheWay(config.dataDir);
  if (file === undefined) return;
  throw new ConfigError(`${new GivenNames(origins).at('dataDir')}: ${file} is a file, not a directory`);
}

/** Refuses files that options name, and that a server could not be started with, with a `ConfigError`. */
export function refuseUnusableFiles({ config, origins }: Pick<Settings, 'config' | 'origins'>): void {
  refuseFileForDirectory({ config, origins });
  const names = new GivenNames(origins);
  const read = (name: OptionName, path: string): Buffer => {
    try {
      return readFileSync(path);
    } catch (error) {
      throw unreadable(names.at(name), path, error);
    }
  };
  const { tlsCertFile, tlsKeyFile, kafkaCaFile, store } = config;
  if (store === 'kafka' && kafkaCaFile !== undefined) read('kafkaCaFile', kafkaCaFile);
  if (tlsCertFile === undefined || tlsKeyFile === undefined) return;
  const pair = { cert: read('tlsCertFile', tlsCertFile), key: read('tlsKeyFile', tlsKeyFile) };
  try {
    createSecureContext(pair);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigError(
      `${names.at('tlsCertFile')} ${tlsCertFile} cannot be used with the key ${tlsKeyFile}: ${reason}`,
    );
  }
}
