import { Command, Option } from 'commander';
import { SQL_FORMATS } from '../sql/formats';
import { runSql, type SqlFlags } from '../sql/sql-command';
import type { Surroundings } from '../surroundings';
import { withTarget } from './options';

export function sqlCommand(surroundings: Surroundings): Command {
  const command = new Command('sql')
    .description('Run a query: the one that is given, that of stdin, or, on a terminal, those that are typed.')
    .argument('[query]', 'one SELECT')
    .addOption(
      new Option(
        '--format <format>',
        'how the result is printed; without it a table on a terminal, else ndjson',
      ).choices(Object.keys(SQL_FORMATS)),
    )
    .addOption(new Option('--json', 'one JSON document: the same as --format json').conflicts('format'));
  return withTarget(command).action(async (query: string | undefined, flags: SqlFlags) => {
    await runSql(query, flags, surroundings);
  });
}
