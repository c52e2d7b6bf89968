import { mkdirSync, rmdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A data directory that is made if there is none, and can be removed again if nothing has come of it. */
export class MadeDirectory {
  readonly #path: string;
  /** The uppermost directory that had to be made; `undefined`: everything was there. */
  readonly #first: string | undefined;

  constructor(path: string) {
    this.#path = path;
    this.#first = mkdirSync(path, { recursive: true, mode: 0o700 });
  }

  /** Leaves what was there before, and what others have put there since. */
  remove(): void {
    if (this.#first === undefined) return;
    rmSync(join(this.#path, 'writer-hub.lock'), { force: true });
    try {
      for (let path = this.#path; path.length >= this.#first.length; path = dirname(path)) rmdirSync(path);
    } catch (error) {
      if (!isNotEmpty(error)) throw error;
    }
  }
}

function isNotEmpty(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOTEMPTY' || error.code === 'EEXIST');
}
