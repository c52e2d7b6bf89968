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
import { LEAST_SECRET_BYTES } from './secret';

/** The secret of a data directory. */
export interface LoadedSecret {
  readonly secret: string;
  /** Whether it was made just now, which is the first start. */
  readonly created: boolean;
  /** Whether others than the owner may read the file, which deserves a warning. */
  readonly exposed: boolean;
  readonly path: string;
}

/**
 * Reads the file `secret` of the data directory, and makes it (32 random bytes, mode 0600) when there is none. Of several processes that
 * start at once one makes it and all get the same. Throws when the file is there but cannot serve: a new secret
 * would silently make all tokens invalid.
 */
export function loadOrCreateSecret(dataDir: string): LoadedSecret {
  const path = join(dataDir, 'secret');
  const existing = readSecret(path);
  if (existing !== undefined) return { ...existing, created: false, path };
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const created = createSecret(path);
  const loaded = readSecret(path);
  if (loaded === undefined) throw new Error(`${path} was removed while it was being read`);
  return { ...loaded, created, path };
}

function readSecret(path: string): { secret: string; exposed: boolean } | undefined {
  const file = unless('ENOENT', () => openSync(path, 'r'));
  if (file === undefined) return undefined;
  try {
    const secret = readFileSync(file, 'utf8').trim();
    const length = Buffer.byteLength(secret);
    if (length < LEAST_SECRET_BYTES) {
      throw new Error(
        `${path} holds ${length} bytes and a secret needs at least ${LEAST_SECRET_BYTES}: restore the file, ` +
          'or delete it to have a new one made (tokens signed with the old one then stop being valid)',
      );
    }
    // Windows has no such modes and reports made-up ones.
    const exposed = process.platform !== 'win32' && (fstatSync(file).mode & 0o077) !== 0;
    return { secret, exposed };
  } finally {
    closeSync(file);
  }
}

/** Writes a new secret beside its place and links it there, so that nobody ever sees a part of it. Says whether it got the place. */
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

/** The result of an action, or `undefined` when it fails with this one code of the operating system. */
function unless<T>(code: string, action: () => T): T | undefined {
  try {
    return action();
  } catch (error) {
    if (typeof error === 'object' && error !== null && 'code' in error && error.code === code) return undefined;
    throw error;
  }
}
