import type { Store } from '../../../src/store/contract/store';
import { batchAt, send } from '../support/batches';
import { sendPackage, speedAt } from '../support/packages';
import { Recorder } from '../support/recorder';
import { failedRow, quarantineOf, recordOf, values } from '../support/rows';
import { createSource } from '../support/test-source';
import type { StoreSupply } from '../store-contract';

const PUT = { topic: 't', streamId: 's', properties: {}, createTopic: true };

/** What a store tells of changes of its catalogue, and how those who are told read it. */
export function describeChanges(supply: StoreSupply): void {
  describe('onChange', () => {
    const namesOf = ({ changes }: Recorder): string[] =>
      changes.flatMap((told) => [
        ...told.writes.map(({ topic, streamId }) => `write ${topic}/${streamId ?? '-'}`),
        ...told.changes.map(({ topic, streamId, kind }) => `${kind} ${topic}/${streamId ?? '-'}`),
      ]);

    it.each<[string, string[], (store: Store) => Promise<unknown>]>([
      ['an append', ['write t/new'], (store) => send(store, 'new', batchAt(1))],
      ['an append that makes a topic', ['write u/s'], (store) => send(store, 's', batchAt(1), 'u')],
      ['a package', ['write t/new'], (store) => sendPackage(store, 'new', speedAt(1))],
      ['properties', ['changed t/s'], (store) => store.log.putStream(PUT)],
      ['an end', ['closed t/s'], (store) => store.log.closeStream('t', 's')],
      ['a removed stream', ['removed t/s'], (store) => store.log.removeStream('t', 's')],
      ['a removed topic', ['removed t/-'], (store) => store.log.removeTopic('t')],
      ['retention', ['changed t/-'], (store) => store.log.setRetention({ topic: 't', age: 1e9, confirmed: false })],
      ['a data source that is made', ['changed e/-'], (store) => createSource(store, [], 'e')],
      ['rows that are removed', ['changed d/-'], (store) => store.rows.truncateDataSource('d', 'rows')],
      ['a data source that is dropped', ['removed d/-'], (store) => store.rows.dropDataSource('d')],
    ])('names what was written to, changed or removed: %s', async (_, names, change) => {
      const store = await supply.share();
      await createSource(store);
      await send(store, 's', batchAt(1));
      const recorder = Recorder.of(store);
      await change(store);
      await recorder.until(() => recorder.changes.length > 0);
      expect([...new Set(namesOf(recorder))]).toEqual(names);
    });

    it('adds up to the bytes of all that was stored, rows too', async () => {
      const store = await supply.share();
      const source = await createSource(store);
      const recorder = Recorder.of(store);
      await Promise.all([send(store, 'a', batchAt(1, 2)), send(store, 'a', batchAt(3)), send(store, 'b', batchAt(4))]);
      await source.send({ rows: values(1, 2) });
      await recorder.until(() => namesOf(recorder).includes('write d/-'));
      const bytesOf = (topic: string): number =>
        recorder.changes
          .flatMap(({ writes }) => writes)
          .reduce((sum, write) => sum + (write.topic === topic ? write.bytes : 0), 0);
      expect(bytesOf('t')).toBeGreaterThanOrEqual(batchAt(1, 2).json.length + 2 * batchAt(3).json.length);
      expect(bytesOf('d')).toBeGreaterThanOrEqual(values(1, 2).json.length);
      expect(new Set(namesOf(recorder))).toEqual(new Set(['write t/a', 'write t/b', 'write d/-']));
    });

    it('does not name what was refused, or stored before', async () => {
      const store = await supply.open();
      const source = await createSource(store);
      const append = { topic: 't', streamId: 's', batch: batchAt(1), createTopic: true, record: recordOf('k', 'body') };
      await store.log.append(append);
      const recorder = Recorder.of(store);
      const refused = { topic: 'x', streamId: 's', batch: batchAt(1), createTopic: false };
      await Promise.allSettled([
        store.log.append(append),
        store.log.append(refused),
        store.log.closeStream('t', 'none'),
        store.log.removeTopic('none'),
        store.log.removeStream('t', 'none'),
        createSource(store, [], 'd'),
        store.tokens.revokeToken('id'),
        store.probe(),
        source.send({ quarantine: quarantineOf(failedRow('x')), record: recordOf('r', 'rows') }),
      ]);
      await source.send({ quarantine: quarantineOf(failedRow('x')), record: recordOf('r', 'rows') });
      await send(store, 'last', batchAt(1));
      await recorder.until(() => namesOf(recorder).includes('write t/last'));
      expect(namesOf(recorder)).toEqual(['write d/-', 'write t/last']);
    });

    it('comes when the catalogue shows what was committed', async () => {
      const store = await supply.share();
      const seen: Promise<number>[] = [];
      const notified = new Promise<void>((resolve) => {
        store.observe({
          onChange: () => {
            seen.push(store.catalogue.stream('t', 's').then(({ eventCount }) => eventCount));
            if (seen.length === 3) resolve();
          },
        });
      });
      for (const number of [1, 2, 3]) await send(store, 's', batchAt(number));
      await notified;
      for (const [index, count] of (await Promise.all(seen)).entries()) expect(count).toBeGreaterThan(index);
    });
  });

  describe('what is named', () => {
    it('gives those topics and data sources that there are', async () => {
      const store = await supply.share();
      await createSource(store);
      for (const topic of ['t', 'u', "quo'te"]) await send(store, 's', batchAt(1), topic);
      const topics = await store.catalogue.namedTopics(['u', 'none', 'd', "quo'te"]);
      expect(topics.map(({ name, kind }) => [name, kind]).toSorted()).toEqual([
        ['d', 'rows'],
        ["quo'te", 'events'],
        ['u', 'events'],
      ]);
      expect(topics.find(({ name }) => name === 'u')).toEqual(await store.catalogue.topic('u'));
      expect(await store.catalogue.namedTopics([])).toEqual([]);
    });

    it('gives those streams that there are, and only of the topic', async () => {
      const store = await supply.share();
      await send(store, 'a', batchAt(2n ** 62n));
      await send(store, 'b', batchAt(1));
      await send(store, 'elsewhere', batchAt(1), 'u');
      const streams = await store.catalogue.namedStreams('t', ['b', 'none', 'elsewhere', 'a']);
      expect(streams.map(({ streamId }) => streamId).toSorted()).toEqual(['a', 'b']);
      expect(streams.find(({ streamId }) => streamId === 'a')).toEqual(await store.catalogue.stream('t', 'a'));
    });

    it.each([
      ['unknown_topic', 'none'],
      ['wrong_topic_kind', 'd'],
    ])('rejects with %s', async (code, topic) => {
      const store = await supply.share();
      await createSource(store);
      await expect(store.catalogue.namedStreams(topic, ['s'])).rejects.toMatchObject({ code });
      await expect(store.catalogue.recentStreams(topic, { since: 0 })).rejects.toMatchObject({ code });
    });
  });

  describe('recentStreams', () => {
    const recent = async (store: Store, since: number): Promise<string[]> => {
      const ids: string[] = [];
      let after: string | undefined;
      do {
        const part = await store.catalogue.recentStreams('t', { since, after });
        ids.push(...part.streams.map(({ streamId }) => streamId));
        ({ after } = part);
      } while (after !== undefined);
      return ids;
    };

    it('gives open streams that were written or changed since then', async () => {
      const store = await supply.share();
      for (const streamId of ['e', 'd', 'c', 'b', 'a']) await send(store, streamId, batchAt(1));
      await store.log.closeStream('t', 'c');
      expect(await recent(store, 0)).toEqual(['a', 'b', 'd', 'e']);
      expect(await recent(store, Date.now() + 60_000)).toEqual([]);
      const { updatedAt } = await store.catalogue.stream('t', 'a');
      expect(await recent(store, updatedAt)).toContain('a');
      await store.log.removeStream('t', 'a');
      expect(await recent(store, 0)).toEqual(['b', 'd', 'e']);
    });

    it('says when each was', async () => {
      const store = await supply.share();
      await send(store, 's', batchAt(1));
      const { updatedAt } = await store.catalogue.stream('t', 's');
      const { streams } = await store.catalogue.recentStreams('t', { since: updatedAt });
      expect(streams).toEqual([{ streamId: 's', updatedAt }]);
    });
  });
}
