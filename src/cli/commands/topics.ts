import { Command } from 'commander';
import { printTo } from '../print';
import type { Surroundings } from '../surroundings';
import { findTarget, type TargetFlags } from '../target';
import { listTopics } from '../topics';
import { withTarget } from './options';

export function topicsCommand({ env, stdout }: Surroundings): Command {
  const command = new Command('topics').description('Print the topics, what they hold, and how long they keep it.');
  return withTarget(command).action(async (flags: TargetFlags) => {
    await listTopics(findTarget(flags, 'read:*', env), printTo(stdout));
  });
}
