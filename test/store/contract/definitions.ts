import type { Definitions } from '../../../src/store/contract/definitions';
import type { Store } from '../../../src/store/contract/store';
import { batchAt, send } from '../support/batches';
import type { StoreSupply } from '../store-contract';
import { describeWhen } from './conditional';

const SPEED = {
  ...{ id: 'Speed', name: 'Speed of the car', description: 'é😀\0', location: '/chassis', customProperties: '{"a":1}' },
  ...{ minimumValue: -0.5, maximumValue: 1e300, unit: 'km/h', format: '0.0' },
};
const GEAR = { id: '10' };
const ALERT = { id: 'Alert', level: 'Warning' } as const;

/** What is said of the parameters and events of streams. */
export function describeDefinitions(supply: StoreSupply): void {
  const put = (store: Store, definitions: Partial<Definitions>, streamId = 's', createTopic = true): Promise<void> =>
    store.log.putDefinitions({ topic: 't', streamId, createTopic, definitions });
  const of = async (store: Store, ...streamIds: string[]): Promise<[string, Definitions][]> =>
    [...(await store.catalogue.definitions('t', streamIds))].sort(([a], [b]) => (a < b ? -1 : 1));

  describe('putDefinitions', () => {
    it('creates the stream, open and without events, and keeps what was put as it was', async () => {
      const store = await supply.share();
      await put(store, { parameters: [SPEED, GEAR], events: [ALERT] });
      expect(await store.catalogue.stream('t', 's')).toMatchObject({
        status: 'open',
        eventCount: 0,
        hasDefinitions: true,
      });
      expect(await of(store, 's')).toEqual([['s', { parameters: [SPEED, GEAR], events: [ALERT] }]]);
    });

    it('replaces the lists that it is given, whole, and leaves the other', async () => {
      const store = await supply.share();
      await put(store, { parameters: [SPEED], events: [ALERT] });
      await put(store, { parameters: [GEAR] });
      expect(await of(store, 's')).toEqual([['s', { parameters: [GEAR], events: [ALERT] }]]);
      await put(store, { events: [] });
      expect(await of(store, 's')).toEqual([['s', { parameters: [GEAR], events: [] }]]);
      await put(store, { parameters: [] });
      expect(await of(store, 's')).toEqual([]);
      expect((await store.catalogue.stream('t', 's')).hasDefinitions).toBe(false);
    });

    it('leaves events, properties and status as they are', async () => {
      const store = await supply.share();
      await send(store, 's', batchAt(5));
      await store.log.putStream({ topic: 't', streamId: 's', createTopic: true, properties: { name: 'n' } });
      await store.log.closeStream('t', 's');
      await put(store, { parameters: [SPEED] });
      const stream = { status: 'closed', eventCount: 1, properties: { name: 'n' }, hasDefinitions: true };
      expect(await store.catalogue.stream('t', 's')).toMatchObject(stream);
      expect((await store.catalogue.streams('t', { limit: 9 })).map(({ hasDefinitions }) => hasDefinitions)).toEqual([
        true,
      ]);
    });

    it('takes effect in the order of the calls, among others that are sent at once', async () => {
      const store = await supply.share();
      await Promise.all([
        put(store, { parameters: [SPEED] }),
        send(store, 's', batchAt(1)),
        put(store, { parameters: [GEAR] }),
        put(store, { events: [ALERT] }, 'other'),
        store.log.closeStream('t', 's'),
      ]);
      expect(await store.catalogue.stream('t', 's')).toMatchObject({ status: 'closed', eventCount: 1 });
      expect(await of(store, 'other', 's', 'none')).toEqual([
        ['other', { parameters: [], events: [ALERT] }],
        ['s', { parameters: [GEAR], events: [] }],
      ]);
    });

    it('are removed with their stream, or its topic', async () => {
      const store = await supply.share();
      await put(store, { parameters: [SPEED] });
      await store.log.removeStream('t', 's');
      await send(store, 's', batchAt(1));
      expect(await of(store, 's')).toEqual([]);
      await put(store, { parameters: [SPEED] });
      await store.log.removeTopic('t');
      await send(store, 's', batchAt(1));
      expect(await of(store, 's')).toEqual([]);
      expect((await store.catalogue.stream('t', 's')).hasDefinitions).toBe(false);
    });

    it('refuses an unknown topic that it may not create', async () => {
      const store = await supply.share();
      await expect(put(store, {}, 's', false)).rejects.toMatchObject({ code: 'unknown_topic' });
      await expect(of(store, 's')).rejects.toMatchObject({ code: 'unknown_topic' });
    });
  });

  describeWhen(supply.capabilities.survivesReopening)('definitions', () => {
    it('are there when the store is opened again', async () => {
      const first = await supply.open();
      await put(first, { parameters: [SPEED], events: [ALERT] });
      await first.close();
      const again = await supply.reopen();
      expect(await of(again, 's')).toEqual([['s', { parameters: [SPEED], events: [ALERT] }]]);
    });
  });
}
