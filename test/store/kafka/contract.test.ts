import { KafkaStore } from '../../../src/store/kafka/kafka-store';
import { temporaryDirectory } from '../../support/temporary-directory';
import { storedRows } from '../sqlite/support/stored-rows';
import { describeStore, type StorePlace } from '../store-contract';
import { MemoryLogs } from './support/memory-cluster';

function newPlace(): StorePlace {
  const [directory, logs] = [temporaryDirectory(), new MemoryLogs()];
  return {
    capabilities: {
      ...{ survivesReopening: true, contiguousOffsets: true, exactLimits: true, refusedLeaveNoTopic: false },
    },
    open: async (limits) => {
      const view = { directory, busyTimeout: 100, ...limits };
      const store = await KafkaStore.open({ cluster: logs.newCluster(), prefix: 'hub-', view });
      await store.ready;
      return store;
    },
    contents: (name) => storedRows(directory, name),
  };
}

describe('KafkaStore on logs in memory', () => {
  describeStore(newPlace);
});
