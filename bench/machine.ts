import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { cpus, loadavg, release, totalmem, type } from 'node:os';
import path from 'node:path';
import { withTemporaryDirectory } from './support/temporary';

/** Describes the machine: processor, memory, kernel, Node, how long its disk takes to sync, and its load. */
export async function describeMachine(directory: string): Promise<string> {
  const model = cpus()[0]?.model.trim() ?? 'unknown processor';
  const load = loadavg()[0] ?? Number.NaN;
  const sync = await syncLatency(directory);
  return [
    `${model}, ${cpus().length} cores, ${Math.round(totalmem() / 1e9)} GB of memory`,
    `${type()} ${release()}`,
    `Node ${process.version}`,
    `fdatasync after a 4 KiB append: median ${sync.median.toFixed(2)} ms, 99th percentile ${sync.p99.toFixed(2)} ms`,
    `load average before the first scenario: ${load.toFixed(2)}`,
  ].join('; ');
}

async function syncLatency(parent: string): Promise<{ median: number; p99: number }> {
  return withTemporaryDirectory((directory) => {
    const file = openSync(path.join(directory, 'sync'), 'w');
    const block = Buffer.alloc(4096, 1);
    const times = Array.from({ length: 300 }, () => {
      const start = performance.now();
      writeSync(file, block);
      fdatasyncSync(file);
      return performance.now() - start;
    }).sort((a, b) => a - b);
    closeSync(file);
    return Promise.resolve({ median: times[150]!, p99: times[297]! });
  }, parent);
}
