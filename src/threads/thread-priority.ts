import { readlinkSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { basename } from 'node:path';

/**
 * Lets all other threads, of this process and of others, go first when there are not enough cores. On Linux a thread
 * has a priority of its own, and its number is where `/proc/thread-self` leads; elsewhere nothing changes.
 */
export function giveWay(): void {
  try {
    setPriority(Number(basename(readlinkSync('/proc/thread-self'))), constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // A thread that does not give way is no worse than one that cannot.
  }
}
