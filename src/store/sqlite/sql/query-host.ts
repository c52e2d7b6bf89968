import { writeSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { QUERY_WORKER_FILE } from '../channel/worker-file';
import {
  MEMORY_LIMIT_MESSAGE,
  TEMPORARY_LIMIT_MESSAGE,
  type ProcessSettings,
  type ProcessRequest,
  type WorkerStatus,
} from './query-messages';
import { temporaryBytes } from './temporary-files';

/**
 * The main thread of a query process. While a query runs, the worker thread is inside SQLite and can neither receive
 * messages nor be stopped. So this thread watches its memory and its files, and ends the process when the server ends.
 */

/** How often memory and files are checked while a query runs, in milliseconds. */
const WATCH_INTERVAL = 20;

/** How much young garbage JavaScript gathers before it collects it: that of samples would count as a query's memory. */
const YOUNG_GENERATION_MEBIBYTES = 4;

const settings = JSON.parse(process.argv[2] ?? '') as ProcessSettings;
const worker = new Worker(QUERY_WORKER_FILE, {
  workerData: settings,
  resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MEBIBYTES },
});
let watch: NodeJS.Timeout | undefined;
let running = 0;
let limit: number | undefined;

// Ctrl-C is sent to the whole process group, but the server decides when it no longer needs this process.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);

let unfinished = '';
// Not by `node:readline`, which from Node.js 24 on ends a line at U+2028 too, where JSON may have it within a text.
process.stdin
  .setEncoding('utf8')
  .on('data', (piece: string) => {
    const lines = piece.split('\n');
    lines[0] = unfinished + lines[0]!;
    unfinished = lines.pop()!;
    lines.forEach(take);
  })
  .on('close', killProcess);

worker.on('message', (status: WorkerStatus) => {
  if (status === 'ready') {
    memoryLimit();
    return;
  }
  running -= 1;
  if (running > 0) return;
  clearInterval(watch);
  watch = undefined;
});
worker.on('error', (error) => {
  writeSync(2, String(error.stack));
  killProcess();
});

function take(line: string): void {
  const request = JSON.parse(line) as ProcessRequest;
  worker.postMessage(request);
  if (request.kind === 'access') return;
  running += 1;
  watch ??= setInterval(watchLimits, WATCH_INTERVAL);
}

/** The memory at which the process ends, of which what it takes without a query does not count. */
function memoryLimit(): number {
  limit ??= process.memoryUsage.rss() + settings.maxMemoryBytes;
  return limit;
}

function watchLimits(): void {
  if (process.memoryUsage.rss() > memoryLimit()) endBecause(MEMORY_LIMIT_MESSAGE);
  const { temporaryDirectory, maxTemporaryBytes } = settings;
  if (maxTemporaryBytes > 0 && temporaryBytes(temporaryDirectory) > maxTemporaryBytes) {
    endBecause(TEMPORARY_LIMIT_MESSAGE);
  }
}

function endBecause(message: string): void {
  writeSync(2, message);
  killProcess();
}

/** Only SIGKILL ends a thread that is inside SQLite. The connection only reads, so nothing is lost. */
function killProcess(): void {
  process.kill(process.pid, 'SIGKILL');
}
