import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';

/** Enough for what a broker has of some minutes. */
const MEGABYTES = 512;

const CHUNK = Buffer.alloc(64 * 1024);

/** A file system of its own in memory, which can be full. */
export class SmallDisk {
  readonly #directory: string;

  private constructor(directory: string) {
    this.#directory = directory;
  }

  /** Puts one in the place of a directory; `undefined`, and why: nobody may here. */
  static mount(directory: string): SmallDisk | string {
    mkdirSync(directory, { recursive: true });
    const { status, stderr, error } = spawnSync(
      'mount',
      ['-t', 'tmpfs', '-o', `size=${MEGABYTES}m`, 'tmpfs', directory],
      { encoding: 'utf8' },
    );
    return status === 0 ? new SmallDisk(directory) : (error?.message ?? stderr.trim());
  }

  /** Leaves no room in it. */
  fill(): void {
    const file = openSync(this.#filler, 'w');
    try {
      for (const chunk of [CHUNK, CHUNK.subarray(0, 1)]) writeUntilFull(file, chunk);
    } finally {
      closeSync(file);
    }
  }

  makeRoom(): void {
    rmSync(this.#filler, { force: true });
  }

  unmount(): void {
    spawnSync('umount', ['-l', this.#directory]);
  }

  get #filler(): string {
    return path.join(this.#directory, 'filler');
  }
}

function writeUntilFull(file: number, chunk: Uint8Array): void {
  try {
    while (writeSync(file, chunk) === chunk.length);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  }
}
