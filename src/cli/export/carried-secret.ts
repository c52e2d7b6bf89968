import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { giveToOwnerOf, sync } from '../backup/files';
import { fingerprintOf, SECRET_FILE } from '../backup/manifest';
import type { MovedDirectories } from './moved-directories';

/**
 * Copies the secret that tokens are signed with to the data directory that was made, if it has none yet. Gives what is
 * to be said of it.
 */
export function carrySecret({ source, target }: MovedDirectories, isGiven: boolean): string {
  if (isGiven) return 'tokens are signed with WRITER_HUB_JWT_SECRET: give it to the new server as well';
  const [from, to] = [join(source, SECRET_FILE), join(target, SECRET_FILE)];
  if (!existsSync(from)) {
    return 'there is no secret in the source: the new server needs the WRITER_HUB_JWT_SECRET of the old one, or tokens stop being valid';
  }
  const secret = readFileSync(from, 'utf8');
  const fingerprint = fingerprintOf(secret);
  if (!existsSync(to)) {
    writeFileSync(to, secret, { flag: 'wx', mode: 0o600, flush: true });
    giveToOwnerOf(target, to);
    sync(target);
  } else if (fingerprintOf(readFileSync(to, 'utf8')) !== fingerprint) {
    return `${target} has a secret of its own: tokens signed with that of the source are not valid there`;
  }
  return `the secret is in ${target} (fingerprint ${fingerprint}): tokens go on working there`;
}
