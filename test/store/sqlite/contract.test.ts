import { describeEventStore, type StorePlace } from '../event-store-contract';
import { openStore, temporaryDirectory } from './support/open-store';
import { storedRows } from './support/stored-rows';

describe('SqliteEventStore', () => {
  const newPlace = (): StorePlace => {
    const directory = temporaryDirectory();
    return {
      open: (limits) => openStore({ directory, ...limits }),
      contents: (name) => storedRows(directory, name),
    };
  };
  describeEventStore(newPlace, { survivesReopening: true });
});
