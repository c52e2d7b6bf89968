import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { WriterHubError } from '../../../errors';

/**
 * While files of a data directory are exchanged for those of a backup, this file says which: what lies there then is of
 * both, and nobody may open it.
 */
export function restoreMarker(directory: string): string {
  return join(directory, 'restore-in-progress.json');
}

/** Throws `store_unavailable` when a restore into a data directory did not come to its end. */
export function refuseUnfinishedRestore(directory: string): void {
  if (!existsSync(restoreMarker(directory))) return;
  throw new WriterHubError(
    'store_unavailable',
    `a restore into ${directory} was interrupted: run "writer-hub restore" again, which begins by undoing it`,
  );
}
