import { Command } from 'commander';
import { remove } from '../remove';
import type { Surroundings } from '../surroundings';
import { findTarget, type TargetFlags } from '../target';
import { withTarget } from './options';

export function deleteCommand({ env, stdin, stderr }: Surroundings): Command {
  const command = new Command('delete')
    .alias('remove')
    .description('Remove a topic, a data source or a stream, with all it holds. Asks for its name.')
    .argument('<topic>', 'the topic')
    .option('--stream <id>', 'only this stream')
    .option('--yes', 'ask nothing', false);
  return withTarget(command).action(async (topic: string, flags: TargetFlags & { stream?: string; yes: boolean }) => {
    const target = findTarget(flags, `drop:${topic}`, env);
    await remove(target, { topic, streamId: flags.stream, yes: flags.yes }, { input: stdin, output: stderr });
  });
}
