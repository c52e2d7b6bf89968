import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fstatSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { LEAST_SECRET_BYTES, SecretError } from './secret';

/** The secret of a data directory. */
export interface LoadedSecret {
  readonly secret: string;
  /** Whether this call created it, as on the first start. */
  readonly created: boolean;
  /** Whether users other than the owner may read the file, which deserves a warning. */
  readonly exposed: boolean;
  readonly path: string;
}

/**
 * Reads the file `secret` of the data directory, and creates it (32 random bytes, mode 0600) when there is none. When
 * several processes start at once, one creates it and all get the same. Throws when the file exists but cannot be used:
 * a new secret would silently make all tokens invalid.
 */
export function loadOrCreateSecret(dataDir: string): LoadedSecret {
  const path = join(dataDir, 'secret');
  const existing = readSecret(path);
  if (existing !== undefined) return { ...existing, created: false, path };
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const created = createSecret(path);
  const loaded = readSecret(path);
  if (loaded === undefined) throw new SecretError(`${path} leads nowhere, or was removed while it was being read`);
  return { ...loaded, created, path };
}

/** Throws when there is a secret in a data directory, and it cannot be used. */
export function refuseUnusableSecret(dataDir: string): void {
  readSecret(join(dataDir, 'secret'));
}

function readSecret(path: string): { secret: string; exposed: boolean } | undefined {
  const file = unless('ENOENT', () => openSync(path, 'r'));
  if (file === undefined) return undefined;
  try {
    const secret = readFileSync(file, 'utf8').trim();
    const length = Buffer.byteLength(secret);
    if (length < LEAST_SECRET_BYTES) {
      throw new SecretError(
        `${path} holds ${length} bytes and a secret needs at least ${LEAST_SECRET_BYTES}: restore the file, ` +
          'or delete it to have a new one made (tokens signed with the old one then stop being valid)',
      );
    }
    // Windows has no such modes; what it reports is made up.
    const exposed = process.platform !== 'win32' && (fstatSync(file).mode & 0o077) !== 0;
    return { secret, exposed };
  } finally {
    closeSync(file);
  }
}

/**
 * Writes a new secret to a temporary file and links it into place, so that no reader ever sees part of it. Returns
 * false when another process was faster.
 */
function createSecret(path: string): boolean {
  const draft = `${path}.${randomBytes(8).toString('hex')}.new`;
  const file = openSync(draft, 'wx', 0o600);
  try {
    writeFileSync(file, `${randomBytes(32).toString('base64url')}\n`);
    fsyncSync(file);
    return unless('EEXIST', () => (linkSync(draft, path), true)) ?? false;
  } finally {
    closeSync(file);
    unlinkSync(draft);
  }
}

/** The result of an action, or `undefined` when it fails with this error code of the operating system. */
function unless<T>(code: string, action: () => T): T | undefined {
  try {
    return action();
  } catch (error) {
    // Whatever node:fs throws is an object.
    if ((error as NodeJS.ErrnoException).code === code) return undefined;
    throw error;
  }
}
