import { Command } from 'commander';
import { newMark, parseMark } from '../resume-mark';
import { send } from '../send';
import type { Surroundings } from '../surroundings';
import { findTarget, type TargetFlags } from '../target';
import { countFromOne, streamId, topicName, withTarget } from './options';

interface SendFlags extends TargetFlags {
  readonly topic: string;
  readonly stream: string;
  readonly batch: number;
  readonly resume?: string;
  readonly strict: boolean;
}

export function sendCommand({ env, stdin, stderr }: Surroundings): Command {
  const command = new Command('send')
    .description('Send events from stdin over SignalR: a JSON array, or an object a line.')
    .requiredOption('--topic <topic>', 'topic to write to', topicName)
    .requiredOption('--stream <id>', 'stream to write to', streamId)
    .option('--batch <events>', 'events of one invocation', countFromOne, 5000)
    .option('--resume <mark>', 'go on where a send of the same input stopped, which has printed the mark')
    .option('--strict', 'refuse timestamps that seem to be in another unit than nanoseconds', false);
  return withTarget(command).action(async (flags: SendFlags) => {
    const { topic, stream, batch, resume, strict } = flags;
    const mark = resume === undefined ? newMark(batch) : parseMark(resume);
    const started = performance.now();
    const stored = await send({ stdin, stderr }, findTarget(flags, 'admin', env), {
      topic,
      streamId: stream,
      mark,
      strict,
    });
    const seconds = (performance.now() - started) / 1000;
    stderr.write(`${stored} events stored in ${seconds.toFixed(1)} s\n`);
  });
}
