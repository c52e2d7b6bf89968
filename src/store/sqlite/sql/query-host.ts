import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { Worker } from 'node:worker_threads';
import { QUERY_WORKER_FILE } from '../channel/worker-file';
import { MEMORY_MARK, type ProcessSettings, type QueryRequest, type WorkerNews } from './query-messages';

/**
 * The main thread of a query process. The thread beside it is inside SQLite while a query runs and can neither hear nor be stopped, so
 * that this one watches: over its memory, and over the server, whose end is the end of the process.
 */

/** How often the memory is looked at while a query runs, milliseconds. */
const WATCH_INTERVAL = 20;

const settings = JSON.parse(process.argv[2] ?? '') as ProcessSettings;
const worker = new Worker(QUERY_WORKER_FILE, { workerData: settings });
let watch: NodeJS.Timeout | undefined;
let running = 0;
let most: number | undefined;

// A key that stops the server reaches the whole group of processes; the server says itself when this one is no longer needed.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);

createInterface({ input: process.stdin })
  .on('line', (line) => {
    const request = JSON.parse(line) as QueryRequest;
    worker.postMessage(request);
    if (request.kind !== 'query') return;
    running += 1;
    watch ??= setInterval(watchMemory, WATCH_INTERVAL);
  })
  .on('close', end);

worker.on('message', (news: WorkerNews) => {
  if (news === 'ready') {
    allowMemory();
    return;
  }
  running -= 1;
  if (running > 0) return;
  clearInterval(watch);
  watch = undefined;
});
worker.on('error', (error) => {
  writeSync(2, String(error.stack));
  end();
});

/** What the process takes by itself does not count. */
function allowMemory(): number {
  most ??= process.memoryUsage.rss() + settings.maxMemoryBytes;
  return most;
}

function watchMemory(): void {
  if (process.memoryUsage.rss() <= allowMemory()) return;
  writeSync(2, MEMORY_MARK);
  end();
}

/** Nothing gentler ends a thread that is inside SQLite. The connection only reads: there is nothing to lose. */
function end(): void {
  process.kill(process.pid, 'SIGKILL');
}
