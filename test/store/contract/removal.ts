import type { Store } from '../../../src/store/contract/store';
import { batchAt, idsOf, readAll, send } from '../support/batches';
import { sendPackage, speedAt } from '../support/packages';
import { recordOf, values } from '../support/rows';
import { createSource } from '../support/test-source';
import type { StoreSupply } from '../store-contract';
import { itWhen } from './conditional';

const onData: [string, (store: Store) => Promise<unknown>][] = [
  ['removeTopic', (store) => store.log.removeTopic('d')],
  ['removeStream', (store) => store.log.removeStream('d', 's')],
];

const onNothing: [string, (store: Store) => Promise<unknown>][] = [
  ['removeTopic', (store) => store.log.removeTopic('nowhere')],
  ['removeStream', (store) => store.log.removeStream('nowhere', 's')],
];

/** Topics and streams that are removed, and made again. */
export function describeRemoval(supply: StoreSupply): void {
  const { exactLimits, survivesReopening } = supply.capabilities;

  describe('a topic or stream that is removed', () => {
    it.each(onData)('%s rejects with wrong_topic_kind for a data source', async (_, remove) => {
      const store = await supply.share();
      await createSource(store);
      await expect(remove(store)).rejects.toMatchObject({ code: 'wrong_topic_kind' });
    });

    it.each(onNothing)('%s rejects with unknown_topic where there is none', async (_, remove) => {
      const store = await supply.share();
      await expect(remove(store)).rejects.toMatchObject({ code: 'unknown_topic' });
    });

    it('rejects with unknown_stream where there is none, or no more', async () => {
      const store = await supply.share();
      await send(store, 's', batchAt(1));
      await expect(store.log.removeStream('t', 'other')).rejects.toMatchObject({ code: 'unknown_stream' });
      const both = [store.log.removeStream('t', 's'), store.log.removeStream('t', 's')];
      const outcomes = await Promise.allSettled(both);
      expect(outcomes).toMatchObject([{ status: 'fulfilled' }, { reason: { code: 'unknown_stream' } }]);
    });
  });

  describe('removeTopic', () => {
    it('removes everything at once, for readers and writers, and nothing of others', async () => {
      const store = await supply.open();
      await send(store, 's', batchAt(1, 2));
      await send(store, 's', batchAt(3), 'other');
      await store.log.removeTopic('t');
      expect((await store.catalogue.topics({ limit: 9 })).map(({ name }) => name)).toEqual(['other']);
      await expect(store.log.read({ topic: 't', limit: 1 })).rejects.toMatchObject({ code: 'unknown_topic' });
      await expect(store.catalogue.streams('t', { limit: 1 })).rejects.toMatchObject({ code: 'unknown_topic' });
      await expect(store.log.closeStream('t', 's')).rejects.toMatchObject({ code: 'unknown_topic' });
      const append = store.log.append({ topic: 't', streamId: 's', batch: batchAt(4), createTopic: false });
      await expect(append).rejects.toMatchObject({ code: 'unknown_topic' });
      expect(idsOf(await readAll(store, { topic: 'other' }))).toEqual(['3']);
    });

    it('frees the name for another topic, which begins empty', async () => {
      const store = await supply.share();
      await store.log.putStream({ topic: 't', streamId: 's', properties: { name: 'old' }, createTopic: true });
      await send(store, 's', batchAt(1, 2));
      // In one turn: what was called before is removed, what is called after is not.
      const turn = [send(store, 'u', batchAt(3)), store.log.removeTopic('t'), send(store, 's', batchAt(4))];
      await Promise.all(turn);
      expect(idsOf(await readAll(store))).toEqual(['4']);
      expect(await store.catalogue.streams('t', { limit: 9 })).toMatchObject([
        { streamId: 's', eventCount: 1, properties: {} },
      ]);
      expect(await store.catalogue.topic('t')).toMatchObject({ recordCount: 1 });
    });

    it('frees the name for a data source', async () => {
      const store = await supply.share();
      await send(store, 's', batchAt(1), 'd');
      await store.log.removeTopic('d');
      const source = await createSource(store);
      await source.send({ rows: values(1) });
      expect(await source.info()).toMatchObject({ rowCount: 1 });
    });

    it('takes its idempotency records with it', async () => {
      const store = await supply.share();
      const append = { topic: 't', streamId: 's', batch: batchAt(1), createTopic: true, record: recordOf('k', 'body') };
      await store.log.append(append);
      await store.log.removeTopic('t');
      expect((await store.log.append(append)).position).toBeDefined();
      expect(idsOf(await readAll(store))).toEqual(['1']);
    });

    it('makes every position of it gone for the next topic of its name', async () => {
      const store = await supply.share();
      const positions = [await send(store, 's', batchAt(1)), await send(store, 's', batchAt(2, 3))];
      const page = await store.log.read({ topic: 't', limit: 1 });
      const empty = await store.log.read({ topic: 't', limit: 1, to: -1n });
      positions.push(page.position, page.events[0]!.position, empty.position);
      positions.push((await store.catalogue.topic('t'))!.earliest, (await store.catalogue.topic('t'))!.position);
      for (let times = 0; times < 2; times++) {
        await store.log.removeTopic('t');
        await send(store, 's', batchAt(4, 5, 6, 7));
        const { earliest } = (await store.catalogue.topic('t'))!;
        for (const after of positions) {
          const read = store.log.read({ topic: 't', limit: 9, after });
          await expect(read).rejects.toMatchObject({ code: 'position_gone', earliest });
        }
        expect(idsOf(await readAll(store, { after: earliest }))).toEqual(['4', '5', '6', '7']);
        positions.push(earliest);
      }
    });

    itWhen(exactLimits)('gives its place to another topic at once', async () => {
      const store = await supply.open({ maxTopics: 1 });
      await send(store, 's', batchAt(1));
      await expect(send(store, 's', batchAt(1), 'u')).rejects.toMatchObject({ code: 'topic_limit' });
      await Promise.all([store.log.removeTopic('t'), send(store, 's', batchAt(1), 'u')]);
      await expect(send(store, 's', batchAt(1))).rejects.toMatchObject({ code: 'topic_limit' });
    });

    itWhen(survivesReopening)('lasts when the store is opened again', async () => {
      const store = await supply.open();
      const after = await send(store, 's', batchAt(1, 2, 3));
      await store.log.removeTopic('t');
      await store.close();
      const again = await supply.reopen();
      expect(await again.catalogue.topic('t')).toBeUndefined();
      await send(again, 's', batchAt(4, 5, 6, 7));
      await expect(again.log.read({ topic: 't', limit: 9, after })).rejects.toMatchObject({ code: 'position_gone' });
      expect(idsOf(await readAll(again))).toEqual(['4', '5', '6', '7']);
    });
  });

  describe('removeStream', () => {
    it('removes its events from every read at once, wherever they lie', async () => {
      const store = await supply.share();
      for (const timestamp of [1, 3, 5]) {
        await send(store, 'a', batchAt(timestamp));
        await send(store, 'b', batchAt(timestamp + 1));
      }
      const [, second] = (await store.log.read({ topic: 't', limit: 9 })).events;
      await store.log.removeStream('t', 'a');
      expect(idsOf(await readAll(store))).toEqual(['2', '4', '6']);
      expect(idsOf(await readAll(store, { limit: 1 }))).toEqual(['2', '4', '6']);
      expect(idsOf(await readAll(store, { from: 3n }))).toEqual(['4', '6']);
      expect(idsOf(await readAll(store, { from: 1n, to: 2n }))).toEqual([]);
      expect(idsOf(await readAll(store, { streamId: 'b' }))).toEqual(['2', '4', '6']);
      // Positions of the topic are as good as before.
      expect(idsOf(await readAll(store, { after: second!.position }))).toEqual(['4', '6']);
      const read = store.log.read({ topic: 't', streamId: 'a', limit: 1 });
      await expect(read).rejects.toMatchObject({ code: 'unknown_stream' });
      expect(await store.catalogue.streams('t', { limit: 9 })).toMatchObject([{ streamId: 'b', eventCount: 3 }]);
      expect(await store.catalogue.topic('t')).toMatchObject({ recordCount: 3 });
    });

    it('leaves a topic whose other streams have nothing with nothing to lose', async () => {
      const store = await supply.share();
      await sendPackage(store, 's', speedAt(1, 2));
      await Promise.all([sendPackage(store, 's', speedAt(3)), store.log.removeStream('t', 's')]);
      await store.log.setRetention({ topic: 't', bytes: 1, confirmed: false });
      expect((await store.catalogue.topic('t'))?.retention).toMatchObject({ bytes: 1 });
    });

    it('frees the id for another stream, which begins empty', async () => {
      const store = await supply.share();
      await store.log.putStream({ topic: 't', streamId: 's', properties: { name: 'old' }, createTopic: true });
      await send(store, 's', batchAt(1, 9));
      const turn = [send(store, 's', batchAt(2)), store.log.removeStream('t', 's'), send(store, 's', batchAt(3))];
      await Promise.all(turn);
      expect(idsOf(await readAll(store))).toEqual(['3']);
      expect(await store.catalogue.stream('t', 's')).toMatchObject({
        ...{ properties: {}, eventCount: 1, firstTimestamp: 3n, lastTimestamp: 3n },
      });
      expect(await store.catalogue.topic('t')).toMatchObject({ recordCount: 1 });
    });

    it('takes its idempotency records with it, and leaves those of others', async () => {
      const store = await supply.share();
      const append = (streamId: string): Promise<{ position: unknown }> =>
        store.log.append({ topic: 't', streamId, batch: batchAt(1), createTopic: true, record: recordOf('k', 'body') });
      await Promise.all([append('a'), append('b')]);
      await store.log.removeStream('t', 'a');
      expect((await append('b')).position).toBeUndefined();
      expect((await append('a')).position).toBeDefined();
      expect((await append('a')).position).toBeUndefined();
      expect(await store.catalogue.topic('t')).toMatchObject({ recordCount: 2 });
    });

    itWhen(exactLimits)('gives its place to another stream at once', async () => {
      const store = await supply.open({ maxStreamsPerTopic: 1 });
      await send(store, 'a', batchAt(1));
      await expect(send(store, 'b', batchAt(1))).rejects.toMatchObject({ code: 'stream_limit' });
      await Promise.all([store.log.removeStream('t', 'a'), send(store, 'b', batchAt(2))]);
      await expect(send(store, 'a', batchAt(1))).rejects.toMatchObject({ code: 'stream_limit' });
      expect(idsOf(await readAll(store))).toEqual(['2']);
    });

    itWhen(survivesReopening)('lasts when the store is opened again', async () => {
      const store = await supply.open();
      await send(store, 'a', batchAt(1, 2, 3));
      await send(store, 'b', batchAt(4));
      await store.log.removeStream('t', 'a');
      await store.close();
      const again = await supply.reopen();
      await send(again, 'a', batchAt(5));
      expect(idsOf(await readAll(again))).toEqual(['4', '5']);
    });
  });
}
