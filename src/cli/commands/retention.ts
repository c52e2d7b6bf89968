import { Command } from 'commander';
import { setRetention } from '../retention';
import type { Surroundings } from '../surroundings';
import { findTarget, type TargetFlags } from '../target';
import { topicArgument, withTarget } from './options';

type RetentionFlags = TargetFlags & { age?: string; bytes?: string; yes: boolean };

export function retentionCommand({ env, stdin, stderr }: Surroundings): Command {
  const command = new Command('retention')
    .description('Set how long a topic keeps what it holds.')
    .addArgument(topicArgument())
    .option('--age <duration>', 'since it was stored: 90s, 15m, 24h, 7d, never, or default for what the server does')
    .option('--bytes <bytes>', 'bytes of text, about; 0 for any number, or default')
    .option('--yes', 'ask nothing, even if the topic loses everything', false);
  return withTarget(command).action(async (topic: string, flags: RetentionFlags) => {
    const target = findTarget(flags, `drop:${topic}`, env);
    await setRetention(
      target,
      { topic, age: flags.age, bytes: flags.bytes, yes: flags.yes },
      { input: stdin, output: stderr },
    );
  });
}
