import { KafkaStore, type KafkaStoreOptions } from '../../../../src/store/kafka/kafka-store';
import { temporaryDirectory } from '../../../support/temporary-directory';
import { MemoryLogs, type MemoryCluster } from './memory-cluster';

/** A store and what it stands on. */
export interface OpenedStore {
  readonly store: KafkaStore;
  readonly cluster: MemoryCluster;
}

export interface OpenOptions extends Omit<Partial<KafkaStoreOptions['view']>, 'log'> {
  readonly log?: KafkaStoreOptions['log'];
  readonly maxRecordBytes?: number;
  readonly maxWriteBytes?: number;
  readonly shorten?: KafkaStoreOptions['shorten'];
}

const STORES: KafkaStore[] = [];

/** Opens a store on logs, which closes after the test at the latest; it may have caught up or not. */
export async function openUnready(
  logs: MemoryLogs,
  { log, maxRecordBytes, maxWriteBytes, shorten, ...view }: OpenOptions = {},
): Promise<OpenedStore> {
  const cluster = logs.newCluster(maxRecordBytes);
  const store = await KafkaStore.open({
    cluster,
    prefix: 'hub-',
    ...(log !== undefined && { log }),
    ...(shorten !== undefined && { shorten }),
    ...(maxWriteBytes !== undefined && { maxWriteBytes }),
    retryAfter: 1,
    view: {
      ...{ directory: temporaryDirectory(), busyTimeout: 1000, maxTopics: 1000, maxStreamsPerTopic: 1000 },
      maxQueueBytes: 64 * 1024 * 1024,
      ...view,
    },
  });
  STORES.push(store);
  return { store, cluster };
}

/** The same, when it has caught up. */
export async function openStore(logs: MemoryLogs = new MemoryLogs(), options: OpenOptions = {}): Promise<OpenedStore> {
  const opened = await openUnready(logs, options);
  await opened.store.ready;
  return opened;
}

afterEach(async () => {
  await Promise.all(STORES.splice(0).map((store) => store.close()));
});
