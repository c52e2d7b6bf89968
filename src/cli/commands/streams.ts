import { Command } from 'commander';
import { printTo } from '../print';
import { listStreams } from '../streams';
import type { Surroundings } from '../surroundings';
import { findTarget, type TargetFlags } from '../target';
import { countFromOne, topicArgument, withTarget } from './options';

interface StreamsFlags extends TargetFlags {
  readonly limit: number;
  readonly after?: string;
  readonly json: boolean;
}

export function streamsCommand({ env, stdout, stderr }: Surroundings): Command {
  const command = new Command('streams')
    .description('Print the streams of a topic in the order of their ids.')
    .addArgument(topicArgument())
    .option('-n, --limit <streams>', 'at most so many', countFromOne, 100)
    .option('--after <id>', 'only those behind this id')
    .option('--json', 'JSON, a stream a line', false);
  return withTarget(command).action(async (topic: string, { limit, after, json, ...flags }: StreamsFlags) => {
    const target = findTarget(flags, `read:${topic}`, env);
    const next = await listStreams(target, { topic, limit, after, json }, printTo(stdout));
    if (next !== undefined)
      stderr.write(`there are more: --after '${next.replaceAll("'", String.raw`'\\''`)}', or --limit\n`);
  });
}
