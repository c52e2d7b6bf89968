import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { DevCluster } from '../kafka-dev/dev-cluster';
import { fetchJars, jarDirectory, KafkaDevError } from '../kafka-dev/kafka-jars';
import { fileInTheWay } from '../settings/file-in-the-way';
import { CommandError } from './command-error';
import { Interrupted, untilInterrupted } from './interrupted';
import { printTo } from './print';
import type { Surroundings } from './surroundings';
import { UsageError } from './usage-error';

export interface KafkaDevFlags {
  readonly dataDir: string;
  readonly brokers: string;
  readonly port: string;
}

/** As many as a small machine carries. */
const MOST_BROKERS = 9;

/**
 * Runs a cluster of Kafka on this machine until it is ended. Rejects with a `CommandError` when Java or Maven is
 * missing, or it cannot be started.
 */
export async function runKafkaDev(flags: KafkaDevFlags, surroundings: Surroundings): Promise<void> {
  const { env, stdout, stderr } = surroundings;
  const brokers = wholeNumber('--brokers', flags.brokers, { least: 1, most: MOST_BROKERS });
  const port = wholeNumber('--port', flags.port, { least: 0, most: 65_535 - 2 * brokers });
  const end = untilInterrupted(surroundings);
  const say = (line: string): void => {
    stderr.write(`${line}\n`);
  };
  const directory = path.resolve(flags.dataDir);
  const file = fileInTheWay(directory);
  if (file !== undefined) throw new UsageError(`--data-dir: ${file} is a file, not a directory`);
  try {
    const jars = jarDirectory(env);
    await fetchJars(jars, say);
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    say(`starting ${brokers} brokers in ${directory}`);
    const cluster = await DevCluster.start({ jars, directory, brokers, port });
    try {
      await printTo(stdout)(`WRITER_HUB_STORE=kafka WRITER_HUB_KAFKA_BROKERS=${cluster.addresses}\n`);
      say('Ctrl-C ends it; what it holds is found again');
      if (!end.aborted) await once(end, 'abort');
    } finally {
      await cluster.stop();
    }
  } catch (error) {
    if (error instanceof KafkaDevError) throw new CommandError(error.message, { cause: error });
    throw error;
  }
  if (end.reason instanceof Interrupted) throw end.reason;
}

function wholeNumber(flag: string, text: string, { least, most }: { least: number; most: number }): number {
  const value = /^\d+$/.test(text) ? Number(text) : NaN;
  if (value >= least && value <= most) return value;
  throw new UsageError(`${flag} is ${JSON.stringify(text)}, not a whole number from ${least} to ${most}`);
}
