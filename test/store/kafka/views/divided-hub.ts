import { HubChannel } from '../../../../src/store/kafka/hub-channel';
import { KafkaStore, type KafkaStoreOptions } from '../../../../src/store/kafka/kafka-store';
import { OtherViews } from '../../../../src/store/kafka/views/other-views';
import { ViewScope } from '../../../../src/store/kafka/views/view-scope';
import { temporaryDirectory } from '../../../support/temporary-directory';
import type { MemoryCluster, MemoryLogs } from '../support/memory-cluster';

const KEYS = ['a secret that all hubs of the test have'];

export interface DividedHub {
  readonly store: KafkaStore;
  readonly views: OtherViews;
  readonly cluster: MemoryCluster;
  close(): Promise<void>;
}

export interface DividedOptions extends Partial<KafkaStoreOptions['view']> {
  readonly keys?: readonly string[];
  readonly patience?: number;
}

/** A store with views of some topics, and what it hears of others through. */
export async function openDivided(
  logs: MemoryLogs,
  view: string,
  { keys = KEYS, patience = 5000, ...options }: DividedOptions = {},
): Promise<DividedHub> {
  const channel = new HubChannel({
    cluster: logs.newCluster(),
    log: 'hub-hubs',
    onFailure: (error) => {
      throw error;
    },
  });
  const views = new OtherViews({ scope: new ViewScope(view), channel, keys, host: '127.0.0.1', port: 0, patience });
  const cluster = logs.newCluster();
  const store = await KafkaStore.open({
    ...{ cluster, prefix: 'hub-', division: views },
    view: {
      ...{ directory: temporaryDirectory(), busyTimeout: 1000, maxTopics: 1000, maxStreamsPerTopic: 1000 },
      maxQueueBytes: 64 * 1024 * 1024,
      ...options,
    },
  });
  await store.ready;
  const close = async (): Promise<void> => {
    await store.close();
    await channel.close();
  };
  return { store, views, cluster, close };
}

/** Resolves when a hub can ask so many others. */
export async function linked({ views }: DividedHub, hubs: number): Promise<void> {
  while (views.status().hubs < hubs) await new Promise(setImmediate);
}
