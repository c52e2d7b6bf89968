import { Command } from 'commander';
import { type KafkaDevFlags, runKafkaDev } from '../kafka-dev';
import type { Surroundings } from '../surroundings';
import { path } from './options';

export function kafkaDevCommand(surroundings: Surroundings): Command {
  return new Command('kafka-dev')
    .description('Run a cluster of Kafka on this machine, for trying: needs Java 17 and Maven.')
    .option('--data-dir <path>', 'where the cluster keeps its data', path, './kafka-data')
    .option('--brokers <number>', 'how many brokers there are', '3')
    .option('--port <number>', 'port of the first one, the others follow; 0: free ones', '9092')
    .action(async (flags: KafkaDevFlags) => {
      await runKafkaDev(flags, surroundings);
    });
}
