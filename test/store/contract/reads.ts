import fc from 'fast-check';
import type { EventStore, ReadQuery } from '../../../src/store/event-store';
import { batchAt, batchOf, idsOf, readAll, send } from '../support/batches';
import type { StoreSupply } from '../event-store-contract';

/** Reading back: paging, streams and time ranges. */
export function describeReads(supply: StoreSupply): void {
  describe('read', () => {
    it('gives pages and says of each whether more may follow', async () => {
      const store = await supply.open();
      await send(store, 's', batchAt(1, 2, 3, 4, 5));
      const first = await store.read({ topic: 't', limit: 2 });
      const second = await store.read({ topic: 't', limit: 2, after: first.next! });
      const third = await store.read({ topic: 't', limit: 2, after: second.next! });
      expect([first, second, third].map(({ events }) => idsOf(events))).toEqual([['1', '2'], ['3', '4'], ['5']]);
      expect([first, second, third].map(({ next }) => next)).toEqual([2, 4, undefined]);
    });

    it.each([
      ['at the end of the topic', { after: 3 }],
      ['beyond the end of the topic', { after: 1000 }],
      ['of a stream without events', { streamId: 'empty' }],
      ['of a range without events', { from: 10n, to: 20n }],
      ['of a range that ends where it begins', { from: 2n, to: 2n }],
      ['of a range that ends before it begins', { from: 3n, to: 1n }],
    ])('gives an empty last page %s', async (_, query) => {
      const store = await supply.open();
      await send(store, 's', batchAt(1, 2, 3));
      await store.putStream({ topic: 't', streamId: 'empty', properties: {}, createTopic: false });
      expect(await store.read({ topic: 't', limit: 10, ...query })).toEqual({ events: [], next: undefined });
    });

    it.each([
      ['from inclusive', { from: 2n }, ['2', '3', '2']],
      ['to exclusive', { to: 3n }, ['1', '2', '2']],
      ['both', { from: 2n, to: 3n }, ['2', '2']],
      ['both, of a stream', { from: 2n, to: 3n, streamId: 'b' }, ['2']],
      ['both, after an offset', { from: 2n, to: 4n, after: 2 }, ['3', '2']],
    ])('takes a time range: %s', async (_, query, ids) => {
      const store = await supply.open();
      await send(store, 'a', batchAt(1, 2, 3));
      await send(store, 'b', batchAt(2));
      expect(idsOf(await readAll(store, query))).toEqual(ids);
    });

    it.each([
      ['the least timestamp', { to: -(2n ** 63n) + 1n }, ['least']],
      ['the greatest timestamp', { from: 2n ** 63n - 1n }, ['greatest']],
      ['everything, by bounds beyond int64', { from: -(2n ** 70n), to: 2n ** 70n }, ['least', 'greatest']],
      ['nothing below int64', { to: -(2n ** 63n) }, []],
      ['nothing far below int64', { to: -(2n ** 70n) }, []],
      ['nothing above int64', { from: 2n ** 63n }, []],
    ])('finds at the ends of int64: %s', async (_, query, ids) => {
      const store = await supply.open();
      const least = { timestamp: -(2n ** 63n), id: 'least' };
      await send(store, 's', batchOf([least, { timestamp: 2n ** 63n - 1n, id: 'greatest' }]));
      expect(idsOf(await readAll(store, query))).toEqual(ids);
    });

    it.each([
      ['unknown_topic', { topic: 'x' }],
      ['unknown_topic', { topic: 'x', streamId: 's' }],
      ['unknown_stream', { topic: 't', streamId: 'x' }],
    ])('rejects with %s: %j', async (code, query) => {
      const store = await supply.open();
      await send(store, 's', batchAt(1));
      await expect(store.read({ limit: 1, ...query })).rejects.toMatchObject({ code });
    });

    it('does not take a stream of the same id in another topic for its own', async () => {
      const store = await supply.open();
      await send(store, 'here', batchAt(1), 'one');
      await send(store, 'there', batchAt(1), 'two');
      await expect(store.read({ topic: 'one', streamId: 'there', limit: 1 })).rejects.toMatchObject({
        code: 'unknown_stream',
      });
    });

    it('sees everything that was acknowledged before the call', async () => {
      const store = await supply.open();
      for (let count = 1; count <= 50; count++) {
        const offset = await send(store, 's', batchAt(count));
        expect(idsOf((await store.read({ topic: 't', after: offset - 1, limit: 10 })).events)).toEqual([String(count)]);
      }
    });

    it('answers any query as a scan of all events would', async () => {
      const store = await supply.open();
      const small = fc.bigInt({ min: 0n, max: 20n });
      const appends = fc.array(
        fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.array(small, { minLength: 1, maxLength: 8 }), fc.boolean()),
        { minLength: 1, maxLength: 30 },
      );
      const query = fc.record(
        {
          streamId: fc.constantFrom('a', 'b', 'c'),
          after: fc.integer({ min: 0, max: 100 }),
          from: small,
          to: small,
          limit: fc.integer({ min: 1, max: 10 }),
        },
        { requiredKeys: ['limit'] },
      );
      await fc.assert(
        fc.asyncProperty(appends, fc.array(query, { maxLength: 10 }), fc.uuid(), async (sent, queries, topic) => {
          for (const streamId of ['a', 'b', 'c']) {
            await store.putStream({ topic, streamId, properties: {}, createTopic: true });
          }
          let calls: Promise<number>[] = [];
          for (const [streamId, timestamps, wait] of sent) {
            calls.push(send(store, streamId, batchAt(...timestamps), topic));
            if (wait) calls = [Promise.all(calls).then(() => 0)];
            if (wait) await calls[0];
          }
          await Promise.all(calls);
          for (const asked of queries) await expectScanned(store, { topic, ...asked });
        }),
        { numRuns: 40 },
      );
    });
  });
}

async function expectScanned(store: EventStore, query: ReadQuery): Promise<void> {
  const { streamId, after = 0, from, to } = query;
  const all = await store.read({ topic: query.topic, limit: 10_000 });
  const expected = all.events.filter(
    (event) =>
      event.offset > after &&
      (streamId === undefined || event.streamId === streamId) &&
      (from === undefined || event.timestamp >= from) &&
      (to === undefined || event.timestamp < to),
  );
  expect(await readAll(store, query)).toEqual(expected);
}
