import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DevCluster } from '../../../src/kafka-dev/dev-cluster';
import { fetchJars, jarDirectory, KafkaDevError } from '../../../src/kafka-dev/kafka-jars';
import { hasKafkaModule } from './kafka-module';

/** What the tests are told by the environment: where the cluster is, or why there is none. */
export const BROKERS = 'KAFKA_SUITE_BROKERS';
export const MISSING = 'KAFKA_SUITE_MISSING';
/** The directory of the files of its brokers. */
export const FILES = 'KAFKA_SUITE_FILES';

/** The cluster that all test files share. */
export interface SuiteCluster {
  readonly addresses: string;
  readonly directory: string;
  stop(): Promise<void>;
}

/** Starts a cluster, or gives the reason why it cannot be had here. */
export async function startCluster(): Promise<SuiteCluster | string> {
  if (spawnSync('java', ['-version']).status !== 0) return 'java is not installed';
  if (!hasKafkaModule()) return 'the client library is not installed: npm ci --prefix test/kafka';
  const jars = jarDirectory(process.env);
  try {
    await fetchJars(jars, (line) => process.stderr.write(`${line}\n`));
  } catch (error) {
    if (error instanceof KafkaDevError) return error.message;
    throw error;
  }
  const directory = mkdtempSync(path.join(tmpdir(), 'kafka-suite-'));
  const cluster = await DevCluster.start({ jars, directory, brokers: 3, port: 0 });
  return {
    addresses: cluster.addresses,
    directory,
    stop: async () => {
      await cluster.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
