import { spawn } from 'node:child_process';
import { fstatSync } from 'node:fs';
import type { Writable } from 'node:stream';

/**
 * Calls `onClosed` when whoever reads stdout through a pipe has gone. A process hears of that when it writes, and
 * Node.js has no way to ask; the `tail` of GNU looks at its own stdout all the time and ends by SIGPIPE, so one is
 * given the same pipe. Where there is no such `tail`, nothing is noticed before the next write. Returns what ends the
 * watch.
 */
export function watchPipe(stdout: Writable & { readonly fd?: number }, onClosed: () => void): () => void {
  const { fd } = stdout;
  if (fd === undefined || !fstatSync(fd).isFIFO()) return () => undefined;
  // It goes with this process, however that ends.
  const args = ['-f', '/dev/null', `--pid=${process.pid}`];
  const watcher = spawn('tail', args, { stdio: ['ignore', fd, 'ignore'] });
  watcher.unref();
  watcher.once('error', () => undefined);
  watcher.once('exit', (_, signal) => {
    if (signal === 'SIGPIPE') onClosed();
  });
  return () => {
    watcher.kill();
  };
}
