import { text as textOf } from 'node:stream/consumers';
import { printTo } from '../print';
import type { Surroundings } from '../surroundings';
import { findTarget, type TargetFlags } from '../target';
import { UsageError } from '../usage-error';
import type { SqlFormat } from './formats';
import { historyFile, SqlHistory } from './history';
import { runQuery } from './run-query';
import { fetchTables } from './sql-names';
import { SqlShell } from './sql-shell';

export interface SqlFlags extends TargetFlags {
  readonly format?: SqlFormat;
  readonly json?: true;
}

/** Runs `writer-hub sql`: the query of its argument or of stdin, or, on a terminal, those that are typed. */
export async function runSql(query: string | undefined, flags: SqlFlags, surroundings: Surroundings): Promise<void> {
  const { env, stdin, stdout } = surroundings;
  const target = findTarget(flags, 'read:*', env);
  const asked = flags.json === true ? 'json' : flags.format;
  if (query === undefined && stdin.isTTY === true) {
    const history = new SqlHistory(historyFile(env));
    const parts = { input: stdin, output: stdout, history };
    const run = (typed: Parameters<typeof runQuery>[1]): Promise<string> => runQuery(target, typed);
    await new SqlShell({ ...parts, run, tables: () => fetchTables(target) }, asked).run();
    return;
  }
  const text = query ?? (await textOf(stdin));
  if (text.trim() === '') throw new UsageError('there is no query: give it as an argument, or on stdin');
  const format = asked ?? (stdout.isTTY === true ? 'table' : 'ndjson');
  await printTo(stdout)(await runQuery(target, { text, format }));
}
