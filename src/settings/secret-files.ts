import { readFileSync } from 'node:fs';
import type { OptionSpec } from '../config';
import { unreadable } from './config-path';

/** The flag, and the key of the configuration file, that name a file in which a secret is. */
export function secretFileFlag({ flag }: Pick<OptionSpec<unknown>, 'flag'>): string {
  return `${flag}-file`;
}

/** The variable that does. */
export function secretFileVariable({ env }: Pick<OptionSpec<unknown>, 'env'>): string {
  return `${env}_FILE`;
}

/** The secret that is in a file, without the line break at its end. `source`: what names the file, for messages. */
export function readSecretFile(path: string, source: string): string {
  try {
    return readFileSync(path, 'utf8').replace(/\r?\n$/, '');
  } catch (error) {
    throw unreadable(`${source}:`, path, error);
  }
}
