import { Command } from 'commander';
import { printTo } from '../print';
import type { Surroundings } from '../surroundings';
import { findTarget, type TargetFlags } from '../target';
import { listTopics } from '../topics';
import { withTarget } from './options';

export function topicsCommand({ env, stdout }: Surroundings): Command {
  const command = new Command('topics')
    .description('Print the topics, what they hold, and how long they keep it.')
    .option('--json', 'JSON, a topic a line', false);
  return withTarget(command).action(async ({ json, ...flags }: TargetFlags & { json: boolean }) => {
    await listTopics(findTarget(flags, 'read:*', env), { json }, printTo(stdout));
  });
}
