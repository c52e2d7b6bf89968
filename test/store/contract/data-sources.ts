import type { EventStore } from '../../../src/store/event-store';
import { batchAt, send } from '../support/batches';
import type { StoreSupply } from '../event-store-contract';
import { claimOf, createSource, failedRow, infoOf, quarantineOf, rowsOf, sendRows, values } from '../support/rows';

const FILLS: [string, string | number | bigint | null][] = [
  ['null', null],
  ['an integer', 42],
  ['the least int64', -(2n ** 63n)],
  ['the greatest int64', 2n ** 63n - 1n],
  ['a fraction', -0.1],
  ['a large float', 1.7976931348623157e308],
  ['a text', 'one'],
  ['an empty text', ''],
  ['a text of digits', '18446744073709551616'],
  ['quotes, line ends and emoji', `it's "\\'' -- \n😀`],
];

const forEvents: [string, (store: EventStore) => Promise<unknown>][] = [
  ['append', (store) => send(store, 's', batchAt(1), 'd')],
  ['putStream', (store) => store.putStream({ topic: 'd', streamId: 's', properties: {}, createTopic: true })],
  ['closeStream', (store) => store.closeStream('d', 's')],
  ['streams', (store) => store.streams('d', { limit: 1 })],
  ['stream', (store) => store.stream('d', 's')],
  ['read', (store) => store.read({ topic: 'd', limit: 1 })],
];

const forRows: [string, (store: EventStore) => Promise<unknown>][] = [
  ['changeDataSource', (store) => store.changeDataSource({ name: 'd', definition: '', added: [] })],
  ['truncateDataSource', (store) => store.truncateDataSource('d', 'rows')],
  ['dropDataSource', (store) => store.dropDataSource('d')],
  ['appendRows', (store) => sendRows(store, { rows: values(1) })],
  ['quarantinedRows', (store) => store.quarantinedRows('d', { after: 0, limit: 1 })],
];

/** Making, changing, emptying and removing data sources. */
export function describeDataSources(supply: StoreSupply): void {
  describe('createDataSource', () => {
    it('makes a topic of rows among those of events', async () => {
      const store = await supply.open();
      const before = Date.now();
      await send(store, 's', batchAt(1), 'a');
      await createSource(store, ['integer', 'text'], 'b');
      await createSource(store, [], 'c');
      const info = { rowCount: 0, quarantineCount: 0, updatedAt: expect.any(Number) as number };
      const topics = await store.topics({ limit: 10 });
      expect(topics).toMatchObject([
        { name: 'a', kind: 'events', nextOffset: 2 },
        { name: 'b', kind: 'rows', nextOffset: 1, dataSource: { definition: 'definition of b', ...info } },
        { name: 'c', kind: 'rows', nextOffset: 1, dataSource: { definition: 'definition of c', ...info } },
      ]);
      expect(topics[0]).not.toHaveProperty('dataSource');
      expect(topics[1]!.dataSource!.updatedAt).toBeGreaterThanOrEqual(before);
      expect(topics[1]!.createdAt).toBeGreaterThanOrEqual(before);
    });

    it('refuses the name of a data source or topic that there is, and leaves it as it is', async () => {
      const store = await supply.open();
      await createSource(store);
      await sendRows(store, { rows: values(1) });
      await send(store, 's', batchAt(1), 't');
      await expect(createSource(store, ['text', 'text'])).rejects.toMatchObject({ code: 'topic_exists' });
      await expect(createSource(store, ['text'], 't')).rejects.toMatchObject({ code: 'topic_exists' });
      await sendRows(store, { rows: values(2) });
      expect(supply.contents().rows).toEqual([
        [1, null, 1],
        [2, null, 2],
      ]);
    });

    it('makes one of two that are sent at once', async () => {
      const store = await supply.open();
      const outcomes = await Promise.allSettled([createSource(store), createSource(store)]);
      expect(outcomes).toMatchObject([
        { status: 'fulfilled' },
        { status: 'rejected', reason: { code: 'topic_exists' } },
      ]);
    });

    it('counts towards the limit of topics', async () => {
      const store = await supply.open({ maxTopics: 2 });
      await createSource(store);
      await send(store, 's', batchAt(1));
      await expect(createSource(store, [], 'e')).rejects.toMatchObject({ code: 'topic_limit' });
      await expect(send(store, 's', batchAt(1), 'e')).rejects.toMatchObject({ code: 'topic_limit' });
      await store.dropDataSource('d');
      await expect(createSource(store, [], 'e')).resolves.toBeUndefined();
    });
  });

  describe('changeDataSource', () => {
    it.each(FILLS)('fills an added column of rows that are there with %s', async (_, fill) => {
      const store = await supply.open();
      await createSource(store, ['text']);
      await sendRows(store, { rows: values('before') });
      const added = [
        { name: 'filled', storage: 'any', fill } as const,
        { name: 'empty', storage: 'integer', fill: null } as const,
      ];
      await store.changeDataSource({ name: 'd', definition: 'new', added });
      await sendRows(store, { columns: 3, rows: rowsOf([null, 'after', null, 7]) });
      expect(supply.contents().rows).toEqual([
        [1, null, 'before', fill, null],
        [2, null, 'after', null, 7],
      ]);
      expect(await infoOf(store)).toMatchObject({ definition: 'new', rowCount: 2 });
    });

    it('replaces the definition alone', async () => {
      const store = await supply.open();
      await createSource(store);
      await store.changeDataSource({ name: 'd', definition: 'new', added: [] });
      await sendRows(store, { rows: values(1) });
      expect(await infoOf(store)).toMatchObject({ definition: 'new', rowCount: 1 });
    });

    it('refuses to fill rows with a text that holds NUL, and changes nothing', async () => {
      const store = await supply.open();
      await createSource(store);
      const added = [
        { name: 'a', storage: 'text', fill: 'fine' },
        { name: 'b', storage: 'text', fill: 'a\0b' },
      ] as const;
      const change = store.changeDataSource({ name: 'd', definition: 'new', added });
      await expect(change).rejects.toMatchObject({ code: 'invalid_schema' });
      await sendRows(store, { rows: values(1) });
      expect(await infoOf(store)).toMatchObject({ definition: 'definition of d', rowCount: 1 });
    });

    it('takes its place among rows that are sent at once', async () => {
      const store = await supply.open();
      await createSource(store);
      const added = [{ name: 'b', storage: 'any', fill: 'x' }] as const;
      const outcomes = await Promise.allSettled([
        sendRows(store, { rows: values(1) }),
        store.changeDataSource({ name: 'd', definition: 'new', added }),
        sendRows(store, { rows: values(2) }),
        sendRows(store, { columns: 2, rows: rowsOf([null, 3, 'y']) }),
      ]);
      expect(outcomes).toMatchObject([
        { status: 'fulfilled' },
        { status: 'fulfilled' },
        { status: 'rejected', reason: { code: 'schema_changed' } },
        { status: 'fulfilled' },
      ]);
      expect(supply.contents().rows).toEqual([
        [1, null, 1, 'x'],
        [2, null, 3, 'y'],
      ]);
    });
  });

  describe('truncateDataSource', () => {
    it('removes the rows or the quarantined rows; offsets go on', async () => {
      const store = await supply.open();
      await createSource(store, ['text', 'any']);
      const both = {
        columns: 2,
        rows: rowsOf([null, 'a', 1], [null, 'b', 2]),
        quarantine: quarantineOf(failedRow('x')),
      };
      await sendRows(store, both);
      await store.truncateDataSource('d', 'rows');
      expect(await infoOf(store)).toMatchObject({ rowCount: 0, quarantineCount: 1, nextOffset: 3 });
      await sendRows(store, both);
      await store.truncateDataSource('d', 'quarantine');
      expect(await store.quarantinedRows('d', { after: 0, limit: 10 })).toEqual([]);
      await sendRows(store, both);
      expect(supply.contents().rows.map(([offset]) => offset)).toEqual([3, 4, 5, 6]);
      expect(await store.quarantinedRows('d', { after: 0, limit: 10 })).toMatchObject([{ offset: 3 }]);
      expect(await infoOf(store)).toMatchObject({ rowCount: 4, quarantineCount: 1, nextOffset: 7 });
    });

    it('keeps the columns that were added', async () => {
      const store = await supply.open();
      await createSource(store, ['text']);
      await store.changeDataSource({
        name: 'd',
        definition: 'new',
        added: [{ name: 'b', storage: 'integer', fill: 5 }],
      });
      await store.truncateDataSource('d', 'rows');
      await sendRows(store, { columns: 2, rows: rowsOf([null, 'a', 1]) });
      expect(supply.contents().rows).toEqual([[1, null, 'a', 1]]);
    });
  });

  describe('dropDataSource', () => {
    it('lets the name go, with all that it stood for', async () => {
      const store = await supply.open();
      await createSource(store);
      await sendRows(store, { rows: values(1), quarantine: quarantineOf(failedRow('x')), claim: claimOf('k', 'body') });
      await store.dropDataSource('d');
      expect(await store.topics({ limit: 10 })).toEqual([]);
      await expect(sendRows(store, { rows: values(1) })).rejects.toMatchObject({ code: 'unknown_topic' });
      await createSource(store, ['text', 'text']);
      expect(await infoOf(store)).toMatchObject({ rowCount: 0, quarantineCount: 0, nextOffset: 1 });
      const again = { columns: 2, rows: rowsOf([null, 'a', 'b']), claim: claimOf('k', 'other body') };
      expect(await sendRows(store, again)).toBeUndefined();
      expect(supply.contents()).toEqual({ rows: [[1, null, 'a', 'b']], quarantine: [] });
    });

    it('lets the name go to a topic of events', async () => {
      const store = await supply.open();
      await createSource(store);
      const sent = [store.dropDataSource('d'), send(store, 's', batchAt(1), 'd')];
      expect(await Promise.all(sent)).toEqual([undefined, 1]);
      expect(await store.topics({ limit: 10 })).toMatchObject([{ name: 'd', kind: 'events' }]);
    });
  });

  describe('a data source', () => {
    it.each(forEvents)('is refused by %s, which is for topics of events', async (_, call) => {
      const store = await supply.open();
      await createSource(store);
      await expect(call(store)).rejects.toMatchObject({ code: 'wrong_topic_kind' });
      await sendRows(store, { rows: values(1) });
      await expect(call(store)).rejects.toMatchObject({ code: 'wrong_topic_kind' });
    });

    it.each(forRows)('is what %s asks for: a topic of events is refused, and an unknown one', async (_, call) => {
      const store = await supply.open();
      await expect(call(store)).rejects.toMatchObject({ code: 'unknown_topic' });
      await send(store, 's', batchAt(1), 'd');
      await expect(call(store)).rejects.toMatchObject({ code: 'wrong_topic_kind' });
    });
  });
}
