import type { RetentionChange } from '../../../src/store/contract/retention';
import type { Store } from '../../../src/store/contract/store';
import { batchAt, idsOf, readAll, send } from '../support/batches';
import { values } from '../support/rows';
import { createSource } from '../support/test-source';
import type { StoreSupply } from '../store-contract';
import { itWhen } from './conditional';

const HOUR = 3_600_000;

/** Resolves when a topic holds no more than so many events or rows. */
async function holdsAtMost(store: Store, topic: string, count: number): Promise<void> {
  for (;;) {
    const info = await store.catalogue.topic(topic);
    if (info !== undefined && info.recordCount <= count) return;
  }
}

function set(store: Store, change: Partial<RetentionChange>): Promise<void> {
  return store.log.setRetention({ topic: 't', confirmed: false, ...change });
}

/** How long topics keep what they hold. */
export function describeRetention(supply: StoreSupply): void {
  const { survivesReopening } = supply.capabilities;

  describe('setRetention', () => {
    it('rejects with unknown_topic where there is none, and makes none', async () => {
      const store = await supply.open();
      await expect(set(store, { age: HOUR })).rejects.toMatchObject({ code: 'unknown_topic' });
      expect(await store.catalogue.topics({ limit: 9 })).toEqual([]);
    });

    it('keeps what is not said as it is, and gives up what is null', async () => {
      const store = await supply.share();
      await send(store, 's', batchAt(1));
      const retention = async (): Promise<unknown> => (await store.catalogue.topic('t'))?.retention;
      expect(await retention()).toEqual({});
      await set(store, { age: HOUR });
      await set(store, { bytes: 1_000_000 });
      expect(await retention()).toEqual({ age: HOUR, bytes: 1_000_000 });
      await set(store, { age: null });
      expect(await retention()).toEqual({ bytes: 1_000_000 });
      await set(store, { age: 0, bytes: null });
      expect(await retention()).toEqual({ age: 0 });
    });

    it('goes by when an event was stored, not by its timestamp', async () => {
      const store = await supply.share();
      await send(store, 's', batchAt(1, -(2n ** 63n), 2n ** 63n - 1n));
      await set(store, { age: HOUR });
      await send(store, 's', batchAt(2));
      expect(idsOf(await readAll(store))).toHaveLength(4);
    });

    it('asks before a topic loses everything, saying how many events, and changes nothing then', async () => {
      const store = await supply.share();
      await send(store, 's', batchAt(1, 2, 3));
      await expect(set(store, { bytes: 1 })).rejects.toMatchObject({
        code: 'confirmation_required',
        message: expect.stringContaining('3') as string,
      });
      expect(await store.catalogue.topic('t')).toMatchObject({ recordCount: 3, retention: {} });
      expect(idsOf(await readAll(store))).toEqual(['1', '2', '3']);
    });

    it('asks nothing for a topic that is empty', async () => {
      const store = await supply.share();
      await store.log.putStream({ topic: 't', streamId: 's', properties: {}, createTopic: true });
      await set(store, { age: 1, bytes: 1 });
      expect(await store.catalogue.topic('t')).toMatchObject({ retention: { age: 1, bytes: 1 } });
    });

    it('counts what was called before it in the same turn', async () => {
      const store = await supply.share();
      const [, outcome] = await Promise.allSettled([send(store, 's', batchAt(1, 2)), set(store, { bytes: 1 })]);
      expect(outcome).toMatchObject({ reason: { code: 'confirmation_required' } });
    });

    it('removes from the front, and says where the topic begins then', async () => {
      const store = await supply.share();
      for (let time = 1; time <= 20; time++) await send(store, time % 2 === 0 ? 'a' : 'b', batchAt(time));
      const { bytes, earliest: beginning } = (await store.catalogue.topic('t'))!;
      const [first] = (await store.log.read({ topic: 't', limit: 1 })).events;
      await set(store, { bytes: Math.floor(bytes / 2) });
      await holdsAtMost(store, 't', 11);
      const { recordCount, earliest, bytes: left, position } = (await store.catalogue.topic('t'))!;
      expect(recordCount).toBeGreaterThan(5);
      expect(left).toBeLessThanOrEqual(bytes / 2);
      const kept = idsOf(await readAll(store));
      expect(kept).toEqual(Array.from({ length: recordCount }, (_, index) => String(21 - recordCount + index)));
      expect(idsOf(await readAll(store, { after: earliest }))).toEqual(kept);
      expect(idsOf(await readAll(store, { streamId: 'a' }))).toEqual(kept.filter((id) => Number(id) % 2 === 0));
      expect(idsOf(await readAll(store, { from: 1n, to: 21n }))).toEqual(kept);
      const streams = await store.catalogue.streams('t', { limit: 9 });
      expect(streams.reduce((sum, { eventCount }) => sum + eventCount, 0)).toBe(recordCount);
      for (const after of [beginning, first!.position]) {
        const read = store.log.read({ topic: 't', limit: 1, after });
        await expect(read).rejects.toMatchObject({ code: 'position_gone', earliest });
      }
      const descending = true;
      const backwards = [...kept].reverse();
      expect(idsOf(await readAll(store, { descending }))).toEqual(backwards);
      expect(idsOf(await readAll(store, { descending, after: first!.position }))).toEqual([]);
      expect(idsOf(await readAll(store, { descending, limit: 3, from: 1n, to: 21n }))).toEqual(backwards);
      await send(store, 'a', batchAt(99));
      expect(idsOf(await readAll(store, { after: position }))).toEqual(['99']);
    });

    it('empties a topic when that is confirmed, whose positions go on', async () => {
      const store = await supply.share();
      const end = await send(store, 's', batchAt(1, 2, 3));
      await set(store, { bytes: 1, confirmed: true });
      await holdsAtMost(store, 't', 0);
      expect(await store.catalogue.topic('t')).toMatchObject({ position: end, earliest: end, bytes: 0 });
      expect(await store.log.read({ topic: 't', limit: 9 })).toEqual({ events: [], position: end, more: false });
      expect(await store.catalogue.stream('t', 's')).toMatchObject({ eventCount: 0 });
      await set(store, { bytes: null });
      await send(store, 's', batchAt(4));
      expect(idsOf(await readAll(store, { after: end }))).toEqual(['4']);
    });

    it('removes the rows of a data source as well', async () => {
      const store = await supply.share();
      const source = await createSource(store);
      await source.send({ rows: values(...Array.from({ length: 40 }, (_, index) => `row ${index}`)) });
      const { bytes } = (await store.catalogue.topic('d'))!;
      await set(store, { topic: 'd', bytes: Math.floor(bytes / 2) });
      await holdsAtMost(store, 'd', 21);
      const { rowCount } = await source.info();
      expect(rowCount).toBeGreaterThan(10);
      expect(supply.contents().rows.map((row) => row.at(-1))).toEqual(
        Array.from({ length: rowCount }, (_, index) => `row ${40 - rowCount + index}`),
      );
      await source.send({ rows: values('last') });
      expect((await source.info()).rowCount).toBeLessThanOrEqual(rowCount + 1);
      expect(supply.contents().rows.at(-1)).toContain('last');
    });

    it('does not count a truncated data source, nor a topic of its name before', async () => {
      const store = await supply.share();
      const source = await createSource(store);
      await source.send({ rows: values('a', 'b') });
      await set(store, { topic: 'd', age: HOUR });
      await store.rows.truncateDataSource('d', 'rows');
      expect(await store.catalogue.topic('d')).toMatchObject({ recordCount: 0, bytes: 0, retention: { age: HOUR } });
      await store.rows.dropDataSource('d');
      await createSource(store);
      expect(await store.catalogue.topic('d')).toMatchObject({ recordCount: 0, bytes: 0, retention: {} });
    });

    itWhen(survivesReopening)('lasts when the store is opened again', async () => {
      const store = await supply.open();
      await send(store, 's', batchAt(1, 2, 3));
      await set(store, { age: HOUR, bytes: 1000 });
      await store.close();
      const again = await supply.reopen();
      expect(await again.catalogue.topic('t')).toMatchObject({ recordCount: 3, retention: { age: HOUR, bytes: 1000 } });
    });
  });
}
