import { batchAt, send } from '../support/batches';
import { NAMES_IN_ORDER } from '../support/names';
import type { StoreSupply } from '../store-contract';

const PUT = { topic: 't', streamId: 's', createTopic: true };

/** Streams: what is written of them besides events, and what the catalogue says of them. */
export function describeStreams(supply: StoreSupply): void {
  describe('putStream', () => {
    it('creates the stream, open and without events', async () => {
      const store = await supply.share();
      await store.log.putStream({ ...PUT, properties: { name: 'n' } });
      const stream = await store.catalogue.stream('t', 's');
      expect(stream).toMatchObject({ streamId: 's', status: 'open', properties: { name: 'n' }, eventCount: 0 });
      expect(stream).not.toHaveProperty('firstTimestamp');
      expect(stream).not.toHaveProperty('lastTimestamp');
    });

    it('replaces all properties', async () => {
      const store = await supply.share();
      const all = { name: 'n', location: '/l', metadata: { k: '😀\0' }, parents: ['p'], timeOfRecording: '2021-04-11' };
      await store.log.putStream({ ...PUT, properties: all });
      expect((await store.catalogue.stream('t', 's')).properties).toEqual(all);
      await store.log.putStream({ ...PUT, properties: { location: '/m' } });
      expect((await store.catalogue.stream('t', 's')).properties).toEqual({ location: '/m' });
    });

    it('leaves events and status as they are', async () => {
      const store = await supply.share();
      await send(store, 's', batchAt(5));
      await store.log.closeStream('t', 's');
      await store.log.putStream({ ...PUT, properties: { name: 'n' } });
      expect(await store.catalogue.stream('t', 's')).toMatchObject({
        status: 'closed',
        eventCount: 1,
        lastTimestamp: 5n,
      });
    });

    it('refuses an unknown topic that it may not create', async () => {
      const store = await supply.share();
      const refused = store.log.putStream({ ...PUT, createTopic: false, properties: {} });
      await expect(refused).rejects.toMatchObject({ code: 'unknown_topic' });
    });
  });

  describe('closeStream', () => {
    it('closes a stream, once or twice, and an append reopens it', async () => {
      const store = await supply.share();
      await send(store, 's', batchAt(1));
      await store.log.closeStream('t', 's');
      await store.log.closeStream('t', 's');
      expect(await store.catalogue.stream('t', 's')).toMatchObject({ status: 'closed', eventCount: 1 });
      await send(store, 's', batchAt(2));
      expect(await store.catalogue.stream('t', 's')).toMatchObject({ status: 'open', eventCount: 2 });
    });

    it.each([
      ['unknown_topic', 'x', 's'],
      ['unknown_stream', 't', 'x'],
    ])('rejects with %s', async (code, topic, streamId) => {
      const store = await supply.share();
      await send(store, 's', batchAt(1));
      await expect(store.log.closeStream(topic, streamId)).rejects.toMatchObject({ code });
      await expect(store.catalogue.stream(topic, streamId)).rejects.toMatchObject({ code });
    });

    it('takes effect in the order of the calls, among appends that are sent at once', async () => {
      const store = await supply.share();
      await Promise.all([
        send(store, 'open', batchAt(1)),
        send(store, 'closed', batchAt(1)),
        store.log.closeStream('t', 'open'),
        store.log.closeStream('t', 'closed'),
        send(store, 'open', batchAt(2)),
        store.log.putStream({ ...PUT, streamId: 'closed', properties: { name: 'last' } }),
      ]);
      expect(await store.catalogue.stream('t', 'open')).toMatchObject({ status: 'open', eventCount: 2 });
      expect(await store.catalogue.stream('t', 'closed')).toMatchObject({
        status: 'closed',
        properties: { name: 'last' },
      });
    });

    it('fails alone among writes that are sent at once', async () => {
      const store = await supply.share();
      const outcomes = await Promise.allSettled([
        send(store, 'a', batchAt(1)),
        store.log.closeStream('t', 'x'),
        send(store, 'a', batchAt(2)),
        store.log.closeStream('t', 'a'),
      ]);
      expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
      expect(await store.catalogue.stream('t', 'a')).toMatchObject({ status: 'closed', eventCount: 2 });
    });
  });

  describe('stream', () => {
    it('counts events and spans their timestamps', async () => {
      const store = await supply.share();
      await send(store, 's', batchAt(2n ** 62n, 7, 9));
      await send(store, 's', batchAt(-(2n ** 63n), 8));
      const stream = await store.catalogue.stream('t', 's');
      expect(stream).toMatchObject({ eventCount: 5, firstTimestamp: -(2n ** 63n), lastTimestamp: 2n ** 62n });
    });

    it('says when the stream was first seen and last written', async () => {
      const store = await supply.share();
      const before = Date.now();
      await send(store, 's', batchAt(1));
      const { createdAt, updatedAt } = await store.catalogue.stream('t', 's');
      expect(createdAt).toBeGreaterThanOrEqual(before);
      expect(updatedAt).toBeGreaterThanOrEqual(createdAt);
      expect(updatedAt).toBeLessThanOrEqual(Date.now());
    });
  });

  describe('streams', () => {
    it('lists streams by pages in order of the bytes of their ids', async () => {
      const store = await supply.share();
      await Promise.all(NAMES_IN_ORDER.toReversed().map((name) => send(store, name, batchAt(1))));
      await send(store, 'elsewhere', batchAt(1), 'other');
      const first = await store.catalogue.streams('t', { limit: 5 });
      const rest = await store.catalogue.streams('t', { limit: 5, after: first.at(-1)!.streamId });
      expect([first, rest].map((page) => page.map(({ streamId }) => streamId))).toEqual([
        NAMES_IN_ORDER.slice(0, 5),
        NAMES_IN_ORDER.slice(5),
      ]);
    });

    it('rejects with unknown_topic', async () => {
      const store = await supply.share();
      await expect(store.catalogue.streams('t', { limit: 1 })).rejects.toMatchObject({ code: 'unknown_topic' });
    });
  });
}
