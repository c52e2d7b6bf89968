import { readlinkSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { basename } from 'node:path';

/**
 * Lets all other threads, of this process and of others, go first when there are not enough cores. On Linux a thread
 * has a priority of its own, and its number is where `/proc/thread-self` leads; elsewhere nothing changes. The greater
 * `priority` is, the less of a core it gets that others want too: with 3 half as much as they, with 10 a tenth.
 */
export function giveWay(priority: number = constants.priority.PRIORITY_BELOW_NORMAL): void {
  try {
    setPriority(Number(basename(readlinkSync('/proc/thread-self'))), priority);
  } catch {
    // A thread that does not give way is no worse than one that cannot.
  }
}
