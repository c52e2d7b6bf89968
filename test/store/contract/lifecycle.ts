import type { EventStore } from '../../../src/store/event-store';
import { batchAt, idsOf, readAll, send } from '../support/batches';
import type { StoreCapabilities, StoreSupply } from '../event-store-contract';
import { claimOf, createSource, failedRow, quarantineOf, sendRows, values } from '../support/rows';

const calls: [string, (store: EventStore) => Promise<unknown>][] = [
  ['append', (store) => send(store, 's', batchAt(1))],
  ['putStream', (store) => store.putStream({ topic: 't', streamId: 's', properties: {}, createTopic: true })],
  ['closeStream', (store) => store.closeStream('t', 's')],
  ['createDataSource', (store) => createSource(store, [], 'new')],
  ['changeDataSource', (store) => store.changeDataSource({ name: 'd', definition: '', added: [] })],
  ['truncateDataSource', (store) => store.truncateDataSource('d', 'rows')],
  ['dropDataSource', (store) => store.dropDataSource('d')],
  ['appendRows', (store) => sendRows(store, { rows: values(1) })],
  ['quarantinedRows', (store) => store.quarantinedRows('d', { after: 0, limit: 1 })],
  ['topics', (store) => store.topics({ limit: 1 })],
  ['streams', (store) => store.streams('t', { limit: 1 })],
  ['stream', (store) => store.stream('t', 's')],
  ['read', (store) => store.read({ topic: 't', limit: 1 })],
  ['revokeToken', (store) => store.revokeToken('id')],
  ['revokedTokens', (store) => store.revokedTokens()],
  ['probe', (store) => store.probe()],
];

/** Opening, closing, and what is left afterwards. */
export function describeLifecycle(supply: StoreSupply, { survivesReopening }: StoreCapabilities): void {
  describe('probe', () => {
    it('resolves while the store can write, as often as it is called', async () => {
      const store = await supply.open();
      await Promise.all([store.probe(), store.probe()]);
      await expect(store.probe()).resolves.toBeUndefined();
    });
  });

  describe('writable', () => {
    it('is true as long as nothing failed', async () => {
      const store = await supply.open();
      expect(store.writable).toBe(true);
      await send(store, 's', batchAt(1));
      expect(store.writable).toBe(true);
    });
  });

  describe('queue', () => {
    it('is empty and not full when everything is acknowledged', async () => {
      const store = await supply.open();
      await Promise.all([
        send(store, 'a', batchAt(1)),
        send(store, 'b', batchAt(1)),
        store.closeStream('t', 'a'),
        createSource(store),
        sendRows(store, { rows: values(1), quarantine: quarantineOf(failedRow('a')), claim: claimOf('k', 'body') }),
        sendRows(store, { released: [1] }),
      ]);
      expect(store.queue).toEqual({ appends: 0, bytes: 0 });
      expect(store.full).toBe(false);
    });
  });

  describe('close', () => {
    it('finishes what was called before it', async () => {
      const store = await supply.open();
      const appended = send(store, 's', batchAt(1));
      await store.close();
      await expect(appended).resolves.toBe(1);
    });

    it('may be called twice', async () => {
      const store = await supply.open();
      await Promise.all([store.close(), store.close()]);
      await expect(store.close()).resolves.toBeUndefined();
    });

    it.each(calls)('makes %s reject with store_unavailable', async (_, call) => {
      const store = await supply.open();
      await send(store, 's', batchAt(1));
      await createSource(store);
      const closing = store.close();
      await expect(call(store)).rejects.toMatchObject({ code: 'store_unavailable' });
      await closing;
      await expect(call(store)).rejects.toMatchObject({ code: 'store_unavailable' });
    });
  });

  (survivesReopening ? describe : describe.skip)('reopening', () => {
    it('finds events, streams and revoked tokens', async () => {
      const store = await supply.open();
      await send(store, 'a', batchAt(1, 2n ** 62n));
      await store.putStream({ topic: 't', streamId: 'b', properties: { name: 'n' }, createTopic: false });
      await store.closeStream('t', 'a');
      await store.revokeToken('id');
      const before = [await readAll(store), await store.streams('t', { limit: 9 }), await store.topics({ limit: 9 })];
      await store.close();
      const again = await supply.reopen();
      const after = [await readAll(again), await again.streams('t', { limit: 9 }), await again.topics({ limit: 9 })];
      expect(after).toEqual(before);
      expect(await again.revokedTokens()).toEqual([{ tokenId: 'id' }]);
    });

    it('finds data sources with their rows and quarantined rows, and goes on with the next offsets', async () => {
      const store = await supply.open();
      await createSource(store);
      const both = { rows: values(1), quarantine: quarantineOf(failedRow('a')) };
      await sendRows(store, both);
      const before = [await store.topics({ limit: 9 }), await store.quarantinedRows('d', { after: 0, limit: 9 })];
      await store.close();
      const again = await supply.reopen();
      const after = [await again.topics({ limit: 9 }), await again.quarantinedRows('d', { after: 0, limit: 9 })];
      expect(after).toEqual(before);
      await sendRows(again, both);
      expect(supply.contents().rows).toEqual([
        [1, null, 1],
        [2, null, 1],
      ]);
      expect(await again.quarantinedRows('d', { after: 0, limit: 9 })).toMatchObject([{ offset: 1 }, { offset: 2 }]);
      await expect(sendRows(again, { columns: 2 })).rejects.toMatchObject({ code: 'schema_changed' });
    });

    it('goes on with the next offset, and with the limits', async () => {
      const store = await supply.open({ maxTopics: 1, maxStreamsPerTopic: 1 });
      await send(store, 's', batchAt(1, 2));
      await store.close();
      const again = await supply.reopen();
      expect(await send(again, 's', batchAt(3))).toBe(3);
      expect(idsOf(await readAll(again, { streamId: 's' }))).toEqual(['1', '2', '3']);
      await expect(send(again, 's', batchAt(1), 'other')).rejects.toMatchObject({ code: 'topic_limit' });
      await expect(send(again, 'other', batchAt(1))).rejects.toMatchObject({ code: 'stream_limit' });
    });
  });
}
