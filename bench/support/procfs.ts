import { readFileSync } from 'node:fs';

// Linux reports times to user space in hundredths of a second on every architecture Node runs on.
const MICROSECONDS_PER_TICK = 10_000;

/** User and system time of a process with all its threads, in microseconds; `NaN` where there is no /proc. */
export function cpuMicroseconds(pid: number): number {
  const stat = procFile(pid, 'stat');
  // proc(5): the second field is the command in parentheses and may hold spaces; utime and stime are fields 14 and 15.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11] ?? Number.NaN) + Number(fields[12] ?? Number.NaN)) * MICROSECONDS_PER_TICK;
}

/** The most memory a process has held in RAM so far, in MB (10^6 bytes); `NaN` where there is no /proc. */
export function peakMegabytes(pid: number): number {
  const kibibytes = /^VmHWM:\s+(\d+) kB$/m.exec(procFile(pid, 'status'))?.[1];
  return (Number(kibibytes ?? Number.NaN) * 1024) / 1e6;
}

/** The memory a process holds in RAM now, in MB (10^6 bytes); `NaN` where there is no /proc. */
export function residentMegabytes(pid: number): number {
  const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(procFile(pid, 'status'))?.[1];
  return (Number(kibibytes ?? Number.NaN) * 1024) / 1e6;
}

/**
 * How long the main thread of a process has waited for a processor so far although it had work, in milliseconds; `NaN`
 * where the kernel does not tell.
 */
export function waitedMilliseconds(pid: number): number {
  // Documentation/scheduler/sched-stats.rst: time on the processor, time in the run queue, in nanoseconds.
  const [, waited = ''] = procFile(pid, `task/${pid}/schedstat`).split(' ');
  return Number(waited || Number.NaN) / 1e6;
}

function procFile(pid: number, name: string): string {
  return process.platform === 'linux' ? readFileSync(`/proc/${pid}/${name}`, 'latin1') : '';
}
