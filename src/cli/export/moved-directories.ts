import { join, resolve } from 'node:path';
import type { Config } from '../../config';
import { UsageError } from '../usage-error';

export interface ExportFlags {
  readonly to: 'kafka' | 'sqlite';
  readonly targetDir?: string;
  readonly viewDir?: string;
  readonly verify: boolean;
  readonly json: boolean;
}

/** The name of the view that is made where no other is named. */
const VIEW = 'kafka-view';

/** The data directories of a move. */
export interface MovedDirectories {
  readonly source: string;
  readonly target: string;
}

/** Which directories are meant. Throws a `UsageError` when the flags do not go together. */
export function directoriesOf({ dataDir }: Config, { to, targetDir, viewDir }: ExportFlags): MovedDirectories {
  const view = resolve(viewDir ?? join(dataDir, VIEW));
  if (to === 'kafka') {
    if (targetDir !== undefined) throw new UsageError('--target-dir goes with --to sqlite');
    return { source: resolve(dataDir), target: view };
  }
  if (targetDir === undefined) throw new UsageError('--to sqlite needs --target-dir: the data directory that is made');
  return { source: view, target: resolve(targetDir) };
}
