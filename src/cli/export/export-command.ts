import type { Config } from '../../config';
import { WriterHubError } from '../../errors';
import { createLogger } from '../../log';
import { compareStores, type Comparison } from '../../moving/compare-stores';
import { copyRetention, copyStore, topicsOf } from '../../moving/copy-store';
import { OtherContent, type EntryCounts, type Move, type MovedStore } from '../../moving/moved-store';
import { CommandError } from '../command-error';
import { untilInterrupted } from '../interrupted';
import { printTo } from '../print';
import type { Surroundings } from '../surroundings';
import { carrySecret } from './carried-secret';
import { ExportProgress } from './export-progress';
import { directoriesOf, openMove } from './opened-move';

export interface ExportFlags {
  readonly to: 'kafka' | 'sqlite';
  readonly targetDir?: string;
  readonly viewDir?: string;
  readonly verify: boolean;
  readonly json: boolean;
}

/** What is not carried over, whatever is moved. */
const LEFT_BEHIND =
  'note: everything counts as stored now, so ages for retention begin anew; positions that readers have kept mean nothing there; ' +
  "idempotency keys are forgotten, so nothing should be sent again across the move; topics take nobody's share any more";

/**
 * Runs `writer-hub export`. Rejects with a `CommandError` when it cannot be done, or the two stores differ at the end,
 * and with a `UsageError` when the flags do not go together.
 */
export async function runExport(config: Config, flags: ExportFlags, surroundings: Surroundings): Promise<void> {
  const { stdout, stderr } = surroundings;
  const directories = directoriesOf(config, flags);
  const signal = untilInterrupted(surroundings);
  const logger = createLogger('warn', { format: 'pretty' });
  const started = performance.now();
  const { close, ...stores } = await openMove(config, directories, { to: flags.to, logger, signal });
  let outcome: Outcome;
  try {
    const progress = new ExportProgress(stderr, await recordsOf(stores.source.store));
    const move = { ...stores, signal, onProgress: progress.add.bind(progress) };
    outcome = await carryOut(move, flags.verify).finally(() => {
      progress.stop();
    });
  } catch (error) {
    signal.throwIfAborted();
    throw explained(error);
  } finally {
    await close();
  }
  const seconds = (performance.now() - started) / 1000;
  const { copied, comparison } = outcome;
  const { differences, ...found } = comparison;
  if (copied !== undefined) stderr.write(`${LEFT_BEHIND}\n`);
  if (copied !== undefined && differences.count === 0) {
    stderr.write(`${carrySecret(directories, config.jwtSecret !== undefined)}\n`);
  }
  for (const text of differences.told) stderr.write(`differs: ${text}\n`);
  if (flags.json) {
    const said = { to: flags.to, ...directories, ...(copied && { copied }), ...found };
    const compared = { same: differences.count === 0, differences: differences.told, seconds };
    await printTo(stdout)(`${JSON.stringify({ ...said, ...compared })}\n`);
  }
  if (differences.count > 0) throw new CommandError(`the two stores differ: ${differences.count} differences`);
  stderr.write(`the same in both: ${summaryOf(comparison)}\n`);
}

interface Outcome {
  /** Absent: nothing was to be copied. */
  readonly copied?: EntryCounts;
  readonly comparison: Comparison;
}

/** Retention comes last: what it removes would not be the same any more. */
async function carryOut(move: Move, isVerifying: boolean): Promise<Outcome> {
  if (isVerifying) return { comparison: await compareStores(move, { withRetention: true }) };
  const copied = await copyStore(move);
  const comparison = await compareStores(move, { withRetention: false });
  if (comparison.differences.count === 0) await copyRetention(move);
  return { copied, comparison };
}

async function recordsOf(store: MovedStore): Promise<number> {
  let records = 0;
  for await (const { recordCount, dataSource } of topicsOf(store)) {
    records += recordCount + (dataSource?.quarantineCount ?? 0);
  }
  return records;
}

/** What went wrong is not how the command was called. */
function explained(error: unknown): unknown {
  if (error instanceof OtherContent) return new CommandError(`${error.message}: nothing was written`, { cause: error });
  return error instanceof WriterHubError ? new CommandError(error.message, { cause: error }) : error;
}

function summaryOf({ topics, dataSources, streams, entries }: Comparison): string {
  const number = (value: number): string => value.toLocaleString('en');
  return [
    `${number(topics)} topics`,
    `${number(dataSources)} data sources`,
    `${number(streams)} streams`,
    `${number(entries.events)} events`,
    `${number(entries.packages)} packages of parameter data`,
    `${number(entries.rows)} rows`,
    `${number(entries.quarantinedRows)} quarantined rows`,
  ].join(', ');
}
