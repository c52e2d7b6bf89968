import type { StartPoint } from '../../../src/store/contract/position';
import { batchAt, idsOf, readAll, send } from '../support/batches';
import { values } from '../support/rows';
import { createSource } from '../support/test-source';
import type { StoreSupply } from '../store-contract';

/** Where a reader begins. */
export function describeStarts(supply: StoreSupply): void {
  describe('resolve', () => {
    it('gives the beginning and the end of a topic, also of one without events', async () => {
      const store = await supply.share();
      await store.log.putStream({ topic: 't', streamId: 's', properties: {}, createTopic: true });
      const empty = await store.log.resolve('t', 'latest');
      expect(empty).toBe(await store.log.resolve('t', 'earliest'));
      await send(store, 's', batchAt(1, 2));
      expect(await store.log.resolve('t', 'earliest')).toBe(empty);
      const after = await store.log.resolve('t', 'latest');
      expect(await readAll(store, { after })).toEqual([]);
      await send(store, 's', batchAt(3));
      expect(idsOf(await readAll(store, { after }))).toEqual(['3']);
    });

    it('gives a position back, and that of the end is one', async () => {
      const store = await supply.share();
      await send(store, 's', batchAt(1, 2));
      for (const { position } of await readAll(store)) {
        expect(await store.log.resolve('t', { position })).toBe(position);
      }
    });

    it('begins before all that was stored at a time or later', async () => {
      const store = await supply.share();
      await send(store, 's', batchAt(1));
      const storedSince = Date.now();
      await send(store, 's', batchAt(2, 3));
      const idsSince = async (time: number): Promise<string[]> =>
        idsOf(await readAll(store, { after: await store.log.resolve('t', { storedSince: time }) }));
      expect((await idsSince(storedSince)).slice(-2)).toEqual(['2', '3']);
      expect(await idsSince(0)).toEqual(['1', '2', '3']);
      expect(await idsSince(Date.now() + 60_000)).toEqual([]);
    });

    it('begins no further back than what is kept', async () => {
      const store = await supply.share();
      await send(store, 's', batchAt(1, 2));
      const [first] = await readAll(store);
      await store.log.removeTopic('t');
      await send(store, 's', batchAt(3));
      const earliest = await store.log.resolve('t', 'earliest');
      const gone = store.log.resolve('t', { position: first!.position });
      await expect(gone).rejects.toMatchObject({ code: 'position_gone', earliest });
    });

    it('rejects with invalid_query for what is no position, or one behind the end', async () => {
      const store = await supply.share();
      await send(store, 's', batchAt(1), 'long');
      const position = await send(store, 's', batchAt(2), 'long');
      await send(store, 's', batchAt(1));
      for (const start of [{ position }, { position: '?' }, { position: '' }] satisfies StartPoint[]) {
        await expect(store.log.resolve('t', start)).rejects.toMatchObject({ code: 'invalid_query' });
      }
    });

    it.each<[string, StartPoint]>([
      ['earliest', 'earliest'],
      ['latest', 'latest'],
      ['a time', { storedSince: 0 }],
    ])('rejects where there are no events to read: %s', async (_, start) => {
      const store = await supply.share();
      await createSource(store);
      await expect(store.log.resolve('none', start)).rejects.toMatchObject({ code: 'unknown_topic' });
      await expect(store.log.resolve('d', start)).rejects.toMatchObject({ code: 'wrong_topic_kind' });
    });
  });

  describe('onRemove', () => {
    it('names the topic that was removed, or one of whose streams was', async () => {
      const store = await supply.share();
      const source = await createSource(store);
      await source.send({ rows: values(1) });
      await send(store, 's', batchAt(1));
      await send(store, 'other', batchAt(1));
      const removed: string[] = [];
      const stop = store.observe({ onRemove: (topic) => removed.push(topic) });
      await store.log.removeStream('t', 'other');
      await store.log.removeTopic('t');
      await store.rows.dropDataSource('d');
      // What is called before or after its promise settles has been called when the next one has.
      await store.probe();
      expect(removed).toEqual(['t', 't', 'd']);
      stop();
      await send(store, 's', batchAt(1));
      await store.log.removeTopic('t');
      await store.probe();
      expect(removed).toHaveLength(3);
    });
  });
}
