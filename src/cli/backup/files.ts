import { createHash } from 'node:crypto';
import { chownSync, closeSync, createReadStream, fsyncSync, openSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';

/** A part of a file is read at a time. */
const CHUNK_BYTES = 1024 * 1024;

/** Has a file, or the names in a directory, last through a power cut. */
export function sync(path: string): void {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** SHA-256 of the bytes of a file, in hexadecimal digits. */
export async function sha256Of(path: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: CHUNK_BYTES, signal }))
    hash.update(chunk as Buffer);
  return hash.digest('hex');
}

/**
 * Copies a file to one that there is not yet, with mode 0600; gives the SHA-256 of what was copied. Once it has failed
 * nothing is under way any more: the file may be removed, with its directory.
 */
export async function copyFile(from: string, to: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  const source = await open(from);
  try {
    const target = await open(to, 'wx', 0o600);
    try {
      await pipeline(
        source.createReadStream({ highWaterMark: CHUNK_BYTES }),
        async function* (chunks: AsyncIterable<Buffer>) {
          for await (const chunk of chunks) {
            hash.update(chunk);
            yield chunk;
          }
        },
        target.createWriteStream(),
        { signal },
      );
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
  sync(to);
  return hash.digest('hex');
}

/** Gives a file to whom a directory belongs, when an administrator made it: the server runs as somebody else. */
export function giveToOwnerOf(directory: string, path: string): void {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = statSync(directory);
  chownSync(path, uid, gid);
}
