import { Command } from 'commander';
import { printTo } from '../print';
import { remove } from '../remove';
import type { Surroundings } from '../surroundings';
import { findTarget, type TargetFlags } from '../target';
import { streamId, topicArgument, withTarget } from './options';

interface DeleteFlags extends TargetFlags {
  readonly stream?: string;
  readonly yes: boolean;
  readonly json: boolean;
}

export function deleteCommand({ env, stdin, stdout, stderr }: Surroundings): Command {
  const command = new Command('delete')
    .alias('remove')
    .description('Remove a topic, a data source or a stream, with all it holds. Asks for its name.')
    .addArgument(topicArgument())
    .option('--stream <id>', 'only this stream', streamId)
    .option('--yes', 'ask nothing', false)
    .option('--json', 'print what was removed', false);
  return withTarget(command).action(async (topic: string, { json, ...flags }: DeleteFlags) => {
    const target = findTarget(flags, `drop:${topic}`, env);
    await remove(target, { topic, streamId: flags.stream, yes: flags.yes }, { input: stdin, output: stderr });
    if (json) await printTo(stdout)(`${JSON.stringify({ topic, streamId: flags.stream })}\n`);
  });
}
