import { randomBytes } from 'node:crypto';
import { KafkaCluster, type KafkaClusterOptions } from '../../../src/store/kafka/client/kafka-cluster';
import { KafkaStore, type KafkaStoreOptions } from '../../../src/store/kafka/kafka-store';
import { temporaryDirectory } from '../../support/temporary-directory';
import { kafkaModule } from './kafka-module';
import { BROKERS, MISSING } from './suite-cluster';

/** `describe` where there is a cluster, else it is skipped. */
export const describeKafka = process.env[MISSING] === undefined ? describe : describe.skip;

/** What the Kafka topics of a test begin with: another one for each, so that they do not meet. */
export function freshPrefix(): string {
  return `test-${randomBytes(6).toString('hex')}-`;
}

export function newCluster(options: Partial<KafkaClusterOptions> = {}): KafkaCluster {
  return new KafkaCluster({
    module: kafkaModule(),
    brokers: process.env[BROKERS]!,
    replication: 3,
    minInsyncReplicas: 2,
    maxRecordBytes: 1024 * 1024,
    compression: 'lz4',
    ...options,
  });
}

export interface OpenOptions extends Omit<Partial<KafkaStoreOptions['view']>, 'log'> {
  readonly prefix: string;
  /** How it is reached, where that is not as in other tests. */
  readonly cluster?: Partial<KafkaClusterOptions>;
  readonly log?: KafkaStoreOptions['log'];
  readonly shorten?: KafkaStoreOptions['shorten'];
}

/** Opens a store, and resolves when it has caught up; it is to be closed by whoever opens it. */
export async function openKafkaStore(options: OpenOptions): Promise<KafkaStore> {
  const { prefix, cluster, log, shorten, ...view } = options;
  const store = await KafkaStore.open({
    cluster: newCluster(cluster),
    prefix,
    ...(log !== undefined && { log }),
    ...(shorten !== undefined && { shorten }),
    view: {
      ...{ directory: temporaryDirectory(), busyTimeout: 100, maxTopics: 10_000, maxStreamsPerTopic: 1000 },
      maxQueueBytes: 64 * 1024 * 1024,
      ...view,
    },
  });
  await store.ready;
  return store;
}
