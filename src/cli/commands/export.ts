import { Command, Option } from 'commander';
import type { OptionName } from '../../config';
import type { OptionGroup } from '../../option-groups';
import { ConfigSource } from '../../settings/config-source';
import type { ExportFlags } from '../export/moved-directories';
import { withServerOptions } from '../server-options';
import type { Surroundings } from '../surroundings';

/** Those of `serve` that say where a store is, and what it takes. */
const GROUPS: readonly OptionGroup[] = [
  { heading: 'Where the data are', names: ['dataDir', 'maxMessageBytes'] },
  {
    heading: 'The Kafka cluster',
    names: [
      'kafkaBrokers',
      'kafkaPrefix',
      'kafkaReplication',
      'kafkaMinInsyncReplicas',
      'kafkaAllowUnsafe',
      'kafkaMaxRecordBytes',
      'kafkaTls',
      'kafkaCaFile',
      'kafkaSasl',
      'kafkaUsername',
      'kafkaPassword',
    ],
  },
];

/** What else is read from the environment and the configuration file. */
const READ: readonly OptionName[] = [
  ...GROUPS.flatMap(({ names }) => names),
  ...(['jwtSecret', 'maxDatabaseBytes', 'maxLogBytes', 'maxQueueBytes', 'busyTimeout'] as const),
];

export function exportCommand(surroundings: Surroundings): Command {
  const command = new Command('export')
    .description(
      'Copy a data directory, on which no server runs, into Kafka, or what is in Kafka into a data directory. ' +
        'Interrupted, it goes on where it was; at the end both are read through and compared.',
    )
    .addOption(new Option('--to <engine>', 'where to').choices(['kafka', 'sqlite']).makeOptionMandatory())
    .option('--target-dir <directory>', 'with --to sqlite: the data directory that is made or gone on with')
    .option(
      '--view-dir <directory>',
      'view of what is in Kafka, made if it is missing: a data directory for a hub (default: kafka-view in the data directory)',
    )
    .option('--verify', 'compare alone, and copy nothing', false)
    .option('--json', 'print what was copied and compared', false);
  const flagsOf = withServerOptions(command, GROUPS);
  return command.action(async (given: ExportFlags & Record<string, unknown>) => {
    const { config } = new ConfigSource(flagsOf(given), surroundings.env).load(READ);
    // The engines are most of the program, and other commands do without them.
    const { runExport } = await import('../export/export-command.js');
    await runExport(config, given, surroundings);
  });
}
