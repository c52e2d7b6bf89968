import { MemoryStore } from '../../src/store/memory-store';
import { describeEventStore, type StorePlace } from './event-store-contract';
import { plain } from './support/rows';

describe('MemoryStore', () => {
  const newPlace = (): StorePlace => {
    let store: MemoryStore;
    return {
      open: (limits) => Promise.resolve((store = new MemoryStore(limits))),
      contents: (name) => {
        const { rows, quarantine } = store.dataSource(name);
        return {
          rows: rows.map(({ offset, rest, values }) => [offset, rest, ...values.map(plain)]),
          quarantine: quarantine.map(({ raw, columns, reasons, originals }) => ({ raw, columns, reasons, originals })),
        };
      },
    };
  };
  describeEventStore(newPlace, { survivesReopening: false });
});
