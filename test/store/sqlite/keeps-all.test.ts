import { SqliteStore } from '../../../src/store/sqlite/sqlite-store';
import { temporaryDirectory } from '../../support/temporary-directory';
import { batchAt, idsOf, readAll, send } from '../support/batches';

function open(directory: string, keepsAll: boolean): Promise<SqliteStore> {
  const limits = { maxTopics: 10, maxStreamsPerTopic: 10, maxQueueBytes: 1024 * 1024 };
  return SqliteStore.open({ directory, keepsAll, busyTimeout: 1000, ...limits });
}

describe('a store that keeps everything while it is open', () => {
  it('removes nothing by retention, which the next one does that is opened', async () => {
    const directory = temporaryDirectory();
    const keeping = await open(directory, true);
    await send(keeping, 's', batchAt(1, 2));
    await keeping.log.setRetention({ topic: 't', bytes: 1, confirmed: true });
    // The writer looks for what is to be removed between commits.
    for (const at of [3, 4, 5]) await send(keeping, 's', batchAt(at));
    expect(idsOf(await readAll(keeping))).toEqual(['1', '2', '3', '4', '5']);
    await keeping.close();

    const store = await open(directory, false);
    try {
      while ((await store.catalogue.topic('t'))!.recordCount > 0) await send(store, 'other', batchAt(6), 'u');
    } finally {
      await store.close();
    }
  });
});
