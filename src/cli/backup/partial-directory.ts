import { mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { sync } from './files';

/** A directory that has its name when it is whole, and until then another one. */
export class PartialDirectory {
  readonly path: string;
  readonly #name: string;

  /** Makes it, readable by its owner alone; what earlier processes left unfinished of the same name is removed. */
  constructor(name: string) {
    this.#name = name;
    this.path = `${name}.${process.pid}.partial`;
    removeLeftOver(dirname(name), (left) => left === basename(name));
    mkdirSync(this.path, { mode: 0o700 });
  }

  /** Gives it its name. What is in it has to be synced. */
  finish(): void {
    sync(this.path);
    renameSync(this.path, this.#name);
    sync(dirname(this.#name));
  }

  discard(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** Removes what processes left unfinished in a folder that run no more, of the names that are asked for. */
export function removeLeftOver(folder: string, isWanted: (name: string) => boolean): void {
  for (const entry of readdirSync(folder)) {
    const [, name, pid] = /^(.+)\.(\d+)\.partial$/.exec(entry) ?? [];
    if (name === undefined || !isWanted(name) || isRunning(Number(pid))) continue;
    rmSync(join(folder, entry), { recursive: true, force: true });
  }
}

/** Whether another process has this number. */
function isRunning(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
