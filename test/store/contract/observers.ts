import type { Position } from '../../../src/store/contract/position';
import type { Store } from '../../../src/store/contract/store';
import { batchAt, batchOf, idsOf, readAll, send } from '../support/batches';
import { Recorder, sizeOf } from '../support/recorder';
import { failedRow, quarantineOf, recordOf, values } from '../support/rows';
import { createSource } from '../support/test-source';
import type { StoreSupply } from '../store-contract';
import { describeWhen } from './conditional';

/** What a store notifies its observers of. */
export function describeObservers(supply: StoreSupply): void {
  describe('onCommit', () => {
    it('adds up to all appends, events, rows and quarantined rows', async () => {
      const store = await supply.open();
      const source = await createSource(store);
      const recorder = Recorder.of(store);
      await Promise.all([
        send(store, 'a', batchAt(1, 2, 3)),
        send(store, 'b', batchAt(4)),
        source.send({ rows: values(1, 2), quarantine: quarantineOf(failedRow('x')) }),
      ]);
      await send(store, 'a', batchAt(5));
      await recorder.until(() => recorder.total.appends >= 4);
      await store.close();
      expect(recorder.total).toEqual({ appends: 4, records: 8 });
      const texts = batchAt(1, 2, 3).json.length + values(1, 2).json.length;
      expect(recorder.commits.reduce((sum, commit) => sum + sizeOf(commit).bytes, 0)).toBeGreaterThan(texts);
      for (const commit of recorder.commits) {
        const { appends, milliseconds } = commit;
        const { records, bytes } = sizeOf(commit);
        if (appends > 0) expect(records).toBeGreaterThanOrEqual(appends);
        expect(bytes > 0).toBe(appends > 0);
        expect(milliseconds).toBeGreaterThanOrEqual(0);
      }
    });

    it('says of each kind what it held, and how long each append took', async () => {
      const store = await supply.open();
      const source = await createSource(store);
      const recorder = Recorder.of(store);
      const started = performance.now();
      await Promise.all([send(store, 'a', batchAt(1, 2)), send(store, 'b', batchAt(3))]);
      await source.send({ rows: values(1), quarantine: quarantineOf(failedRow('x')) });
      await recorder.until(() => recorder.total.appends >= 3);
      const longest = performance.now() - started;
      const all = (kind: 'events' | 'packages' | 'rows') => recorder.commits.map((commit) => commit[kind]);
      expect(all('events').reduce((sum, { records }) => sum + records, 0)).toBe(3);
      expect(all('rows').reduce((sum, { records }) => sum + records, 0)).toBe(2);
      expect(all('packages').flatMap(({ waits }) => waits)).toEqual([]);
      expect(all('events').flatMap(({ waits }) => waits)).toHaveLength(2);
      const waits = [...all('events'), ...all('rows')].flatMap((report) => report.waits);
      for (const wait of waits) {
        expect(wait).toBeGreaterThanOrEqual(0);
        expect(wait).toBeLessThanOrEqual(longest);
      }
    });
  });

  describe('onAdvance', () => {
    it('names what a commit moved, with the position that the catalogue then gives', async () => {
      const store = await supply.share();
      const source = await createSource(store);
      const recorder = Recorder.of(store);
      const writes: [string[], () => Promise<unknown>][] = [
        [['t'], () => send(store, 's', batchAt(1, 2))],
        [['d'], () => source.send({ rows: values(1) })],
        [['t'], () => send(store, 'other', batchAt(3))],
        [['new'], () => send(store, 's', batchAt(1), 'new')],
        [['d'], () => source.send({ rows: values(2), quarantine: quarantineOf(failedRow('x')) })],
      ];
      for (const [index, [names, write]] of writes.entries()) {
        await write();
        await recorder.until(() => recorder.advances.length > index);
        expect(recorder.names[index]).toEqual(names);
        const position = recorder.advances[index]!.get(names[0]!);
        expect(await store.catalogue.topic(names[0]!)).toMatchObject({ position });
      }
      expect(recorder.advances).toHaveLength(writes.length);
    });

    it('names all that moved when they moved together', async () => {
      const store = await supply.open();
      const source = await createSource(store);
      await createSource(store, ['any'], 'still');
      const recorder = Recorder.of(store);
      await Promise.all([
        send(store, 's', batchAt(1), 't'),
        send(store, 's', batchAt(1), 'u'),
        source.send({ rows: values(1) }),
        send(store, 'r', batchAt(2), 't'),
        store.log.putStream({ topic: 'v', streamId: 's', properties: {}, createTopic: true }),
      ]);
      const ends = (): Map<string, Position> => new Map(recorder.advances.flatMap((advance) => [...advance]));
      await recorder.until(() => ends().size >= 3);
      await store.probe();
      for (const [name, position] of ends()) expect(await store.catalogue.topic(name)).toMatchObject({ position });
      await store.close();
      expect([...ends().keys()].toSorted()).toEqual(['d', 't', 'u']);
      expect(recorder.advances.length).toBeLessThanOrEqual(recorder.commits.length);
    });

    it('comes when a read sees what was committed', async () => {
      const store = await supply.share();
      const seen: Promise<string[]>[] = [];
      const notified = new Promise<void>((resolve) => {
        store.observe({
          onAdvance: () => {
            seen.push(readAll(store).then(idsOf));
            if (seen.length === 3) resolve();
          },
        });
      });
      for (const number of [1, 2, 3]) await send(store, 's', batchAt(number));
      await notified;
      for (const [index, ids] of (await Promise.all(seen)).entries()) {
        expect(ids.slice(0, index + 1)).toEqual(['1', '2', '3'].slice(0, index + 1));
      }
    });

    it('comes in the order of the commits', async () => {
      const store = await supply.share();
      const recorder = Recorder.of(store);
      let sent = 0;
      for (let round = 0; round < 10; round++) {
        const appends = Array.from({ length: 5 }, (_, index) => send(store, `s${index}`, batchAt((sent += 1))));
        if (round % 2 === 0) await Promise.all(appends);
      }
      await send(store, 's', batchAt((sent += 1)));
      const { position: end } = (await store.catalogue.topic('t'))!;
      await recorder.until(() => recorder.advances.at(-1)?.get('t') === end);
      const left = await Promise.all(
        recorder.advances.map(async (ends) => (await readAll(store, { after: ends.get('t')! })).length),
      );
      expect(left).toEqual([...new Set(left)].toSorted((a, b) => b - a));
      expect(left.at(-1)).toBe(0);
      expect(left[0]).toBeLessThan(sent);
    });

    it('does not come for what moves no end', async () => {
      const store = await supply.open();
      const source = await createSource(store);
      await createSource(store, ['any'], 'dropped');
      const record = recordOf('k', 'body');
      const append = { topic: 't', streamId: 's', batch: batchAt(1), createTopic: true, record };
      const earlier = Recorder.of(store);
      await store.log.append(append);
      await earlier.until(() => earlier.advances.length > 0);
      const recorder = Recorder.of(store);
      await touchWithoutMoving(store);
      await store.log.append(append);
      await source.send({ quarantine: quarantineOf(failedRow('x')) });
      await source.send({ replaced: (await source.quarantine()).map(({ id }) => id) });
      await source.send({});
      await source.change();
      const refused = { topic: 'x', streamId: 's', batch: batchAt(1), createTopic: false };
      await expect(store.log.append(refused)).rejects.toMatchObject({ code: 'unknown_topic' });
      await expect(source.send({ rows: values(1) })).rejects.toMatchObject({ code: 'schema_changed' });
      await send(store, 's', batchAt(1), 'last');
      await recorder.until(() => recorder.advances.length > 0);
      await store.close();
      expect(recorder.names).toEqual([['last']]);
    });
  });

  describe('onPressure', () => {
    it('comes when the bytes that wait reach the limit, and when they have fallen', async () => {
      const store = await supply.open({ maxQueueBytes: 10_000 });
      const recorder = Recorder.of(store);
      const batch = batchOf([{ timestamp: 1n, id: 'large', value: 'x'.repeat(4000) }]);
      const appends = [send(store, 's', batch)];
      expect([store.full, ...recorder.pressure]).toEqual([false]);
      for (let count = 0; count < 4; count++) appends.push(send(store, 's', batch));
      expect([store.full, ...recorder.pressure]).toEqual([true, true]);
      expect(store.queue.appends).toBe(5);
      expect(store.queue.bytes).toBeGreaterThanOrEqual(10_000);
      await Promise.all(appends);
      await recorder.until(() => recorder.pressure.length > 1);
      expect([store.full, ...recorder.pressure]).toEqual([false, true, false]);
      expect(store.queue).toEqual({ appends: 0, bytes: 0 });
    });
  });

  describeWhen(supply.canObstruct)('onWritable', () => {
    it('comes once when writing begins to fail, with the reason, and once when it works again', async () => {
      const store = await supply.open();
      await send(store, 's', batchAt(1));
      const recorder = Recorder.of(store);
      const release = supply.obstruct();
      for (const number of [2, 3]) {
        await expect(send(store, 's', batchAt(number))).rejects.toMatchObject({ code: 'store_unavailable' });
      }
      expect(store.writable).toBe(false);
      await expect(store.probe()).rejects.toMatchObject({ code: 'store_unavailable' });
      await recorder.until(() => recorder.turns.length > 0);
      expect(recorder.turns).toEqual([expect.objectContaining({ code: 'store_unavailable' })]);
      expect(recorder.turns[0]!.message).not.toBe('');
      expect(idsOf(await readAll(store))).toEqual(['1']);
      release();
      await send(store, 's', batchAt(4));
      await recorder.until(() => recorder.turns.length > 1);
      expect(store.writable).toBe(true);
      expect(recorder.turns).toEqual([expect.any(Error), undefined]);
      expect(idsOf(await readAll(store))).toEqual(['1', '4']);
      await store.probe();
    });

    it('comes with nothing committed: what was refused meanwhile leaves nothing behind', async () => {
      const store = await supply.open();
      const source = await createSource(store);
      const earlier = Recorder.of(store);
      await source.send({ rows: values(1), quarantine: quarantineOf(failedRow('x')) });
      await earlier.until(() => earlier.advances.length > 0);
      const before = await store.catalogue.topics({ limit: 9 });
      const recorder = Recorder.of(store);
      const release = supply.obstruct();
      const record = recordOf('k', 'body');
      const outcomes = await Promise.allSettled([
        send(store, 's', batchAt(1), 'new'),
        source.send({ rows: values(2), record }),
        createSource(store, ['text'], 'e'),
        source.change(),
        store.rows.truncateDataSource('d', 'rows'),
        store.tokens.revokeToken('id'),
      ]);
      for (const outcome of outcomes) expect(outcome).toMatchObject({ reason: { code: 'store_unavailable' } });
      expect(await store.catalogue.topics({ limit: 9 })).toEqual(before);
      release();
      expect(await source.send({ rows: values(2), record })).toBeUndefined();
      expect(supply.contents().rows.map(([, , value]) => value)).toEqual([1, 2]);
      expect(await store.tokens.revokedTokens()).toEqual([]);
      await recorder.until(() => recorder.advances.length > 0);
      expect(recorder.names).toEqual([['d']]);
      expect(recorder.total).toEqual({ appends: 1, records: 1 });
    });
  });

  describe('observe', () => {
    it('notifies several observers, each of what it asks for', async () => {
      const store = await supply.open();
      const [first, second] = [Recorder.of(store), Recorder.of(store)];
      const appends: number[] = [];
      store.observe({});
      store.observe({ onCommit: (commit) => appends.push(commit.appends) });
      await send(store, 's', batchAt(1));
      await second.until(() => second.advances.length > 0);
      await store.close();
      expect(second.commits).toEqual(first.commits);
      expect(second.names).toEqual([['t']]);
      expect(second.advances).toEqual(first.advances);
      expect(appends).toEqual(first.commits.map((commit) => commit.appends));
    });

    it('ends with the function it returns, called once or more, and not before', async () => {
      const store = await supply.open();
      const [stays, leaves] = [Recorder.of(store), new Recorder()];
      const end = store.observe(leaves.observer);
      await send(store, 's', batchAt(1));
      await leaves.until(() => leaves.advances.length > 0 && leaves.total.appends === 1);
      end();
      end();
      await send(store, 's', batchAt(2));
      await stays.until(() => stays.total.appends === 2);
      await store.close();
      expect(leaves.total).toEqual({ appends: 1, records: 1 });
      expect(leaves.advances).toHaveLength(1);
      expect(stays.total).toEqual({ appends: 2, records: 2 });
    });

    it('notifies an observer that was given twice twice, until both have ended', async () => {
      const store = await supply.open();
      const recorder = new Recorder();
      const ends = [store.observe(recorder.observer), store.observe(recorder.observer)];
      await send(store, 's', batchAt(1));
      await recorder.until(() => recorder.advances.length === 2 && recorder.total.appends === 2);
      ends[0]!();
      await send(store, 's', batchAt(2));
      await recorder.until(() => recorder.advances.length === 3 && recorder.total.appends === 3);
      ends[1]!();
      const last = Recorder.of(store);
      await send(store, 's', batchAt(3));
      await last.until(() => last.advances.length > 0);
      await store.close();
      expect(recorder.total).toEqual({ appends: 3, records: 3 });
      expect(recorder.advances).toHaveLength(3);
    });

    it('may be ended by the observer itself, and begun by another', async () => {
      const store = await supply.open();
      const [other, begun] = [new Recorder(), new Recorder()];
      let times = 0;
      const end = store.observe({
        onAdvance: () => {
          times += 1;
          end();
          store.observe(begun.observer);
        },
      });
      store.observe(other.observer);
      await send(store, 's', batchAt(1));
      await other.until(() => other.advances.length === 1);
      await send(store, 's', batchAt(2));
      await other.until(() => other.advances.length === 2);
      await store.close();
      expect(times).toBe(1);
      expect(begun.total.appends).toBeGreaterThanOrEqual(1);
    });
  });
}

/** Writes of every kind that store no events and no rows. */
async function touchWithoutMoving(store: Store): Promise<void> {
  await store.log.putStream({ topic: 't', streamId: 'empty', properties: {}, createTopic: false });
  await store.log.putStream({ topic: 'made', streamId: 's', properties: {}, createTopic: true });
  await store.log.closeStream('t', 's');
  await createSource(store, [], 'made too');
  await store.rows.truncateDataSource('d', 'rows');
  await store.rows.truncateDataSource('d', 'quarantine');
  await store.rows.dropDataSource('dropped');
  await store.tokens.revokeToken('id');
  await store.probe();
}
