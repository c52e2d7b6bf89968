import type { ColumnStorage } from '../../../src/store/contract/row-store';
import type { Store } from '../../../src/store/contract/store';
import type { ValueForm } from '../../../src/store/contract/value-form';
import { batchAt, send } from '../support/batches';
import { failedRow, quarantineOf, recordOf, rowsOf, rowTexts, values } from '../support/rows';
import { createSource, TestSource } from '../support/test-source';
import type { StoreSupply } from '../store-contract';
import { itWhen } from './conditional';

/** The name was used before: the engine says how positions differ then. */
const ANY_POSITION: unknown = expect.stringMatching(/^[!-~]{1,512}$/);

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

/** A form, the storages before and after it, and values before and after it. */
const FORMS: [
  string,
  readonly [ColumnStorage, ColumnStorage],
  ValueForm,
  (string | number | bigint | null)[],
  (string | number | bigint | null)[],
][] = [
  ['doubles', ['integer', 'real'], { kind: 'float', greatest: Number.MAX_VALUE }, [21, null, -5], [21, null, -5]],
  [
    'wide integers',
    ['integer', 'any'],
    { kind: 'integer', least: -(2n ** 127n), greatest: 2n ** 127n - 1n },
    [2n ** 63n - 1n, 5],
    [2n ** 63n - 1n, 5],
  ],
  [
    'narrow integers',
    ['any', 'integer'],
    { kind: 'integer', least: -(2n ** 63n), greatest: 2n ** 63n - 1n },
    [2n ** 63n - 1n],
    [2n ** 63n - 1n],
  ],
  [
    'long decimals',
    ['integer', 'text'],
    { kind: 'decimal', precision: 38, scale: 2, isText: true },
    [1234567890123456789n, -1],
    ['1234567890123456789.00', '-1.00'],
  ],
  ['times', ['text', 'text'], { kind: 'time', precision: 3 }, ['2024-05-06 07:08:09'], ['2024-05-06 07:08:09.000']],
  ['days', ['text', 'text'], { kind: 'date' }, ['2024-05-06 00:00:00.00'], ['2024-05-06']],
  ['short texts', ['text', 'text'], { kind: 'text', bytes: 3 }, ['aé', ''], ['aé', '']],
  ['nothing, where there are nulls alone', ['text', 'integer'], { kind: 'none' }, [null], [null]],
];

const forEvents: [string, (store: Store) => Promise<unknown>][] = [
  ['append', (store) => send(store, 's', batchAt(1), 'd')],
  ['putStream', (store) => store.log.putStream({ topic: 'd', streamId: 's', properties: {}, createTopic: true })],
  ['closeStream', (store) => store.log.closeStream('d', 's')],
  ['streams', (store) => store.catalogue.streams('d', { limit: 1 })],
  ['stream', (store) => store.catalogue.stream('d', 's')],
  ['read', (store) => store.log.read({ topic: 'd', limit: 1 })],
];

const forRows: [string, (store: Store) => Promise<unknown>][] = [
  ['changeDataSource', (store) => new TestSource(store, 'd', 'none').change()],
  ['truncateDataSource', (store) => store.rows.truncateDataSource('d', 'rows')],
  ['dropDataSource', (store) => store.rows.dropDataSource('d')],
  ['appendRows', (store) => new TestSource(store, 'd', 'none').send({ rows: values(1) })],
  ['quarantinedRows', (store) => store.rows.quarantinedRows('d', { limit: 1 })],
];

/** Making, changing, emptying and removing data sources. */
export function describeDataSources(supply: StoreSupply): void {
  const { at } = supply;
  const { contiguousOffsets, exactLimits } = supply.capabilities;

  describe('createDataSource', () => {
    it('makes a topic of rows among those of events', async () => {
      const store = await supply.open();
      const before = Date.now();
      await send(store, 's', batchAt(1), 'a');
      await createSource(store, ['integer', 'text'], 'b');
      await createSource(store, [], 'c');
      const info = { rowCount: 0, quarantineCount: 0, updatedAt: expect.any(Number) as number };
      const topics = await store.catalogue.topics({ limit: 10 });
      expect(topics).toMatchObject([
        { name: 'a', kind: 'events', position: at(1) },
        { name: 'b', kind: 'rows', position: at(0), dataSource: { definition: 'definition of b', ...info } },
        { name: 'c', kind: 'rows', position: at(0), dataSource: { definition: 'definition of c', ...info } },
      ]);
      expect(topics[0]).not.toHaveProperty('dataSource');
      expect(topics[1]!.dataSource!.updatedAt).toBeGreaterThanOrEqual(before);
      expect(topics[1]!.createdAt).toBeGreaterThanOrEqual(before);
    });

    it('refuses the name of a data source or topic that there is, and leaves it as it is', async () => {
      const store = await supply.share();
      const source = await createSource(store);
      await source.send({ rows: values(1) });
      await send(store, 's', batchAt(1), 't');
      await expect(createSource(store, ['text', 'text'])).rejects.toMatchObject({ code: 'topic_exists' });
      await expect(createSource(store, ['text'], 't')).rejects.toMatchObject({ code: 'topic_exists' });
      await source.send({ rows: values(2) });
      expect(supply.contents().rows).toEqual([
        [at(1), null, 1],
        [at(2), null, 2],
      ]);
    });

    it('makes one of two that are sent at once', async () => {
      const store = await supply.share();
      const outcomes = await Promise.allSettled([createSource(store), createSource(store)]);
      expect(outcomes).toMatchObject([
        { status: 'fulfilled' },
        { status: 'rejected', reason: { code: 'topic_exists' } },
      ]);
    });

    itWhen(exactLimits)('counts towards the limit of topics', async () => {
      const store = await supply.open({ maxTopics: 2 });
      await createSource(store);
      await send(store, 's', batchAt(1));
      await expect(createSource(store, [], 'e')).rejects.toMatchObject({ code: 'topic_limit' });
      await expect(send(store, 's', batchAt(1), 'e')).rejects.toMatchObject({ code: 'topic_limit' });
      await store.rows.dropDataSource('d');
      await createSource(store, [], 'e');
      expect((await store.catalogue.topics({ limit: 9 })).map(({ name }) => name)).toEqual(['e', 't']);
    });
  });

  describe('changeDataSource', () => {
    it.each(FILLS)('fills an added column of rows that are there with %s', async (_, fill) => {
      const store = await supply.share();
      const source = await createSource(store, ['text']);
      await source.send({ rows: values('before') });
      const added = [
        { name: 'filled', storage: 'any', fill } as const,
        { name: 'empty', storage: 'integer', fill: null } as const,
      ];
      await source.change({ added });
      await (await source.current()).send({ rows: rowsOf([null, 'after', null, 7]) });
      expect(supply.contents().rows).toEqual([
        [at(1), null, 'before', fill, null],
        [at(2), null, 'after', null, 7],
      ]);
      expect(await source.info()).toMatchObject({ definition: 'new', rowCount: 2 });
    });

    it.each(FORMS)('rewrites the values of a column as %s', async (_, storages, form, before, after) => {
      const store = await supply.share();
      const source = await createSource(store, ['text', storages[0], 'any']);
      const text = (value: unknown) => (typeof value === 'bigint' ? String(value) : JSON.stringify(value));
      await source.send({ rows: rowTexts(...before.map((value) => `[null,"x",${text(value)},1]`)) });
      const converted = [{ index: 1, storage: storages[1], form, nullable: true, refusal: 'no' }];
      const added = [{ name: 'filled', storage: 'any', fill: 'f' } as const];
      await source.change({ converted, added });
      await (await source.current()).send({ rows: rowTexts(`[null,"y",${text(after[0])},2,"g"]`) });
      expect(supply.contents().rows).toEqual([
        ...after.map((value, index) => [at(index + 1), null, 'x', value, 1, 'f']),
        [at(after.length + 1), null, 'y', after[0], 2, 'g'],
      ]);
    });

    it('rewrites columns again, and several at once', async () => {
      const store = await supply.share();
      const source = await createSource(store, ['integer', 'text']);
      await source.send({ rows: rowsOf([null, 7, '2024-05-06']) });
      const refusal = 'no';
      const float = { storage: 'real', form: { kind: 'float', greatest: Number.MAX_VALUE } } as const;
      const time = { storage: 'text', form: { kind: 'time', precision: 1 } } as const;
      const integer = { storage: 'integer', form: { kind: 'integer', least: 0n, greatest: 9n } } as const;
      for (const form of [float, integer, float]) {
        const converted = [
          { index: 1, nullable: false, refusal, ...time },
          { index: 0, nullable: false, refusal, ...form },
        ];
        await (await source.current()).change({ converted });
        expect(supply.contents().rows).toEqual([[at(1), null, 7, '2024-05-06 00:00:00.0']]);
      }
      await (await source.current()).send({ rows: rowsOf([null, 8.5, 'z']) });
      await store.rows.truncateDataSource('d', 'rows');
      await (await source.current()).send({ rows: rowsOf([null, 9.5, 'z']) });
      expect(supply.contents().rows).toEqual([[at(3), null, 9.5, 'z']]);
    });

    it('names the first value that does not fit, and changes nothing', async () => {
      const store = await supply.share();
      const source = await createSource(store, ['integer']);
      await source.send({ rows: values(1, 300, 400) });
      const form = { kind: 'integer', least: -128n, greatest: 127n } as const;
      const converted = [{ index: 0, storage: 'integer', form, nullable: false, refusal: 'it cannot' } as const];
      await expect(source.change({ converted })).rejects.toMatchObject({
        code: 'invalid_schema',
        message: 'it cannot: the stored value 300 does not fit; a wider integer, Float64 or Decimal may keep it',
      });
      await source.send({ rows: values(5) });
      expect(supply.contents().rows.map((row) => row.at(-1))).toEqual([1, 300, 400, 5]);
    });

    it('rewrites for the version that it was made for alone', async () => {
      const store = await supply.share();
      const source = await createSource(store, ['integer']);
      await source.change();
      const form = { kind: 'float', greatest: Number.MAX_VALUE } as const;
      const converted = [{ index: 0, storage: 'real', form, nullable: false, refusal: 'no' } as const];
      await expect(source.change({ converted })).rejects.toMatchObject({ code: 'schema_changed' });
    });

    it('replaces the definition alone', async () => {
      const store = await supply.share();
      const source = await createSource(store);
      await source.change();
      await (await source.current()).send({ rows: values(1) });
      expect(await source.info()).toMatchObject({ definition: 'new', rowCount: 1 });
    });

    it('refuses to fill rows with a text that holds NUL, and changes nothing', async () => {
      const store = await supply.share();
      const source = await createSource(store);
      const added = [
        { name: 'a', storage: 'text', fill: 'fine' },
        { name: 'b', storage: 'text', fill: 'a\0b' },
      ] as const;
      await expect(source.change({ added })).rejects.toMatchObject({ code: 'invalid_schema' });
      await source.send({ rows: values(1) });
      const { schemaVersion } = source;
      expect(await source.info()).toMatchObject({ definition: 'definition of d', schemaVersion, rowCount: 1 });
    });

    it('takes its place among rows that are sent at once', async () => {
      const store = await supply.share();
      const source = await createSource(store);
      const outcomes = await Promise.allSettled([
        source.send({ rows: values(1) }),
        source.change({ added: [{ name: 'b', storage: 'any', fill: 'x' }] }),
        source.send({ rows: values(2) }),
      ]);
      expect(outcomes).toMatchObject([
        { status: 'fulfilled' },
        { status: 'fulfilled' },
        { status: 'rejected', reason: { code: 'schema_changed' } },
      ]);
      await (await source.current()).send({ rows: rowsOf([null, 3, 'y']) });
      expect(supply.contents().rows).toEqual([
        [at(1), null, 1, 'x'],
        [at(2), null, 3, 'y'],
      ]);
    });
  });

  describe('truncateDataSource', () => {
    it('removes the rows or the quarantined rows, and leaves the others', async () => {
      const store = await supply.share();
      const source = await createSource(store, ['text', 'any']);
      const both = { rows: rowsOf([null, 'a', 1], [null, 'b', 2]), quarantine: quarantineOf(failedRow('x')) };
      await source.send(both);
      await store.rows.truncateDataSource('d', 'rows');
      expect(await source.info()).toMatchObject({ rowCount: 0, quarantineCount: 1, position: at(2) });
      await source.send(both);
      await store.rows.truncateDataSource('d', 'quarantine');
      expect(await store.rows.quarantinedRows('d', { limit: 10 })).toEqual([]);
      expect(await source.info()).toMatchObject({ rowCount: 2, quarantineCount: 0, position: at(4) });
      await source.send(both);
      expect(supply.contents().rows).toHaveLength(4);
      expect(await store.rows.quarantinedRows('d', { limit: 10 })).toMatchObject([{ id: at(3) }]);
      expect(await source.info()).toMatchObject({ rowCount: 4, quarantineCount: 1, position: at(6) });
    });

    it('goes on with positions, and never gives the id of a quarantined row again', async () => {
      const store = await supply.share();
      const source = await createSource(store);
      const ids = new Set<string>();
      const ends = new Set<string>();
      for (let round = 1; round <= 3; round++) {
        await source.send({ rows: values(1, 2), quarantine: quarantineOf(failedRow('x')) });
        for (const { id } of await source.quarantine()) ids.add(id);
        ends.add((await source.info()).position);
        await store.rows.truncateDataSource('d', 'rows');
        await store.rows.truncateDataSource('d', 'quarantine');
        ends.add((await source.info()).position);
      }
      expect(ids.size).toBe(3);
      expect(ends.size).toBe(3);
    });

    itWhen(contiguousOffsets)('goes on with the offsets', async () => {
      const store = await supply.share();
      const source = await createSource(store);
      await source.send({ rows: values(1, 2) });
      await store.rows.truncateDataSource('d', 'rows');
      await source.send({ rows: values(3, 4) });
      expect(supply.contents().rows.map(([offset]) => offset)).toEqual(['3', '4']);
    });

    it('keeps the columns that were added', async () => {
      const store = await supply.share();
      const source = await createSource(store, ['text']);
      await source.change({ added: [{ name: 'b', storage: 'integer', fill: 5 }] });
      await store.rows.truncateDataSource('d', 'rows');
      await (await source.current()).send({ rows: rowsOf([null, 'a', 1]) });
      expect(supply.contents().rows).toEqual([[at(1), null, 'a', 1]]);
    });

    it('leaves the version of the schema as it is', async () => {
      const store = await supply.share();
      const source = await createSource(store);
      await store.rows.truncateDataSource('d', 'rows');
      await store.rows.truncateDataSource('d', 'quarantine');
      await source.send({ rows: values(1) });
      expect(await source.info()).toMatchObject({ schemaVersion: source.schemaVersion, rowCount: 1 });
    });
  });

  describe('dropDataSource', () => {
    it('frees the name, with all that it stood for', async () => {
      const store = await supply.open();
      const source = await createSource(store);
      const record = recordOf('k', 'body');
      await source.send({ rows: values(1), quarantine: quarantineOf(failedRow('x')), record });
      await store.rows.dropDataSource('d');
      expect(await store.catalogue.topics({ limit: 10 })).toEqual([]);
      await expect(source.send({ rows: values(1) })).rejects.toMatchObject({ code: 'unknown_topic' });
      const next = await createSource(store, ['text', 'text']);
      expect(await next.info()).toMatchObject({ rowCount: 0, quarantineCount: 0, position: ANY_POSITION });
      const again = { rows: rowsOf([null, 'a', 'b']), record: recordOf('k', 'other body') };
      expect(await next.send(again)).toBeUndefined();
      expect(supply.contents()).toEqual({ rows: [[at(1), null, 'a', 'b']], quarantine: [] });
    });

    it('frees the name for a topic of events', async () => {
      const store = await supply.open();
      await createSource(store);
      const sent = [store.rows.dropDataSource('d'), send(store, 's', batchAt(1), 'd')];
      expect(await Promise.all(sent)).toEqual([undefined, ANY_POSITION]);
      expect(await store.catalogue.topics({ limit: 10 })).toMatchObject([{ name: 'd', kind: 'events' }]);
    });
  });

  describe('a data source', () => {
    it.each(forEvents)('is refused by %s, which is for topics of events', async (_, call) => {
      const store = await supply.share();
      const source = await createSource(store);
      await expect(call(store)).rejects.toMatchObject({ code: 'wrong_topic_kind' });
      await source.send({ rows: values(1) });
      await expect(call(store)).rejects.toMatchObject({ code: 'wrong_topic_kind' });
    });

    it.each(forRows)('is what %s asks for: a topic of events is refused, and an unknown one', async (_, call) => {
      const store = await supply.share();
      await expect(call(store)).rejects.toMatchObject({ code: 'unknown_topic' });
      await send(store, 's', batchAt(1), 'd');
      await expect(call(store)).rejects.toMatchObject({ code: 'wrong_topic_kind' });
    });
  });
}
