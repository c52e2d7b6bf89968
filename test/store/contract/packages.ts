import fc from 'fast-check';
import type { PackageAppend } from '../../../src/store/contract/parameter-store';
import type { Store } from '../../../src/store/contract/store';
import { batchAt, idsOf, readAll, send } from '../support/batches';
import {
  batchOfText,
  packageOf,
  packageText,
  packageWith,
  readPackages,
  saidBy,
  sendPackage,
  speedAt,
  timesOf,
  type PackageInput,
} from '../support/packages';
import { Recorder } from '../support/recorder';
import { createSource } from '../support/test-source';
import type { StoreSupply } from '../store-contract';
import { describeWhen, itWhen } from './conditional';

const GREATEST = 2n ** 63n - 1n;
const LEAST = -(2n ** 63n);

const wholePackages: [string, PackageInput][] = [
  ['one number', { timestamps: [1], numeric: { Speed: [1] } }],
  [
    'all kinds and tags',
    {
      timestamps: [1, 2],
      numeric: { a: ['1.5', null] },
      string: { a: ['x', ''], b: [null, 'y'] },
      binary: { a: ['AAE=', null], c: [null, ''] },
      tags: { car: ['1', null], '': [null, ''] },
    },
  ],
  ['an epoch', { epoch: 1618133869000000001n, timestamps: [-1, 0, 1], numeric: { Speed: [1, 2, 3] } }],
  ['an epoch of zero', { epoch: 0, timestamps: [7], numeric: { Speed: [1] } }],
  ['a negative epoch', { epoch: -5n, timestamps: [LEAST + 5n, 0], numeric: { Speed: [1, 2] } }],
  ['an epoch beyond what it is added to', { epoch: GREATEST, timestamps: [0, LEAST], numeric: { Speed: [1, 2] } }],
  ['the least and the greatest timestamp', { timestamps: [GREATEST, LEAST, 0], numeric: { Speed: [1, 2, 3] } }],
  ['equal timestamps', { timestamps: [1, 1, 1], numeric: { Speed: [1, 2, 2] } }],
  ['no values', { timestamps: [1, 2] }],
  ['kinds without ids', { timestamps: [1], numeric: {}, string: {}, binary: {}, tags: {} }],
  ['nothing but null', { timestamps: [1, 2], numeric: { a: [null, null] }, string: { b: [null, null] } }],
  ['tags alone', { timestamps: [1], tags: { car: ['1'] } }],
  [
    'every form of a number',
    {
      timestamps: Array.from({ length: 14 }, (_, index) => index),
      numeric: {
        Speed: [
          '-0',
          '0',
          '-0.0',
          '1.10',
          '1e-7',
          '1E+2',
          '1e308',
          '123456789012345678901',
          '0.1000000000000000055511151231257827',
          '9007199254740993',
          '-1.50',
          '5e-324',
          '1e-999',
          '100',
        ],
      },
    },
  ],
  [
    'ids and texts of any kind',
    {
      timestamps: [1],
      numeric: new Map([
        ['__proto__', [1]],
        ['10', [2]],
        ['2', [3]],
        ['', [4]],
        ['"', [5]],
        ['\\', [6]],
        ['😀\0', [7]],
      ]),
      string: new Map([
        ['__proto__', ['"\\']],
        ['constructor', ['\r\n\t\u2028']],
        ['[],{}', ['null']],
        ['a.b', ['😀\0']],
      ]),
      tags: new Map([
        ['__proto__', ['x']],
        ['1', ['"']],
      ]),
    },
  ],
];

/** Packages of parameter data that are appended: exactness, order, atomicity and limits. */
export function describePackages(supply: StoreSupply): void {
  const { contiguousOffsets, exactLimits } = supply.capabilities;

  describe('appendPackage', () => {
    it.each(wholePackages)('gives back exactly a package with %s', async (_, input) => {
      const store = await supply.share();
      const batch = packageOf(input);
      const position = await sendPackage(store, 's', batch);
      const packages = await readPackages(store);
      expect(packages).toMatchObject([{ position, streamId: 's' }]);
      expect(saidBy(packages)).toEqual(saidBy([batch]));
    });

    it('gives back what was sent with white space, escapes and its members in any order', async () => {
      const store = await supply.share();
      const text = ` {\r\n "tagValues" : { "\\u0061\\"" : [ "\\ud83d\\ude00" , null ] },\t"numericValues":{"S" :[\n1.0 ,null]}
        , "stringValues":{ "S":["]",  "\\\\" ] } , "timestamps" : [ -1 , 2 ] , "epoch" : 5 } `;
      await sendPackage(store, 's', batchOfText(text));
      const [said] = saidBy(await readPackages(store));
      expect(said).toEqual(saidBy([batchOfText(text)])[0]);
      expect(said!.tags).toEqual(new Map([['a"', ['😀', null]]]));
      expect(said!.values.string.get('S')).toEqual([']', '\\']);
    });

    itWhen(contiguousOffsets)('gives each package one offset, in one order with events', async () => {
      const store = await supply.share();
      expect(await send(store, 'a', batchAt(1, 2))).toBe('2');
      expect(await sendPackage(store, 'a', speedAt(1, 2, 3))).toBe('3');
      expect(await sendPackage(store, 'b', speedAt(4))).toBe('4');
      expect(await send(store, 'b', batchAt(5))).toBe('5');
      expect((await readAll(store)).map(({ position }) => position)).toEqual(['1', '2', '5']);
      expect((await readPackages(store)).map(({ position }) => position)).toEqual(['3', '4']);
    });

    it('takes a place in the order of events, where either can be read behind the other', async () => {
      const store = await supply.share();
      const event = await send(store, 's', batchAt(1));
      const first = await sendPackage(store, 's', speedAt(2));
      const second = await sendPackage(store, 's', speedAt(3));
      await send(store, 's', batchAt(4));
      expect(timesOf(await readPackages(store, { after: event }))).toEqual([2, 3]);
      expect(timesOf(await readPackages(store, { after: first }))).toEqual([3]);
      expect(idsOf(await readAll(store, { after: second }))).toEqual(['4']);
      expect(idsOf(await readAll(store, { after: first }))).toEqual(['4']);
      const { position } = (await store.catalogue.topic('t'))!;
      expect(await readPackages(store, { after: position })).toEqual([]);
    });

    it('keeps the order of calls within each stream, events among packages, whatever is sent at once', async () => {
      const store = await supply.share();
      const anyCall = fc.record({
        streamId: fc.constantFrom('a', 'b', 'c'),
        isPackage: fc.boolean(),
        id: fc.constantFrom('x', 'y'),
      });
      let topics = 0;
      const rule = fc.asyncProperty(fc.array(anyCall, { minLength: 1, maxLength: 40 }), async (calls) => {
        const topic = `t${(topics += 1)}`;
        const done = calls.map(({ streamId, isPackage, id }, index) =>
          isPackage
            ? sendPackage(store, streamId, packageOf({ timestamps: [index], numeric: { [id]: [index] } }), { topic })
            : send(store, streamId, batchAt(index), topic),
        );
        const positions = await Promise.all(done);
        for (const [index, { streamId }] of calls.entries()) {
          const later = (isPackage: boolean): number[] =>
            [...calls.entries()]
              .filter(([at, call]) => at > index && call.streamId === streamId && call.isPackage === isPackage)
              .map(([at]) => at);
          const query = { topic, streamId, after: positions[index]! };
          expect(timesOf(await readPackages(store, query))).toEqual(later(true));
          expect(idsOf(await readAll(store, query)).map(Number)).toEqual(later(false));
        }
      });
      await fc.assert(rule, { numRuns: supply.runs(10) });
    });

    it('makes the stream and, where it may, the topic', async () => {
      const store = await supply.share();
      const append = appendTo('new', false);
      await expect(store.parameters.appendPackage(append)).rejects.toMatchObject({ code: 'unknown_topic' });
      expect(await store.catalogue.topic('new')).toBeUndefined();
      await store.parameters.appendPackage({ ...append, createTopic: true });
      expect(await store.catalogue.stream('new', 's')).toMatchObject({ status: 'open', eventCount: 0 });
      expect((await store.parameters.appendPackage(append)).position).toBeDefined();
    });

    it('takes packages with and without the right to create a topic in the order of the calls', async () => {
      const store = await supply.share();
      const calls = [false, true, false].map((createTopic) =>
        store.parameters.appendPackage(appendTo('t', createTopic)),
      );
      expect((await Promise.allSettled(calls)).map(({ status }) => status)).toEqual([
        'rejected',
        'fulfilled',
        'fulfilled',
      ]);
      expect(await readPackages(store)).toHaveLength(2);
    });

    it('rejects with wrong_topic_kind for a data source', async () => {
      const store = await supply.share();
      await createSource(store);
      await expect(sendPackage(store, 's', speedAt(1), { topic: 'd' })).rejects.toMatchObject({
        code: 'wrong_topic_kind',
      });
    });

    it('opens a stream that is closed, and is closed behind it', async () => {
      const store = await supply.share();
      const statusOf = async (): Promise<string> => (await store.catalogue.stream('t', 's')).status;
      await sendPackage(store, 's', speedAt(1));
      await store.log.closeStream('t', 's');
      expect(await statusOf()).toBe('closed');
      await sendPackage(store, 's', speedAt(2));
      expect(await statusOf()).toBe('open');
      await Promise.all([sendPackage(store, 's', speedAt(3)), store.log.closeStream('t', 's')]);
      expect(await statusOf()).toBe('closed');
      await Promise.all([store.log.closeStream('t', 's'), sendPackage(store, 's', speedAt(4))]);
      expect(await statusOf()).toBe('open');
    });

    it('leaves the properties and the definitions of a stream as they are', async () => {
      const store = await supply.share();
      await store.log.putStream({ topic: 't', streamId: 's', properties: { name: 'n' }, createTopic: true });
      await sendPackage(store, 's', speedAt(1));
      expect(await store.catalogue.stream('t', 's')).toMatchObject({
        properties: { name: 'n' },
        hasDefinitions: false,
      });
    });

    itWhen(exactLimits)('refuses a topic beyond the limit and goes on with those it has', async () => {
      const store = await supply.open({ maxTopics: 1 });
      await sendPackage(store, 's', speedAt(1));
      await expect(sendPackage(store, 's', speedAt(1), { topic: 'u' })).rejects.toMatchObject({ code: 'topic_limit' });
      await sendPackage(store, 's', speedAt(2));
      expect(timesOf(await readPackages(store))).toEqual([1, 2]);
    });

    itWhen(exactLimits)(
      'refuses a stream beyond the limit among packages and events that are sent at once',
      async () => {
        const store = await supply.open({ maxStreamsPerTopic: 1 });
        const outcomes = await Promise.allSettled([
          sendPackage(store, 'a', speedAt(1)),
          sendPackage(store, 'b', speedAt(2)),
          send(store, 'a', batchAt(3)),
          send(store, 'b', batchAt(4)),
          sendPackage(store, 'a', speedAt(5)),
        ]);
        expect(outcomes).toMatchObject([
          { status: 'fulfilled' },
          { reason: { code: 'stream_limit' } },
          { status: 'fulfilled' },
          { reason: { code: 'stream_limit' } },
          { status: 'fulfilled' },
        ]);
        expect(timesOf(await readPackages(store))).toEqual([1, 5]);
      },
    );
  });

  describe('a package', () => {
    it('is one record of a commit, and moves the end of its topic', async () => {
      const store = await supply.open();
      const recorder = Recorder.of(store);
      await Promise.all([sendPackage(store, 's', speedAt(1, 2, 3)), send(store, 's', batchAt(4))]);
      await recorder.until(() => recorder.total.appends >= 2);
      await recorder.until(() => recorder.advances.length > 0);
      await sendPackage(store, 's', speedAt(5));
      const { position } = (await store.catalogue.topic('t'))!;
      await recorder.until(() => recorder.advances.at(-1)!.get('t') === position);
      await store.close();
      expect(recorder.total).toEqual({ appends: 3, records: 3 });
    });

    it('is told as a write to its stream, with its bytes', async () => {
      const store = await supply.share();
      const recorder = Recorder.of(store);
      const [first, second] = [speedAt(1, 2), speedAt(3)];
      await Promise.all([
        sendPackage(store, 'a', first),
        send(store, 'a', batchAt(9)),
        sendPackage(store, 'a', second),
      ]);
      await sendPackage(store, 'b', second);
      const writes = () => recorder.changes.flatMap(({ writes }) => writes);
      await recorder.until(() => writes().some(({ streamId }) => streamId === 'b'));
      expect(recorder.changes.flatMap(({ changes }) => changes)).toEqual([]);
      const bytesOf = (streamId: string): number =>
        writes().reduce((sum, write) => sum + (write.streamId === streamId ? write.bytes : 0), 0);
      expect(bytesOf('a')).toBeGreaterThanOrEqual(first.json.length + second.json.length);
      expect(bytesOf('b')).toBeGreaterThanOrEqual(second.json.length);
      expect(bytesOf('b')).toBeLessThan(first.json.length + second.json.length);
    });

    it('is not told when it was refused', async () => {
      const store = await supply.share();
      const recorder = Recorder.of(store);
      const refused = appendTo('none', false);
      await expect(store.parameters.appendPackage(refused)).rejects.toMatchObject({ code: 'unknown_topic' });
      await sendPackage(store, 's', speedAt(1));
      await recorder.until(() => recorder.advances.length > 0 && recorder.changes.length > 0);
      expect(recorder.names).toEqual([['t']]);
      expect(recorder.changes.flatMap(({ writes }) => writes.map(({ topic }) => topic))).toEqual(['t']);
    });

    it('counts as waiting until it is committed', async () => {
      const store = await supply.open({ maxQueueBytes: 10_000 });
      const batch = batchOfText(packageText({ timestamps: [1], string: { s: ['x'.repeat(20_000)] } }));
      const sent = sendPackage(store, 's', batch);
      expect(store.full).toBe(true);
      expect(store.queue.appends).toBe(1);
      await sent;
      expect(store.queue).toEqual({ appends: 0, bytes: 0 });
    });
  });

  describeWhen(supply.canObstruct)('a store that cannot write', () => {
    it('refuses packages, of which nothing is left when it works again', async () => {
      const store = await supply.open({ maxParametersPerTopic: 2 });
      await sendPackage(store, 's', packageWith('a'));
      const release = supply.obstruct();
      for (const id of ['b', 'c']) {
        await expect(sendPackage(store, id, packageWith(id))).rejects.toMatchObject({ code: 'store_unavailable' });
      }
      release();
      await sendPackage(store, 's', packageWith('d'));
      expect(await everythingIn(store)).toEqual([2, [['numeric a', 'numeric d']], ['s']]);
    });
  });
}

function appendTo(topic: string, createTopic: boolean): PackageAppend {
  return { topic, streamId: 's', batch: speedAt(1), createTopic };
}

/** The number of packages, the parameters of each stream, and the streams. */
async function everythingIn(store: Store): Promise<unknown[]> {
  const streams = (await store.catalogue.streams('t', { limit: 99 })).map(({ streamId }) => streamId);
  const seen = await store.parameters.seenParameters('t', [...streams, 'b', 'c']);
  const names = Array.from(seen.values(), (ids) => ids.map(({ id, kind }) => `${kind} ${id}`).toSorted());
  return [(await readPackages(store)).length, names, streams];
}
