import { MemoryStore } from '../../src/store/memory-store';
import { describeEventStore } from './event-store-contract';

describe('MemoryStore', () => {
  describeEventStore(() => ({ open: (limits) => Promise.resolve(new MemoryStore(limits)) }), {
    survivesReopening: false,
  });
});
