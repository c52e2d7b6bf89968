import { batchOf, idsOf, readAll, send } from '../../support/batches';
import { openStore } from '../support/open-store';

describe('a read by time', () => {
  it('looks through so many events at the most, and says where to ask on even when it found none', async () => {
    const store = await openStore();
    const around = batchOf(
      Array.from({ length: 1000 }, (_, n) => ({ timestamp: n % 2 === 0 ? 0n : 10n, id: 'around' })),
    );
    const wanted = batchOf([{ timestamp: 5n, id: 'wanted' }]);
    await Promise.all([...Array.from({ length: 510 }, () => send(store, 's', around)), send(store, 's', wanted)]);
    const range = { from: 5n, to: 6n, streamId: 's' };
    const page = await store.log.read({ topic: 't', limit: 10, ...range });
    expect(page).toEqual({ events: [], position: '500000', more: true });
    expect(idsOf(await readAll(store, range))).toEqual(['wanted']);
  });
});
