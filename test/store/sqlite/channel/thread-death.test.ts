import { join } from 'node:path';
import { batchAt, idsOf, readAll, send } from '../../support/batches';
import { Recorder } from '../../support/recorder';
import { openStore } from '../support/open-store';

jest.mock('../../../support/worker-file', () => ({
  ...jest.requireActual<object>('../../../support/worker-file'),
  WRITER_FILE: join(__dirname, '../support/mortal-writer.mjs'),
}));

describe('SqliteStore whose writer thread dies', () => {
  it('rejects what the thread had, starts another and goes on', async () => {
    const store = await openStore();
    const { turns } = Recorder.of(store);
    await send(store, 's', batchAt(1));
    const lost = await Promise.allSettled([send(store, 's', batchAt(2)), send(store, 'poison', batchAt(3))]);
    const reason = { code: 'store_unavailable', message: expect.stringContaining('writer thread') as string };
    expect(lost).toMatchObject([{ reason }, { reason }]);
    expect(await send(store, 's', batchAt(4))).toBe('2');
    expect(idsOf(await readAll(store))).toEqual(['1', '4']);
    expect(turns).toEqual([expect.objectContaining(reason), undefined]);
  });

  it('closes all the same', async () => {
    const store = await openStore();
    const lost = send(store, 'poison', batchAt(1));
    const closed = store.close();
    await expect(lost).rejects.toMatchObject({ code: 'store_unavailable' });
    await expect(closed).resolves.toBeUndefined();
  });
});
