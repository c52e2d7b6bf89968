import fc from 'fast-check';
import type { ReadQuery, StoredEvent } from '../../../src/store/contract/event-log';
import type { Store } from '../../../src/store/contract/store';
import { batchAt, batchOf, idsOf, readAll, send } from '../support/batches';
import type { StoreSupply } from '../store-contract';
import { itWhen } from './conditional';

/** Reading back: paging, streams and time ranges. */
export function describeReads(supply: StoreSupply): void {
  describe('read', () => {
    it('gives pages and says of each whether more may follow', async () => {
      const store = await supply.share();
      await send(store, 's', batchAt(1, 2, 3, 4, 5));
      const first = await store.log.read({ topic: 't', limit: 2 });
      const second = await store.log.read({ topic: 't', limit: 2, after: first.position });
      const third = await store.log.read({ topic: 't', limit: 2, after: second.position });
      const pages = [first, second, third];
      expect(pages.map(({ events }) => idsOf(events))).toEqual([['1', '2'], ['3', '4'], ['5']]);
      expect(pages.map(({ position }) => position)).toEqual([supply.at(2), supply.at(4), supply.at(5)]);
      expect(pages.map(({ more }) => more)).toEqual([true, true, false]);
    });

    it('says that no more follow after a full page that is the last', async () => {
      const store = await supply.share();
      await send(store, 's', batchAt(1, 2));
      expect(await store.log.read({ topic: 't', limit: 2 })).toMatchObject({ position: supply.at(2), more: false });
    });

    it.each([
      ['of a stream without events', { streamId: 'empty' }],
      ['of a range without events', { from: 10n, to: 20n }],
      ['of a range that ends where it begins', { from: 2n, to: 2n }],
      ['of a range that ends before it begins', { from: 3n, to: 1n }],
    ])('gives an empty last page %s', async (_, query) => {
      const store = await supply.share();
      await send(store, 's', batchAt(1, 2, 3));
      await store.log.putStream({ topic: 't', streamId: 'empty', properties: {}, createTopic: false });
      const page = await store.log.read({ topic: 't', limit: 10, ...query });
      expect(page).toEqual({ events: [], position: supply.at(3), more: false });
    });

    it('gives an empty last page at the end of the topic', async () => {
      const store = await supply.share();
      const after = await send(store, 's', batchAt(1, 2, 3));
      const page = await store.log.read({ topic: 't', limit: 10, after });
      expect(page).toEqual({ events: [], position: supply.at(3), more: false });
    });

    itWhen(supply.capabilities.contiguousOffsets)('gives an empty last page beyond the end of the topic', async () => {
      const store = await supply.share();
      await send(store, 's', batchAt(1, 2, 3));
      const page = await store.log.read({ topic: 't', limit: 10, after: '1000' });
      expect(page).toEqual({ events: [], position: '1000', more: false });
    });

    it.each([
      ['from inclusive', { from: 2n }, ['2', '3', '2']],
      ['to exclusive', { to: 3n }, ['1', '2', '2']],
      ['both', { from: 2n, to: 3n }, ['2', '2']],
      ['both, of a stream', { from: 2n, to: 3n, streamId: 'b' }, ['2']],
    ])('takes a time range: %s', async (_, query, ids) => {
      const store = await supply.share();
      await send(store, 'a', batchAt(1, 2, 3));
      await send(store, 'b', batchAt(2));
      expect(idsOf(await readAll(store, query))).toEqual(ids);
    });

    it('takes a time range after a position', async () => {
      const store = await supply.share();
      await send(store, 'a', batchAt(1, 2, 3));
      await send(store, 'b', batchAt(2));
      const after = (await store.log.read({ topic: 't', limit: 2 })).position;
      expect(idsOf(await readAll(store, { from: 2n, to: 4n, after }))).toEqual(['3', '2']);
    });

    it.each([
      ['the least timestamp', { to: -(2n ** 63n) + 1n }, ['least']],
      ['the greatest timestamp', { from: 2n ** 63n - 1n }, ['greatest']],
      ['everything, by bounds beyond int64', { from: -(2n ** 70n), to: 2n ** 70n }, ['least', 'greatest']],
      ['nothing below int64', { to: -(2n ** 63n) }, []],
      ['nothing far below int64', { to: -(2n ** 70n) }, []],
      ['nothing above int64', { from: 2n ** 63n }, []],
    ])('finds at the ends of int64: %s', async (_, query, ids) => {
      const store = await supply.share();
      const least = { timestamp: -(2n ** 63n), id: 'least' };
      await send(store, 's', batchOf([least, { timestamp: 2n ** 63n - 1n, id: 'greatest' }]));
      expect(idsOf(await readAll(store, query))).toEqual(ids);
    });

    it.each([
      ['unknown_topic', { topic: 'x' }],
      ['unknown_topic', { topic: 'x', streamId: 's' }],
      ['unknown_stream', { topic: 't', streamId: 'x' }],
    ])('rejects with %s: %j', async (code, query) => {
      const store = await supply.share();
      await send(store, 's', batchAt(1));
      await expect(store.log.read({ limit: 1, ...query })).rejects.toMatchObject({ code });
    });

    it('goes backwards page by page, and says where the topic ends', async () => {
      const store = await supply.share();
      await send(store, 's', batchAt(1, 2, 3, 4, 5));
      const query = { topic: 't', limit: 2, descending: true };
      const first = await store.log.read(query);
      const second = await store.log.read({ ...query, after: first.position });
      const third = await store.log.read({ ...query, after: second.position });
      const beyond = await store.log.read({ ...query, after: third.position });
      const pages = [first, second, third, beyond];
      expect(pages.map(({ events }) => idsOf(events))).toEqual([['5', '4'], ['3', '2'], ['1'], []]);
      expect(pages.map(({ more }) => more)).toEqual([true, true, false, false]);
      expect(pages.map(({ end }) => end)).toEqual(pages.map(() => supply.at(5)));
      await send(store, 's', batchAt(6));
      expect(idsOf(await readAll(store, { after: first.end! }))).toEqual(['6']);
    });

    it('goes backwards past streams that were removed', async () => {
      const store = await supply.share();
      for (let time = 1; time <= 6; time++) await send(store, time % 2 === 0 ? 'a' : 'b', batchAt(time));
      await store.log.removeStream('t', 'b');
      expect(idsOf(await readAll(store, { descending: true, limit: 2 }))).toEqual(['6', '4', '2']);
    });

    it('goes backwards from no position of another topic of the same name', async () => {
      const store = await supply.share();
      const after = await send(store, 's', batchAt(1, 2));
      await store.log.removeTopic('t');
      await send(store, 's', batchAt(3));
      const read = store.log.read({ topic: 't', limit: 1, descending: true, after });
      await expect(read).rejects.toMatchObject({ code: 'position_gone' });
    });

    it('does not take a stream of the same id in another topic for its own', async () => {
      const store = await supply.share();
      await send(store, 'here', batchAt(1), 'one');
      await send(store, 'there', batchAt(1), 'two');
      await expect(store.log.read({ topic: 'one', streamId: 'there', limit: 1 })).rejects.toMatchObject({
        code: 'unknown_stream',
      });
    });

    it('sees everything that was acknowledged before the call', async () => {
      const store = await supply.share();
      let from: Pick<ReadQuery, 'after'> = {};
      for (let count = 1; count <= 50; count++) {
        const after = await send(store, 's', batchAt(count));
        expect(idsOf((await store.log.read({ topic: 't', limit: 10, ...from })).events)).toEqual([String(count)]);
        from = { after };
      }
    });

    it('answers any query as a scan of all events would', async () => {
      const store = await supply.share();
      let topics = 0;
      await fc.assert(
        fc.asyncProperty(anySentEvents, fc.array(anyQuery, { maxLength: 10 }), async (sent, asked) => {
          const topic = `scan-${(topics += 1)}`;
          for (const streamId of STREAMS) {
            await store.log.putStream({ topic, streamId, properties: {}, createTopic: true });
          }
          let calls: Promise<unknown>[] = [];
          for (const [streamId, timestamps, wait] of sent) {
            calls.push(send(store, streamId, batchAt(...timestamps), topic));
            if (wait) calls = [Promise.all(calls)];
            if (wait) await calls[0];
          }
          await Promise.all(calls);
          for (const query of asked) await expectScanned(store, topic, query);
        }),
        { numRuns: supply.runs(40) },
      );
    });
  });
}

const STREAMS = ['a', 'b', 'c'];
const anyNearTimestamp = fc.bigInt({ min: 0n, max: 20n });

/** Appends of a few timestamps to one of a few streams, and whether they are waited for. */
const anySentEvents = fc.array(
  fc.tuple(fc.constantFrom(...STREAMS), fc.array(anyNearTimestamp, { minLength: 1, maxLength: 8 }), fc.boolean()),
  { minLength: 1, maxLength: 30 },
);

/** A query whose position is that of an event, counted round from the first one. */
type CountedQuery = Omit<ReadQuery, 'topic' | 'after'> & { readonly skipped?: number };

const anyQuery = fc.record(
  {
    streamId: fc.constantFrom(...STREAMS),
    skipped: fc.integer({ min: 0, max: 100 }),
    from: anyNearTimestamp,
    to: anyNearTimestamp,
    limit: fc.integer({ min: 1, max: 10 }),
  },
  { requiredKeys: ['limit'] },
) as fc.Arbitrary<CountedQuery>;

/** A query gives what a scan of all events finds behind its position and, backwards, in front of it. */
async function expectScanned(store: Store, topic: string, { skipped = 0, ...query }: CountedQuery): Promise<void> {
  const { streamId, from, to } = query;
  const all = await readAll(store, { topic });
  const skip = skipped % (all.length + 1);
  const after = all[skip - 1]?.position;
  const matches = (event: StoredEvent): boolean =>
    (streamId === undefined || event.streamId === streamId) &&
    (from === undefined || event.timestamp >= from) &&
    (to === undefined || event.timestamp < to);
  const asked = { topic, ...query, ...(after !== undefined && { after }) };
  expect(await readAll(store, asked)).toEqual(all.slice(skip).filter(matches));
  const before = after === undefined ? all : all.slice(0, skip - 1);
  expect(await readAll(store, { ...asked, descending: true })).toEqual(before.filter(matches).reverse());
}
