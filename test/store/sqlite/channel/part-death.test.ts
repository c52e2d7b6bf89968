import { join } from 'node:path';
import { batchAt, idsOf, readAll, send } from '../../support/batches';
import { longEvents, numbers } from '../../support/long-batches';
import { recordOf } from '../../support/rows';
import { openStore } from '../support/open-store';

jest.mock('../../../support/worker-file', () => ({
  ...jest.requireActual<object>('../../../support/worker-file'),
  WRITER_FILE: join(__dirname, '../support/mortal-part-writer.mjs'),
}));

const PARTS = 5;
const EVENTS = 18_000;

/** A long append whose writer dies of the part of this index. */
function deadly(where: string, index: number) {
  const batch = longEvents(2, EVENTS);
  return { topic: 't', streamId: `die ${where} ${index}`, batch, createTopic: true };
}

describe('a long append whose writer thread dies', () => {
  it.each(['before', 'inside'].flatMap((where) => [0, 2, PARTS - 1].map((index) => [where, index] as const)))(
    'leaves nothing when it dies %s part %i',
    async (where, index) => {
      const store = await openStore();
      await send(store, 's', batchAt(1));
      await expect(store.log.append(deadly(where, index))).rejects.toMatchObject({ code: 'store_unavailable' });
      expect(await send(store, 's', batchAt(2))).toBe('2');
      expect(idsOf(await readAll(store))).toEqual(['1', '2']);
      expect(await store.catalogue.streams('t', { limit: 10 })).toMatchObject([{ streamId: 's', eventCount: 2 }]);
      expect(await send(store, 's', longEvents(3, EVENTS))).toBe(String(EVENTS + 2));
      expect(idsOf(await readAll(store))).toEqual(numbers(1, EVENTS + 2));
      expect(store.queue).toEqual({ appends: 0, bytes: 0 });
    },
  );

  it.each([0, 2, PARTS - 1])('goes on when it dies after part %i was committed', async (index) => {
    const store = await openStore();
    await send(store, 's', batchAt(1));
    const outcome = store.log.append(deadly('after', index));
    // The part behind it may have been at the thread as well, and is gone with it then.
    const [{ status, ...result }] = await Promise.allSettled([outcome]);
    if (index === PARTS - 1) expect(status).toBe('fulfilled');
    if (status === 'fulfilled') expect(result).toEqual({ value: { position: String(EVENTS + 1) } });
    else {
      expect(result).toMatchObject({ reason: { code: 'store_unavailable' } });
      await send(store, 's', longEvents(2, EVENTS));
    }
    expect(idsOf(await readAll(store))).toEqual(numbers(1, EVENTS + 1));
  });

  it('is stored once when its sender repeats it under a key', async () => {
    const store = await openStore();
    await send(store, 's', batchAt(1));
    const record = recordOf('k', 'body');
    const first = store.log.append({ ...deadly('inside', 3), record });
    await expect(first).rejects.toMatchObject({ code: 'store_unavailable' });
    const append = { topic: 't', streamId: 's', createTopic: true, batch: longEvents(2, EVENTS), record };
    expect(await store.log.append(append)).toEqual({ position: String(EVENTS + 1) });
    expect(await store.log.append(append)).toEqual({ position: undefined });
    expect(await store.catalogue.topic('t')).toMatchObject({ recordCount: EVENTS + 1 });
  });
});
