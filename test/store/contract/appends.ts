import fc from 'fast-check';
import type { Store } from '../../../src/store/contract/store';
import { batchAt, batchOf, idsOf, readAll, send, type EventInput } from '../support/batches';
import type { StoreSupply } from '../store-contract';
import { anyAppend, anyEvent } from './arbitraries';
import { itWhen } from './conditional';

const GREATEST = 2n ** 63n - 1n;

const wholeEvents: [string, EventInput][] = [
  ['a timestamp of 19 digits', { timestamp: 1618133869000000001n, id: 'a', value: 'v', tags: { capacity: 'over' } }],
  ['the least timestamp', { timestamp: -(2n ** 63n), id: 'a', value: 'v' }],
  ['the greatest timestamp', { timestamp: GREATEST, id: 'a', value: 'v' }],
  ['a timestamp of zero', { timestamp: 0n, id: 'a', value: 'v' }],
  ['no value', { timestamp: 1n, id: 'a', tags: { a: 'b' } }],
  ['empty texts', { timestamp: 1n, id: '', value: '', tags: { '': '' } }],
  ['no tags in a tags object', { timestamp: 1n, id: 'a', value: 'v', tags: {} }],
  ['a NUL in every text', { timestamp: 1n, id: 'a\0b', value: '\0', tags: { '\0': 'a\0' } }],
  ['texts beyond the basic plane', { timestamp: 1n, id: '😀', value: 'ï😀\u{10ffff}', tags: { '😀': '👩‍👩‍👧' } }],
  ['quotes, backslashes and line ends', { timestamp: 1n, id: '"\\', value: '\r\n\t\b\f/', tags: { '"': '\\"' } }],
  [
    'texts that look like JSON',
    { timestamp: 1n, id: '{"timestamp":1}', value: 'null', tags: { a: '[1,{"tags":{}}]' } },
  ],
  [
    'tags named like the keys of an event',
    { timestamp: 1n, id: 'tags', value: 'value', tags: { tags: 'x', timestamp: '2', id: '3' } },
  ],
  ['texts that look like numbers', { timestamp: 1n, id: '007', value: '1e3', tags: { '1': '2.50' } }],
];

/** Appending: exactness, offsets, order, atomicity and limits. */
export function describeAppends(supply: StoreSupply): void {
  const { contiguousOffsets, exactLimits } = supply.capabilities;

  /** An event as it is given back at an offset. */
  function stored(event: EventInput, offset = 1): object {
    const tags = event.tags === undefined ? null : JSON.stringify(event.tags);
    const { timestamp, id, value = null } = event;
    return { position: supply.at(offset), streamId: 's', timestamp, id, value, tags };
  }

  describe('append', () => {
    it.each(wholeEvents)('gives back exactly an event with %s', async (_, event) => {
      const store = await supply.share();
      await send(store, 's', batchOf([event]));
      expect(await readAll(store)).toEqual([stored(event)]);
    });

    it('gives back what was sent in escapes', async () => {
      const store = await supply.share();
      const event = { timestamp: 1n, id: 'a\0', value: '😀/é', tags: { 'k\0': '😀' } };
      await send(store, 's', batchOf([event], escaped));
      expect(await readAll(store)).toEqual([{ ...stored(event), tags: `{${escaped('k\0')}:${escaped('😀')}}` }]);
    });

    it('gives back any events as they were sent', async () => {
      const store = await supply.share();
      let topics = 0;
      const rule = fc.asyncProperty(fc.array(anyEvent, { minLength: 1, maxLength: 20 }), async (events) => {
        const topic = `t${(topics += 1)}`;
        await send(store, 's', batchOf(events), topic);
        const expected = events.map((event, index) => stored(event, index + 1));
        expect(await readAll(store, { topic })).toEqual(expected);
      });
      await fc.assert(rule, { numRuns: supply.runs(50) });
    });

    it('gives back tags without white space between their tokens', async () => {
      const store = await supply.share();
      const json = '{ "id" : "a" , "tags" : { "a b" : " c\\" : , { " ,\t"d":"" } ,\n"timestamp" : 1 }';
      const batch = { json: Buffer.from(json), count: 1, minTimestamp: 1n, maxTimestamp: 1n };
      await send(store, 's', batch);
      expect(await readAll(store)).toEqual([
        { ...stored({ timestamp: 1n, id: 'a' }), tags: '{"a b":" c\\" : , { ","d":""}' },
      ]);
    });

    itWhen(contiguousOffsets)('gives out offsets from 1 on, one after another', async () => {
      const store = await supply.share();
      expect(await send(store, 'a', batchAt(1, 2, 3))).toBe('3');
      expect(await send(store, 'b', batchAt(4))).toBe('4');
      expect(await send(store, 'a', batchAt(5, 6))).toBe('6');
      expect((await readAll(store)).map(({ position, streamId }) => `${position}${streamId}`)).toEqual([
        '1a',
        '2a',
        '3a',
        '4b',
        '5a',
        '6a',
      ]);
    });

    itWhen(contiguousOffsets)('counts the offsets of each topic apart', async () => {
      const store = await supply.open();
      await send(store, 's', batchAt(1, 2), 'one');
      expect(await send(store, 's', batchAt(1), 'two')).toBe('1');
      expect(await store.catalogue.topics({ limit: 10 })).toMatchObject([
        { name: 'one', position: '2' },
        { name: 'two', position: '1' },
      ]);
    });

    it('keeps the order of calls within each stream, whatever is sent at once', async () => {
      const store = await supply.share();
      let topics = 0;
      await fc.assert(
        fc.asyncProperty(fc.array(anyAppend, { minLength: 1, maxLength: 60 }), async (appends) => {
          const topic = `order-${(topics += 1)}`;
          let sent = 0;
          const calls = appends.map(({ streamId, count }) => {
            const ids = Array.from({ length: count }, () => String((sent += 1)));
            const batch = batchOf(ids.map((id) => ({ timestamp: 1n, id })));
            return { streamId, ids, done: send(store, streamId, batch, topic) };
          });
          // Two reads see the same when nothing is written any more.
          await Promise.all(calls.map(({ done }) => done));
          for (const { streamId, ids, done } of calls) {
            const after = await done;
            const later = idsOf(await readAll(store, { topic, streamId, after }));
            const ofStream = idsOf(await readAll(store, { topic, streamId }));
            const end = ofStream.indexOf(ids.at(-1)!) + 1;
            expect(ofStream.slice(end - ids.length, end)).toEqual(ids);
            expect(ofStream.slice(end)).toEqual(later);
          }
          const inOrder = (await readAll(store, { topic })).map(({ streamId, id }) => ({
            streamId,
            number: Number(id),
          }));
          for (const stream of new Set(appends.map(({ streamId }) => streamId))) {
            const numbers = inOrder.filter(({ streamId }) => streamId === stream).map(({ number }) => number);
            expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
          }
        }),
        { numRuns: supply.runs(20) },
      );
    });

    it('refuses an unknown topic that it may not create, and leaves nothing behind', async () => {
      const store = await supply.open();
      const append = { topic: 't', streamId: 's', batch: batchAt(1), createTopic: false };
      await expect(store.log.append(append)).rejects.toMatchObject({ code: 'unknown_topic' });
      expect(await store.catalogue.topics({ limit: 10 })).toEqual([]);
    });

    it('takes appends with and without the right to create a topic in the order of the calls', async () => {
      const store = await supply.share();
      const outcomes = [false, true, false, true].map((createTopic, index) =>
        store.log.append({ topic: 't', streamId: 's', batch: batchAt(index), createTopic }).then(
          ({ position }) => position,
          (error: unknown) => error,
        ),
      );
      expect(await Promise.all(outcomes)).toMatchObject([
        { code: 'unknown_topic' },
        supply.at(1),
        supply.at(2),
        supply.at(3),
      ]);
      expect(idsOf(await readAll(store))).toEqual(['1', '2', '3']);
    });

    itWhen(exactLimits)('refuses a topic beyond the limit and goes on with those it has', async () => {
      const store = await supply.open({ maxTopics: 2 });
      await send(store, 's', batchAt(1), 'one');
      await send(store, 's', batchAt(1), 'two');
      await expectRefusals(store, 'topic_limit', 'three', 's');
      expect(await send(store, 's', batchAt(2), 'two')).toEqual(supply.at(2));
      expect(idsOf(await readAll(store, { topic: 'two' }))).toEqual(['1', '2']);
    });

    itWhen(exactLimits)('refuses a stream beyond the limit and goes on with those it has', async () => {
      const store = await supply.open({ maxStreamsPerTopic: 2 });
      await send(store, 'a', batchAt(1));
      await send(store, 'b', batchAt(1));
      await expectRefusals(store, 'stream_limit', 't', 'c');
      expect(await send(store, 'a', batchAt(2))).toEqual(supply.at(3));
      expect(await send(store, 'c', batchAt(2), 'other')).toEqual(supply.at(1));
      expect(idsOf(await readAll(store, { streamId: 'a' }))).toEqual(['1', '2']);
    });

    it('refuses one append of many that are sent at once, and stores the others whole', async () => {
      const store = await supply.share();
      const unknown = { topic: 'x', streamId: 's', batch: batchAt(3, 4), createTopic: false };
      const outcomes = await Promise.allSettled([
        send(store, 'a', batchAt(1, 2)),
        store.log.append(unknown),
        send(store, 'a', batchAt(5)),
        store.log.append(unknown),
      ]);
      expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'rejected']);
      expect(idsOf(await readAll(store))).toEqual(['1', '2', '5']);
    });

    itWhen(exactLimits)(
      'refuses what is beyond a limit among appends that are sent at once, and stores the others whole',
      async () => {
        const store = await supply.open({ maxStreamsPerTopic: 1 });
        const outcomes = await Promise.allSettled([
          send(store, 'a', batchAt(1, 2)),
          send(store, 'b', batchAt(3, 4)),
          send(store, 'a', batchAt(5)),
          send(store, 'b', batchAt(6)),
        ]);
        expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'rejected']);
        expect(idsOf(await readAll(store))).toEqual(['1', '2', '5']);
      },
    );
  });
}

async function expectRefusals(store: Store, code: string, topic: string, streamId: string): Promise<void> {
  const put = { topic, streamId, properties: {}, createTopic: true };
  await expect(send(store, streamId, batchAt(1), topic)).rejects.toMatchObject({ code });
  await expect(store.log.putStream(put)).rejects.toMatchObject({ code });
}

/** A JSON string of nothing but escapes. */
function escaped(text: string): string {
  const units = Array.from({ length: text.length }, (_, index) => text.charCodeAt(index));
  return `"${units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('')}"`;
}
