import { WriterHubError } from '../../errors';
import type { LogCluster, LogState } from './log-cluster';
import { pause } from './pause';

/** How long it waits before the cluster is asked again that could not answer, milliseconds. */
const ASK_AGAIN = 1000;

/** Calls `LogCluster.ensure` until the cluster answers. Rejects when it refuses, or when `ending` is aborted. */
export async function askForLog(
  cluster: LogCluster,
  log: string,
  ending: AbortSignal,
  keptFor?: number,
): Promise<LogState> {
  for (;;) {
    try {
      return await cluster.ensure(log, keptFor);
    } catch (error) {
      if (ending.aborted || (error instanceof WriterHubError && error.code !== 'store_unavailable')) throw error;
      await pause(ASK_AGAIN, ending);
    }
  }
}
