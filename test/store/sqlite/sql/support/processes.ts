import { execFileSync } from 'node:child_process';
import { setImmediate } from 'node:timers/promises';

/** Ids of the processes that a process has started. */
export function childrenOf(parent: number): number[] {
  return execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' })
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, ppid, ...args]) => Number(ppid) === parent && args.join(' ').includes('query-host'))
    .map(([pid]) => Number(pid));
}

/** Resolves when there is no such process any more. */
export async function gone(pid: number): Promise<void> {
  while (isThere(pid)) await setImmediate();
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    // ESRCH: that is what is waited for.
    return false;
  }
}
