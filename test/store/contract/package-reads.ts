import type { Position } from '../../../src/store/contract/position';
import type { Store } from '../../../src/store/contract/store';
import { batchAt, idsOf, readAll, send } from '../support/batches';
import {
  aggregate,
  packageOf,
  readPackages,
  readSamples,
  saidBy,
  sendPackage,
  speedAt,
  timesOf,
  valuesOf,
} from '../support/packages';
import { createSource } from '../support/test-source';
import type { StoreSupply } from '../store-contract';
import { itWhen } from './conditional';

const reads: [string, (store: Store, topic: string, streamId: string) => Promise<unknown>][] = [
  ['readPackages', (store, topic, streamId) => store.parameters.readPackages({ topic, streamId, limit: 1 })],
  ['readSamples', (store, topic, streamId) => store.parameters.readSamples({ topic, streamId, limit: 1 })],
  ['aggregateSamples', (store, topic, streamId) => aggregate(store, 1n, { topic, streamId })],
];

/** Packages that are read back, and what becomes of them: removal, retention, opening again. */
export function describePackageReads(supply: StoreSupply): void {
  const { exactLimits, survivesReopening } = supply.capabilities;

  describe.each(reads)('%s', (_, read) => {
    it.each([
      ['unknown_topic', 'nowhere', 's'],
      ['wrong_topic_kind', 'd', 's'],
      ['unknown_stream', 't', 'none'],
    ])('rejects with %s', async (code, topic, streamId) => {
      const store = await supply.share();
      await createSource(store);
      await sendPackage(store, 's', speedAt(1));
      await expect(read(store, topic, streamId)).rejects.toMatchObject({ code });
    });

    it('finds nothing in a stream that has events alone', async () => {
      const store = await supply.share();
      await send(store, 's', batchAt(1));
      await expect(read(store, 't', 's')).resolves.toBeDefined();
      expect(await readPackages(store)).toEqual([]);
      expect(await readSamples(store)).toEqual([]);
    });
  });

  describe('readPackages', () => {
    /** Packages 1 to 12 to streams `a`, `b` and `c` in turns, events between them. */
    async function fill(store: Store): Promise<Position[]> {
      const positions: Position[] = [];
      for (let time = 1; time <= 12; time++) {
        positions.push(await sendPackage(store, 'abc'[time % 3]!, speedAt(time)));
        if (time % 4 === 0) await send(store, 'a', batchAt(time));
      }
      return positions;
    }
    const ALL = Array.from({ length: 12 }, (_, index) => index + 1);
    const OF_A = [3, 6, 9, 12];

    it.each([1, 2, 5, 12, 100])('gives them in order of position by pages of %i, either way', async (limit) => {
      const store = await supply.share();
      await fill(store);
      expect(timesOf(await readPackages(store, { limit }))).toEqual(ALL);
      expect(timesOf(await readPackages(store, { limit, streamId: 'a' }))).toEqual(OF_A);
      const descending = true;
      expect(timesOf(await readPackages(store, { limit, descending }))).toEqual(ALL.toReversed());
      expect(timesOf(await readPackages(store, { limit, descending, streamId: 'a' }))).toEqual(OF_A.toReversed());
    });

    it('goes on behind any position of a package, or before it', async () => {
      const store = await supply.share();
      for (const [index, after] of (await fill(store)).entries()) {
        expect(timesOf(await readPackages(store, { after }))).toEqual(ALL.slice(index + 1));
        const before = ALL.slice(0, index).toReversed();
        expect(timesOf(await readPackages(store, { after, descending: true, limit: 2 }))).toEqual(before);
        const streamId = 'a';
        expect(timesOf(await readPackages(store, { after, streamId }))).toEqual(
          OF_A.filter((time) => time > index + 1),
        );
      }
    });

    it('gives with every page where to read on, and what comes later is found from there', async () => {
      const store = await supply.share();
      await store.log.putStream({ topic: 't', streamId: 's', properties: {}, createTopic: true });
      const empty = await store.parameters.readPackages({ topic: 't', limit: 9 });
      expect(empty).toMatchObject({ packages: [], more: false });
      await sendPackage(store, 's', speedAt(1));
      await send(store, 's', batchAt(2));
      const { position, more } = await store.parameters.readPackages({ topic: 't', limit: 1, after: empty.position });
      expect(more).toBe(false);
      await send(store, 's', batchAt(3));
      const latest = await store.parameters.readPackages({ topic: 't', limit: 1, descending: true });
      await sendPackage(store, 's', speedAt(4));
      expect(timesOf(await readPackages(store, { after: empty.position }))).toEqual([1, 4]);
      expect(timesOf(await readPackages(store, { after: position }))).toEqual([4]);
      expect(idsOf(await readAll(store, { after: position }))).toEqual(['3']);
      expect(timesOf(await readPackages(store, { after: latest.end! }))).toEqual([4]);
    });

    it('says truly whether there are more', async () => {
      const store = await supply.share();
      await fill(store);
      for (const limit of [1, 2, 3, 4, 5]) {
        const page = await store.parameters.readPackages({ topic: 't', streamId: 'a', limit });
        expect(page.packages).toHaveLength(Math.min(limit, 4));
        if (limit < 4) expect(page.more).toBe(true);
        const { packages } = await store.parameters.readPackages({
          topic: 't',
          streamId: 'a',
          limit,
          after: page.position,
        });
        expect(packages.length > 0).toBe(limit < 4);
      }
    });

    it('bounds the bytes of a page, which holds one package at least', async () => {
      const store = await supply.share();
      const text = 'x'.repeat(1024 * 1024);
      for (const time of [1, 2, 3, 4]) {
        await sendPackage(store, 's', packageOf({ timestamps: [time], string: { s: [text + String(time)] } }));
      }
      expect(timesOf(await readPackages(store))).toEqual([1, 2, 3, 4]);
      expect(timesOf(await readPackages(store, { descending: true }))).toEqual([4, 3, 2, 1]);
      expect(valuesOf(await readSamples(store), 's').map((value) => value?.slice(-1))).toEqual(['1', '2', '3', '4']);
    });

    it('rejects with invalid_query for what is no position', async () => {
      const store = await supply.share();
      await sendPackage(store, 's', speedAt(1));
      for (const after of ['', ' 1', 'é', '1'.repeat(600)]) {
        const read = store.parameters.readPackages({ topic: 't', limit: 1, after });
        await expect(read).rejects.toMatchObject({ code: 'invalid_query' });
      }
    });
  });

  describe('a stream that is removed', () => {
    it('takes its packages, samples and parameters with it at once, and leaves those of others', async () => {
      const store = await supply.share();
      for (const time of [1, 3, 5]) {
        await sendPackage(store, 'a', packageOf({ timestamps: [time], numeric: { Speed: [time], OfA: [time] } }));
        await sendPackage(store, 'b', speedAt(time + 1));
      }
      const [, , third] = await readPackages(store);
      await store.log.removeStream('t', 'a');
      expect(timesOf(await readPackages(store))).toEqual([2, 4, 6]);
      expect(timesOf(await readPackages(store, { limit: 1 }))).toEqual([2, 4, 6]);
      expect(timesOf(await readPackages(store, { descending: true, limit: 1 }))).toEqual([6, 4, 2]);
      expect(timesOf(await readPackages(store, { after: third!.position }))).toEqual([4, 6]);
      expect(valuesOf(await readSamples(store, { streamId: 'b' }))).toEqual(['2', '4', '6']);
      for (const [, read] of reads)
        await expect(read(store, 't', 'a')).rejects.toMatchObject({ code: 'unknown_stream' });
      expect((await store.parameters.seenParameters('t', ['a'])).get('a')).toBeUndefined();
    });

    it('frees its id for another one, which begins empty', async () => {
      const store = await supply.share();
      await sendPackage(
        store,
        's',
        packageOf({ timestamps: [1, 9], numeric: { Speed: [1, 9] }, string: { Old: ['x', 'y'] } }),
      );
      const turn = [
        sendPackage(store, 's', speedAt(2)),
        store.log.removeStream('t', 's'),
        sendPackage(store, 's', speedAt(3)),
      ];
      await Promise.all(turn);
      expect(timesOf(await readPackages(store))).toEqual([3]);
      expect(valuesOf(await readSamples(store))).toEqual(['3']);
      expect((await aggregate(store, 100n)).numeric.get('Speed')).toMatchObject([{ count: 1 }]);
      expect((await store.parameters.seenParameters('t', ['s'])).get('s')).toEqual([{ id: 'Speed', kind: 'numeric' }]);
    });

    itWhen(exactLimits)('gives its place to another stream at once', async () => {
      const store = await supply.open({ maxStreamsPerTopic: 1 });
      await sendPackage(store, 'a', speedAt(1));
      await Promise.all([store.log.removeStream('t', 'a'), sendPackage(store, 'b', speedAt(2))]);
      await expect(sendPackage(store, 'a', speedAt(1))).rejects.toMatchObject({ code: 'stream_limit' });
      expect(timesOf(await readPackages(store))).toEqual([2]);
    });
  });

  describe('a topic that is removed', () => {
    it('takes everything with it, also for a topic of its name that follows at once', async () => {
      const store = await supply.share();
      const position = await sendPackage(store, 's', speedAt(1));
      await sendPackage(store, 's', packageOf({ timestamps: [5], string: { Old: ['x'] } }));
      await store.log.removeTopic('t');
      for (const [, read] of reads)
        await expect(read(store, 't', 's')).rejects.toMatchObject({ code: 'unknown_topic' });
      const turn = [
        sendPackage(store, 's', speedAt(2)),
        store.log.removeTopic('t'),
        sendPackage(store, 's', speedAt(3)),
      ];
      await Promise.all(turn);
      expect(timesOf(await readPackages(store))).toEqual([3]);
      expect(valuesOf(await readSamples(store))).toEqual(['3']);
      expect((await store.parameters.seenParameters('t', ['s'])).get('s')).toEqual([{ id: 'Speed', kind: 'numeric' }]);
      const { earliest } = (await store.catalogue.topic('t'))!;
      const read = store.parameters.readPackages({ topic: 't', limit: 1, after: position });
      await expect(read).rejects.toMatchObject({ code: 'position_gone', earliest });
    });

    it('frees the places of its parameters', async () => {
      const store = await supply.open({ maxParametersPerTopic: 1 });
      await sendPackage(store, 's', packageOf({ timestamps: [1], numeric: { a: [1] } }));
      await store.log.removeTopic('t');
      await sendPackage(store, 's', packageOf({ timestamps: [1], numeric: { b: [1] } }));
      expect(valuesOf(await readSamples(store), 'b')).toEqual(['1']);
    });
  });

  describe('retention', () => {
    /** Resolves when a topic keeps nothing before so many of its bytes. */
    async function keepsBytes(store: Store, bytes: number): Promise<void> {
      while ((await store.catalogue.topic('t'))!.bytes > bytes);
    }

    it('removes packages and their samples from the front, together with events', async () => {
      const store = await supply.share();
      for (let time = 1; time <= 20; time++) {
        if (time % 5 === 0) await send(store, 'a', batchAt(time));
        else await sendPackage(store, time % 2 === 0 ? 'a' : 'b', speedAt(time));
      }
      const first = (await readPackages(store))[0]!;
      const { bytes } = (await store.catalogue.topic('t'))!;
      const limit = Math.floor(bytes / 2);
      await store.log.setRetention({ topic: 't', bytes: limit, confirmed: false });
      await keepsBytes(store, limit);
      const { earliest } = (await store.catalogue.topic('t'))!;
      const kept = timesOf(await readPackages(store));
      const events = idsOf(await readAll(store)).map(Number);
      const all = [...kept, ...events].toSorted((a, b) => a - b);
      expect(all.length).toBeGreaterThan(4);
      expect(all.length).toBeLessThan(15);
      expect(all).toEqual(Array.from(all, (_, index) => 21 - all.length + index));
      expect(timesOf(await readPackages(store, { descending: true }))).toEqual(kept.toReversed());
      expect(timesOf(await readPackages(store, { after: earliest }))).toEqual(kept);
      const ofA = kept.filter((time) => time % 2 === 0);
      expect(timesOf(await readPackages(store, { streamId: 'a' }))).toEqual(ofA);
      expect(valuesOf(await readSamples(store, { streamId: 'a' }))).toEqual(ofA.map(String));
      expect((await aggregate(store, 1000n, { streamId: 'a' })).numeric.get('Speed')).toMatchObject([
        { count: ofA.length, first: { text: String(ofA[0]) } },
      ]);
      const gone = store.parameters.readPackages({ topic: 't', limit: 1, after: first.position });
      await expect(gone).rejects.toMatchObject({ code: 'position_gone', earliest });
      const before = { topic: 't', limit: 1, after: first.position, descending: true };
      expect((await store.parameters.readPackages(before)).packages).toEqual([]);
    });

    it('asks before a topic loses all its packages', async () => {
      const store = await supply.share();
      await sendPackage(store, 's', speedAt(1, 2));
      await sendPackage(store, 's', speedAt(3));
      const all = store.log.setRetention({ topic: 't', bytes: 1, confirmed: false });
      await expect(all).rejects.toMatchObject({ code: 'confirmation_required' });
      expect(timesOf(await readPackages(store))).toEqual([1, 3]);
    });

    it('empties a topic when that is confirmed, whose positions go on', async () => {
      const store = await supply.share();
      await sendPackage(store, 's', speedAt(1));
      const end = await sendPackage(store, 's', speedAt(2));
      await store.log.setRetention({ topic: 't', bytes: 1, confirmed: true });
      await keepsBytes(store, 0);
      expect(await readPackages(store)).toEqual([]);
      expect(await readSamples(store)).toEqual([]);
      await store.log.setRetention({ topic: 't', bytes: null, confirmed: false });
      await sendPackage(store, 's', speedAt(3));
      expect(timesOf(await readPackages(store, { after: end }))).toEqual([3]);
      expect(valuesOf(await readSamples(store))).toEqual(['3']);
    });
  });

  itWhen(survivesReopening)('everything is there when the store is opened again', async () => {
    const store = await supply.open();
    const batches = [
      packageOf({ epoch: 5, timestamps: [1, 2], numeric: { Speed: ['1.10', null] }, tags: { car: ['1', null] } }),
      packageOf({ timestamps: [-7], string: { Speed: ['x'] }, binary: { b: ['AA=='] } }),
    ];
    for (const batch of batches) await sendPackage(store, 's', batch);
    const everythingIn = async (opened: Store): Promise<unknown[]> => [
      await readPackages(opened),
      await readSamples(opened),
      await aggregate(opened, 10n),
      await opened.parameters.seenParameters('t', ['s']),
      await opened.catalogue.topic('t'),
      await opened.catalogue.streams('t', { limit: 9 }),
    ];
    const before = await everythingIn(store);
    await store.close();
    const again = await supply.reopen();
    expect(await everythingIn(again)).toEqual(before);
    expect(saidBy(await readPackages(again))).toEqual(saidBy(batches));
    expect(await sendPackage(again, 's', speedAt(3))).toEqual(supply.at(3));
    expect(await readPackages(again)).toHaveLength(3);
  });
}
