import type { Comparison } from '../../moving/compare-stores';
import type { EntryCounts } from '../../moving/moved-store';
import { CommandError } from '../command-error';
import { printTo } from '../print';
import type { Surroundings } from '../surroundings';
import { carrySecret } from './carried-secret';
import type { MovedDirectories } from './moved-directories';

/** What a move has come to. */
export interface Outcome {
  /** Absent: nothing was to be copied. */
  readonly copied?: EntryCounts;
  readonly comparison: Comparison;
  readonly seconds: number;
}

export interface Reported {
  readonly to: 'kafka' | 'sqlite';
  readonly json: boolean;
  readonly directories: MovedDirectories;
  /** Whether the secret that tokens are signed with is given, and not in a data directory. */
  readonly hasSecret: boolean;
}

/** What is not carried over, whatever is moved. */
const LEFT_BEHIND = [
  'note: everything there counts as stored now, so that ages for retention begin anew',
  'positions that readers have kept mean nothing there',
  'idempotency keys are forgotten, so nothing should be sent again across the move',
  "topics take nobody's share",
].join('; ');

/**
 * Says what a move has come to, and carries the secret over when all is well. Rejects with a `CommandError` when the
 * two stores differ.
 */
export async function report(outcome: Outcome, of: Reported, { stdout, stderr }: Surroundings): Promise<void> {
  const { to, directories, hasSecret } = of;
  const { copied, comparison, seconds } = outcome;
  const { differences, ...found } = comparison;
  const isSame = differences.count === 0;
  if (copied !== undefined && isSame) {
    stderr.write(`${LEFT_BEHIND}\n${carrySecret(directories, hasSecret)}\n`);
    if (to === 'kafka') stderr.write('hubs on the same cluster need one secret: WRITER_HUB_JWT_SECRET\n');
  }
  for (const text of differences.told) stderr.write(`differs: ${text}\n`);
  if (of.json) {
    const compared = { same: isSame, differences: differences.told, seconds };
    const said = { to, ...directories, ...(copied && { copied }), ...found, ...compared };
    await printTo(stdout)(`${JSON.stringify(said)}\n`);
  }
  if (!isSame) {
    const { count } = differences;
    throw new CommandError(`the two stores differ: ${count === 1 ? 'one difference' : `${count} differences`}`);
  }
  stderr.write(`the same in both: ${summaryOf(comparison)}\n`);
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
