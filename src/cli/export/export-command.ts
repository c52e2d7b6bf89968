import type { Config } from '../../config';
import { WriterHubError } from '../../errors';
import { createLogger } from '../../log';
import { compareRetention, compareStores } from '../../moving/compare-stores';
import { copyRetention, copyStore, topicsOf } from '../../moving/copy-store';
import { OtherContent, type Move, type MovedStore } from '../../moving/moved-store';
import { CommandError } from '../command-error';
import { untilInterrupted } from '../interrupted';
import type { Surroundings } from '../surroundings';
import { type Outcome, report } from './export-report';
import { ExportProgress } from './export-progress';
import { directoriesOf, type ExportFlags } from './moved-directories';
import { openMove } from './opened-move';

/**
 * The most characters that are stored together: with the largest event or row behind them they fit into a record, of up
 * to four times the bytes of the largest message.
 */
const MOST_BATCHED = 256 * 1024;

/** Opens both stores. */
export type OpenMove = typeof openMove;

/**
 * Runs `writer-hub export`. Rejects with a `CommandError` when it cannot be done, or the two stores differ at the end,
 * and with a `UsageError` when the flags do not go together.
 */
export async function runExport(
  config: Config,
  flags: ExportFlags,
  surroundings: Surroundings,
  open: OpenMove = openMove,
): Promise<void> {
  const directories = directoriesOf(config, flags);
  const signal = untilInterrupted(surroundings);
  const logger = createLogger('warn', { format: 'pretty' });
  const started = performance.now();
  const { close, ...stores } = await open(config, directories, { to: flags.to, logger, signal });
  try {
    const progress = new ExportProgress(surroundings.stderr, await recordsOf(stores.source.store));
    const onProgress: Move['onProgress'] = (phase, counts) => {
      progress.add(phase, counts);
    };
    const batchCharacters = Math.min(MOST_BATCHED, config.maxMessageBytes / 2);
    const done = await carryOut({ ...stores, signal, onProgress, batchCharacters }, flags.verify).finally(() => {
      progress.stop();
    });
    const outcome = { ...done, seconds: (performance.now() - started) / 1000 };
    await report(outcome, { ...flags, directories, hasSecret: config.jwtSecret !== undefined }, surroundings);
  } catch (error) {
    signal.throwIfAborted();
    throw explained(error);
  } finally {
    await close();
  }
}

/** Retention comes last: what it removes would not be the same any more. */
async function carryOut(move: Move, isVerifying: boolean): Promise<Omit<Outcome, 'seconds'>> {
  if (isVerifying) return { comparison: await compareStores(move, { withRetention: true }) };
  const copied = await copyStore(move);
  const comparison = await compareStores(move, { withRetention: false });
  if (comparison.differences.count === 0) {
    await copyRetention(move);
    await compareRetention(move, comparison.differences);
  }
  return { copied, comparison };
}

/** How many events and rows a store has. Rejects with a `CommandError` for one that is empty: another was meant. */
async function recordsOf(store: MovedStore): Promise<number> {
  let [topics, records] = [0, 0];
  for await (const { recordCount, dataSource } of topicsOf(store)) {
    topics += 1;
    records += recordCount + (dataSource?.quarantineCount ?? 0);
  }
  if (topics === 0) throw new CommandError('there is nothing to copy: the source has no topics and no data sources');
  return records;
}

/** What went wrong is not how the command was called. */
function explained(error: unknown): unknown {
  if (error instanceof OtherContent) return new CommandError(`${error.message}: nothing was written`, { cause: error });
  return error instanceof WriterHubError ? new CommandError(error.message, { cause: error }) : error;
}
