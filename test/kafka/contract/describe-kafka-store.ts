import { storedRows } from '../../store/sqlite/support/stored-rows';
import { type ContractPart, describeStore, type StorePlace } from '../../store/store-contract';
import { temporaryDirectory } from '../../support/temporary-directory';
import { describeKafka, freshPrefix, openKafkaStore } from '../support/open-kafka-store';

function newPlace(): StorePlace {
  const [directory, prefix] = [temporaryDirectory(), freshPrefix()];
  return {
    capabilities: {
      ...{ survivesReopening: true, contiguousOffsets: true, exactLimits: true, refusedLeaveNoTopic: false },
    },
    // An append takes ten milliseconds and more; the same properties run whole on logs in memory.
    runs: 0.25,
    open: (limits) => openKafkaStore({ directory, prefix, ...limits }),
    contents: (name) => storedRows(directory, name),
  };
}

/** Holds a store on a cluster against a part of the contract. */
export function describeKafkaStore(part: ContractPart): void {
  describeKafka('KafkaStore', () => {
    describeStore(newPlace, part);
  });
}
