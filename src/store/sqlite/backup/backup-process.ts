import { constants, setPriority } from 'node:os';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { DamageError, toStoreError } from '../channel/failure';
import type { BackupRequest, JobAnswer } from './jobs';
import { renewDatabase } from './renewal';
import { checkDatabase, copyDatabase } from './snapshot';

/**
 * The process that works on the database of a backup. SQLite runs in a thread of it, which cannot be stopped while it
 * copies or checks; so the main thread watches whoever started the process, and ends it when that one has ended.
 */

const DOING = {
  copy: 'copy the database',
  check: 'check the database',
  renew: 'bring the database up to date',
} as const;

function work(request: BackupRequest): unknown {
  switch (request.kind) {
    case 'copy':
      return copyDatabase(request.from, request.to);
    case 'check':
      return checkDatabase(request.file);
    case 'renew':
      return renewDatabase(request);
  }
}

function answer(request: BackupRequest): JobAnswer {
  try {
    return { result: work(request) };
  } catch (error) {
    const { message } = toStoreError(DOING[request.kind], error);
    return { error: { message, isDamage: error instanceof DamageError } };
  }
}

function watch(): void {
  // Ctrl-C is sent to the whole process group; whoever started this process ends it.
  process.on('SIGINT', () => undefined);
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
  process.once('message', (request) => {
    new Worker(__filename, { workerData: request }).once('message', (answered: JobAnswer) => {
      process.send?.(answered, () => {
        process.disconnect();
      });
    });
  });
}

// A server on the same machine goes first.
setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
if (isMainThread) watch();
else parentPort?.postMessage(answer(workerData as BackupRequest));
