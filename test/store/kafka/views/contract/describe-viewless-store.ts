import type { Store } from '../../../../../src/store/contract/store';
import { temporaryDirectory } from '../../../../support/temporary-directory';
import { storedRows } from '../../../sqlite/support/stored-rows';
import { type ContractPart, describeStore, type StorePlace } from '../../../store-contract';
import { MemoryLogs } from '../../support/memory-cluster';
import { linked, openDivided } from '../divided-hub';

/** A hub without any view in front of one that has all. */
function newPlace(): StorePlace {
  const [directory, logs] = [temporaryDirectory(), new MemoryLogs()];
  return {
    capabilities: {
      ...{ survivesReopening: true, contiguousOffsets: true, exactLimits: true, refusedLeaveNoTopic: false },
    },
    open: async (limits): Promise<Store> => {
      const owner = await openDivided(logs, 'all', { directory, busyTimeout: 100, ...limits });
      const hub = await openDivided(logs, 'none', { ...limits });
      await linked(hub, 1);
      const close = async (): Promise<void> => {
        await hub.close();
        await owner.close();
      };
      return new Proxy(hub.store, {
        get: (store, name) => {
          const value: unknown = name === 'close' ? close : Reflect.get(store, name, store);
          return typeof value === 'function' ? (value as () => unknown).bind(store) : value;
        },
      });
    },
    contents: (name) => storedRows(directory, name),
  };
}

/** Holds a hub that asks another for everything against a part of the contract. */
export function describeViewlessStore(part: ContractPart): void {
  describe('KafkaStore without a view, beside a hub that has one', () => {
    describeStore(newPlace, part);
  });
}
