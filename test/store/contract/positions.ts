import fc from 'fast-check';
import type { ReadQuery, StoredEvent } from '../../../src/store/contract/event-log';
import type { Position } from '../../../src/store/contract/position';
import type { Store } from '../../../src/store/contract/store';
import { batchAt, idsOf, readAll, send } from '../support/batches';
import { values } from '../support/rows';
import { createSource } from '../support/test-source';
import type { StoreSupply } from '../store-contract';
import { describeWhen, itWhen } from './conditional';

type Filter = Pick<ReadQuery, 'streamId' | 'from' | 'to'>;

const FILTERS: [string, Filter][] = [
  ['of a whole topic', {}],
  ['of a stream', { streamId: 'a' }],
  ['of a stream without events', { streamId: 'empty' }],
  ['of a range of time', { from: 100n, to: 200n }],
  ['of a range of time without events', { from: 500n, to: 600n }],
  ['of a range that holds no time', { from: 600n, to: 500n }],
  ['of a stream in a range of time', { streamId: 'a', from: 100n }],
];

/** No engine can take these for a position: 1 to 512 printable ASCII characters without spaces. */
const NO_POSITIONS = ['', ' ', ' 1', '1 ', '1 2', '1\n', '\t1', '\0', '1\0', '\x7f', '１', 'é', '😀', '1'.repeat(600)];

/** What is not an offset in digits. */
const NO_OFFSETS = ['abc', '-1', '+1', '1.5', '1e3', '0x1', '1n', 'NaN', 'Infinity', '9'.repeat(30)];

/** Where to read on: given with every page, receipt, event and topic. */
export function describePositions(supply: StoreSupply): void {
  const { contiguousOffsets, survivesReopening } = supply.capabilities;

  describe('a position', () => {
    it('is a short text of printable ASCII without spaces, wherever it is given', async () => {
      const store = await supply.share();
      const receipt = await send(store, 's', batchAt(1, 2));
      const page = await store.log.read({ topic: 't', limit: 1 });
      const source = await createSource(store);
      await source.send({ rows: values(1) });
      const { position } = await source.info();
      const topic = await store.catalogue.topic('t');
      for (const text of [receipt, page.position, page.events[0]!.position, topic!.position, position]) {
        expect(text).toMatch(/^[!-~]{1,512}$/);
      }
    });

    it('of a receipt stands behind the last event of its append', async () => {
      const store = await supply.share();
      await send(store, 's', batchAt(1));
      const position = await send(store, 's', batchAt(2, 3));
      expect(await readAll(store, { after: position })).toEqual([]);
      await send(store, 's', batchAt(4));
      await send(store, 'other', batchAt(5));
      expect(idsOf(await readAll(store, { after: position }))).toEqual(['4', '5']);
    });

    it('of an event stands right behind it', async () => {
      const store = await supply.share();
      await send(store, 'a', batchAt(1, 2, 3));
      await send(store, 'b', batchAt(4, 5));
      const events = await readAll(store);
      for (const [index, { position }] of events.entries()) {
        expect(await readAll(store, { after: position })).toEqual(events.slice(index + 1));
      }
    });

    it('of a topic is its end: a read after it gives only what comes later', async () => {
      const store = await supply.share();
      const end = async (): Promise<Position> => (await store.catalogue.topic('t'))!.position;
      await store.log.putStream({ topic: 't', streamId: 'a', properties: {}, createTopic: true });
      const ends = [await end()];
      for (let count = 1; count <= 5; count++) {
        await send(store, count % 2 === 0 ? 'a' : 'b', batchAt(count));
        ends.push(await end());
      }
      for (const [count, after] of ends.entries()) {
        const later = ['1', '2', '3', '4', '5'].slice(count);
        expect(idsOf(await readAll(store, { after }))).toEqual(later);
      }
    });

    it('of the first page of a topic without events stands before the first one', async () => {
      const store = await supply.share();
      await store.log.putStream({ topic: 't', streamId: 's', properties: {}, createTopic: true });
      const page = await store.log.read({ topic: 't', limit: 10 });
      expect(page).toEqual({ events: [], position: supply.at(0), more: false });
      await send(store, 's', batchAt(1, 2));
      expect(idsOf(await readAll(store, { after: page.position }))).toEqual(['1', '2']);
    });

    it.each(FILTERS)('of a last page %s leads to exactly what was stored since', async (_, filter) => {
      const store = await supply.share();
      await store.log.putStream({ topic: 't', streamId: 'empty', properties: {}, createTopic: true });
      await send(store, 'a', batchAt(100, 1, 150));
      await send(store, 'b', batchAt(120, 2));
      const before = await store.log.read({ topic: 't', limit: 100, ...filter });
      expect(before.more).toBe(false);
      expect(await store.log.read({ topic: 't', limit: 100, ...filter, after: before.position })).toEqual({
        events: [],
        position: supply.at(5),
        more: false,
      });
      await send(store, 'a', batchAt(130, 3));
      await send(store, 'empty', batchAt(199, 550));
      expect(idsOf(await readAll(store, { after: before.position }))).toEqual(['130', '3', '199', '550']);
      const whole = await readAll(store, filter);
      const rest = await readAll(store, { ...filter, after: before.position });
      expect([...before.events, ...rest]).toEqual(whole);
    });

    it('leads to every event once, however reads and appends take turns', async () => {
      const store = await supply.share();
      let topics = 0;
      await fc.assert(
        fc.asyncProperty(fc.array(anyStep, { minLength: 1, maxLength: 40 }), async (steps) => {
          const topic = `steps-${(topics += 1)}`;
          for (const streamId of STREAMS) {
            await store.log.putStream({ topic, streamId, properties: {}, createTopic: true });
          }
          const readers = READER_FILTERS.map((filter) => new PageReader(store, { topic, ...filter }));
          const appends: Promise<unknown>[] = [];
          for (const step of steps) {
            if ('reader' in step) await readers[step.reader]!.readPage(step.limit);
            else appends.push(send(store, step.streamId, batchAt(...step.timestamps), topic));
            if ('wait' in step && step.wait) await Promise.all(appends);
          }
          await Promise.all(appends);
          for (const [index, reader] of readers.entries()) {
            await reader.readToEnd();
            expect(reader.events).toEqual(await readAll(store, { topic, ...READER_FILTERS[index] }));
          }
        }),
        { numRuns: supply.runs(40) },
      );
    });

    it.each(NO_POSITIONS)('is not the text %j: a read after it rejects with invalid_query', async (after) => {
      const store = await supply.share();
      await send(store, 's', batchAt(1));
      const read = store.log.read({ topic: 't', limit: 1, after });
      await expect(read).rejects.toMatchObject({ code: 'invalid_query' });
    });

    describeWhen(contiguousOffsets)('that is an offset', () => {
      it.each(NO_OFFSETS)('is not the text %j: a read after it rejects with invalid_query', async (after) => {
        const store = await supply.share();
        await send(store, 's', batchAt(1));
        const read = store.log.read({ topic: 't', limit: 1, after });
        await expect(read).rejects.toMatchObject({ code: 'invalid_query' });
      });

      it('is the number of events before it', async () => {
        const store = await supply.share();
        await send(store, 's', batchAt(1, 2, 3));
        expect(idsOf(await readAll(store, { after: '0' }))).toEqual(['1', '2', '3']);
        expect(idsOf(await readAll(store, { after: '2' }))).toEqual(['3']);
      });
    });

    itWhen(survivesReopening)('can be used after the store was opened again', async () => {
      const store = await supply.open();
      const after = await send(store, 's', batchAt(1, 2));
      const end = (await store.catalogue.topic('t'))!.position;
      await send(store, 's', batchAt(3));
      const { position } = await store.log.read({ topic: 't', limit: 10, from: 100n });
      await store.close();
      const again = await supply.reopen();
      await send(again, 's', batchAt(4));
      expect(idsOf(await readAll(again, { after }))).toEqual(['3', '4']);
      expect(idsOf(await readAll(again, { after: end }))).toEqual(['3', '4']);
      expect(idsOf(await readAll(again, { after: position }))).toEqual(['4']);
    });
  });
}

/** Reads on from page to page, as a client would that keeps the position alone. */
class PageReader {
  readonly events: StoredEvent[] = [];
  readonly #store: Pick<Store, 'log'>;
  readonly #query: Omit<ReadQuery, 'after' | 'limit'>;
  #from: Pick<ReadQuery, 'after'> = {};

  constructor(store: Pick<Store, 'log'>, query: Omit<ReadQuery, 'after' | 'limit'>) {
    this.#store = store;
    this.#query = query;
  }

  /** Reads a page and says whether more may follow. */
  async readPage(limit: number): Promise<boolean> {
    const page = await this.#store.log.read({ ...this.#query, ...this.#from, limit });
    expect(page.events.length).toBeLessThanOrEqual(limit);
    this.events.push(...page.events);
    this.#from = { after: page.position };
    return page.more;
  }

  async readToEnd(): Promise<void> {
    while (await this.readPage(3));
  }
}

const STREAMS = ['a', 'b'];

/** The readers of the property: each with a filter of its own. */
const READER_FILTERS: readonly Filter[] = [
  {},
  { streamId: 'a' },
  { from: 5n, to: 10n },
  { streamId: 'b', from: 5n, to: 10n },
  { from: 100n },
];

/** An append to one of the streams, waited for or not, or a page for one of the readers. */
const anyStep = fc.oneof(
  fc.record({
    streamId: fc.constantFrom(...STREAMS),
    timestamps: fc.array(fc.integer({ min: 0, max: 14 }), { minLength: 1, maxLength: 4 }),
    wait: fc.boolean(),
  }),
  fc.record({ reader: fc.nat(READER_FILTERS.length - 1), limit: fc.integer({ min: 1, max: 5 }) }),
);
