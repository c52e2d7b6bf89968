import { Command } from 'commander';
import { listDataSources, pushDataSource } from '../data-source';
import { printTo } from '../print';
import type { Surroundings } from '../surroundings';
import { findTarget, type TargetFlags } from '../target';
import { withTarget } from './options';

export function dataSourceCommand({ env, stdout }: Surroundings): Command {
  const push = new Command('push')
    .description('Make a data source from a .datasource file, or change the one there is.')
    .argument('<file>', 'the file')
    .option('--name <name>', 'what the data source is called (default: the name of the file)');
  const list = new Command('list')
    .description('Print the data sources and their columns.')
    .option('--json', 'JSON, a data source a line', false);
  return new Command('datasource')
    .description('Make, change and list data sources.')
    .addCommand(
      withTarget(push).action(async (file: string, flags: TargetFlags & { name?: string }) => {
        await pushDataSource(findTarget(flags, 'create', env), { file, name: flags.name }, printTo(stdout));
      }),
    )
    .addCommand(
      withTarget(list).action(async ({ json, ...flags }: TargetFlags & { json: boolean }) => {
        await listDataSources(findTarget(flags, 'admin', env), { json }, printTo(stdout));
      }),
    );
}
