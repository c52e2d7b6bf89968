import type { Store } from '../../../src/store/contract/store';
import { batchAt, idsOf, readAll, send } from '../support/batches';
import { aggregate, readPackages, readSamples, sendPackage, speedAt } from '../support/packages';
import { failedRow, quarantineOf, recordOf, values } from '../support/rows';
import { createSource, TestSource } from '../support/test-source';
import type { StoreSupply } from '../store-contract';
import { describeWhen, itWhen } from './conditional';

const calls: [string, (store: Store) => Promise<unknown>][] = [
  ['append', (store) => send(store, 's', batchAt(1))],
  ['putStream', (store) => store.log.putStream({ topic: 't', streamId: 's', properties: {}, createTopic: true })],
  ['closeStream', (store) => store.log.closeStream('t', 's')],
  ['read', (store) => store.log.read({ topic: 't', limit: 1 })],
  ['appendPackage', (store) => sendPackage(store, 's', speedAt(1))],
  ['readPackages', (store) => readPackages(store)],
  ['readSamples', (store) => readSamples(store)],
  ['aggregateSamples', (store) => aggregate(store, 1n)],
  ['seenParameters', (store) => store.parameters.seenParameters('t', ['s'])],
  ['createDataSource', (store) => store.rows.createDataSource({ name: 'new', definition: '', columns: [] })],
  ['changeDataSource', (store) => new TestSource(store, 'd', 'none').change()],
  ['truncateDataSource', (store) => store.rows.truncateDataSource('d', 'rows')],
  ['dropDataSource', (store) => store.rows.dropDataSource('d')],
  ['appendRows', (store) => new TestSource(store, 'd', 'none').send({ rows: values(1) })],
  ['quarantinedRows', (store) => store.rows.quarantinedRows('d', { limit: 1 })],
  ['topic', (store) => store.catalogue.topic('t')],
  ['topics', (store) => store.catalogue.topics({ limit: 1 })],
  ['streams', (store) => store.catalogue.streams('t', { limit: 1 })],
  ['stream', (store) => store.catalogue.stream('t', 's')],
  ['revokeToken', (store) => store.tokens.revokeToken('id')],
  ['revokedTokens', (store) => store.tokens.revokedTokens()],
  ['probe', (store) => store.probe()],
];

/** Opening, closing, and what is left afterwards. */
export function describeLifecycle(supply: StoreSupply): void {
  const { at, capabilities } = supply;

  describe('capabilities', () => {
    it('are those that the engine is known for', async () => {
      const store = await supply.open();
      expect(store.capabilities).toEqual(capabilities);
    });
  });

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
      const source = await createSource(store);
      await source.send({ quarantine: quarantineOf(failedRow('a')) });
      const replaced = (await source.quarantine()).map(({ id }) => id);
      await Promise.all([
        send(store, 'a', batchAt(1)),
        send(store, 'b', batchAt(1)),
        store.log.closeStream('t', 'a'),
        createSource(store, ['any'], 'e'),
        source.send({ rows: values(1), quarantine: quarantineOf(failedRow('b')), record: recordOf('k', 'body') }),
        source.send({ replaced }),
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
      expect(await appended).toEqual(at(1));
    });

    it('may be called twice', async () => {
      const store = await supply.open();
      await Promise.all([store.close(), store.close()]);
      await expect(store.close()).resolves.toBeUndefined();
    });

    describe('of a store that was written to', () => {
      let store: Store;
      let whileItCloses: readonly Promise<PromiseSettledResult<unknown>>[];

      beforeAll(async () => {
        store = await supply.open();
        await send(store, 's', batchAt(1));
        await createSource(store);
        const closing = store.close();
        whileItCloses = calls.map(async ([, call]) => (await Promise.allSettled([call(store)]))[0]);
        await closing;
      });

      it.each(calls.map(([name, call], index) => [name, call, index] as const))(
        'makes %s reject with store_unavailable',
        async (_, call, index) => {
          expect(await whileItCloses[index]).toMatchObject({ reason: { code: 'store_unavailable' } });
          await expect(call(store)).rejects.toMatchObject({ code: 'store_unavailable' });
        },
      );
    });
  });

  describeWhen(capabilities.survivesReopening)('reopening', () => {
    it('finds events, streams and revoked tokens', async () => {
      const store = await supply.open();
      await send(store, 'a', batchAt(1, 2n ** 62n));
      await store.log.putStream({ topic: 't', streamId: 'b', properties: { name: 'n' }, createTopic: false });
      await store.log.closeStream('t', 'a');
      await store.tokens.revokeToken('id');
      const before = await everythingIn(store);
      await store.close();
      const again = await supply.reopen();
      expect(await everythingIn(again)).toEqual(before);
      expect(await again.tokens.revokedTokens()).toEqual([{ tokenId: 'id' }]);
    });

    it('finds data sources with their rows and quarantined rows, and goes on with the next positions', async () => {
      const store = await supply.open();
      const source = await createSource(store);
      const both = { rows: values(1), quarantine: quarantineOf(failedRow('a')) };
      await source.send(both);
      const before = [await store.catalogue.topics({ limit: 9 }), await source.quarantine()];
      await store.close();
      const again = await supply.reopen();
      const sourceAgain = await TestSource.of(again);
      expect([await again.catalogue.topics({ limit: 9 }), await sourceAgain.quarantine()]).toEqual(before);
      await sourceAgain.send(both);
      expect(supply.contents().rows).toEqual([
        [at(1), null, 1],
        [at(2), null, 1],
      ]);
      const quarantined = await sourceAgain.quarantine();
      expect(quarantined).toMatchObject([{ id: at(1) }, { id: at(2) }]);
      expect(quarantined[0]!.id).not.toBe(quarantined[1]!.id);
      await expect(sourceAgain.send({ schemaVersion: 'other' })).rejects.toMatchObject({ code: 'schema_changed' });
    });

    it('goes on with the next position', async () => {
      const store = await supply.open();
      await send(store, 's', batchAt(1, 2));
      await store.close();
      const again = await supply.reopen();
      expect(await send(again, 's', batchAt(3))).toEqual(at(3));
      expect(idsOf(await readAll(again, { streamId: 's' }))).toEqual(['1', '2', '3']);
    });

    itWhen(capabilities.exactLimits)('goes on with the limits', async () => {
      const store = await supply.open({ maxTopics: 1, maxStreamsPerTopic: 1 });
      await send(store, 's', batchAt(1, 2));
      await store.close();
      const again = await supply.reopen();
      await expect(send(again, 's', batchAt(1), 'other')).rejects.toMatchObject({ code: 'topic_limit' });
      await expect(send(again, 'other', batchAt(1))).rejects.toMatchObject({ code: 'stream_limit' });
      expect(await send(again, 's', batchAt(3))).toEqual(at(3));
    });
  });
}

async function everythingIn({ log, catalogue }: Store): Promise<unknown[]> {
  return [
    await readAll({ log }),
    await catalogue.streams('t', { limit: 9 }),
    await catalogue.topics({ limit: 9 }),
    await catalogue.topic('t'),
  ];
}
