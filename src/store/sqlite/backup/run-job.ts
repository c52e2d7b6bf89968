import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { WriterHubError } from '../../../errors';
import { DamageError } from '../channel/failure';
import { BACKUP_PROCESS_FILE } from '../channel/worker-file';
import type { BackupJobs, BackupRequest, JobAnswer } from './jobs';

/**
 * Does a job in a process of its own. Rejects with a `WriterHubError` that says why when it fails (`DamageError` when
 * the database is not sound), and with the reason of the signal when that is aborted: then the process is gone.
 */
export async function runJob<Kind extends keyof BackupJobs>(
  request: BackupJobs[Kind]['request'],
  signal: AbortSignal,
): Promise<BackupJobs[Kind]['result']> {
  signal.throwIfAborted();
  // The environment may hold the server's secret.
  const child = fork(BACKUP_PROCESS_FILE, { env: {}, execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const kill = (): void => {
    child.kill('SIGKILL');
  };
  signal.addEventListener('abort', kill);
  try {
    const answer = await answerOf(child, request);
    signal.throwIfAborted();
    if (answer === undefined) {
      throw new WriterHubError(
        'store_unavailable',
        'the process that works on the database was ended: too little memory?',
      );
    }
    if (!('error' in answer)) return answer.result as BackupJobs[Kind]['result'];
    const { message, isDamage } = answer.error;
    throw isDamage ? new DamageError(message) : new WriterHubError('store_unavailable', message);
  } finally {
    signal.removeEventListener('abort', kill);
  }
}

/** What the process says, if it says anything before it ends. */
async function answerOf(child: ChildProcess, request: BackupRequest): Promise<JobAnswer | undefined> {
  let answer: JobAnswer | undefined;
  child.on('message', (message) => {
    answer = message as JobAnswer;
  });
  const ended = once(child, 'close');
  // That it has ended is learnt from its end.
  child.send(request, () => undefined);
  await ended;
  return answer;
}
