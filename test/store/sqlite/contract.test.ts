import { describeEventStore } from '../event-store-contract';
import { openStore, temporaryDirectory } from './open-store';

describe('SqliteEventStore', () => {
  const newPlace = (): { open: typeof openStore } => {
    const directory = temporaryDirectory();
    return { open: (limits) => openStore({ directory, ...limits }) };
  };
  describeEventStore(newPlace, { survivesReopening: true });
});
