import type { IdempotencyRecord } from '../../../src/store/contract/idempotency';
import type { Store } from '../../../src/store/contract/store';
import { batchAt, idsOf, readAll, send } from '../support/batches';
import { readPackages, speedAt } from '../support/packages';
import { failedRow, quarantineOf, recordOf, rowsOf, values } from '../support/rows';
import { createSource, infoOf, TestSource } from '../support/test-source';
import type { StoreSupply } from '../store-contract';
import { itWhen } from './conditional';

/** Writes the number 1 with an idempotency record; says whether it was stored before. */
type Write = (record: IdempotencyRecord) => Promise<boolean>;

/** A kind of write that takes an idempotency record. */
interface Way {
  readonly prepare: (store: Store, topic: string) => Promise<unknown>;
  readonly writer: (store: Store, topic: string) => Promise<Write>;
  readonly count: (store: Store, topic: string) => Promise<number>;
}

const ways: [string, Way][] = [
  [
    'append',
    {
      prepare: () => Promise.resolve(),
      writer: (store, topic) =>
        Promise.resolve(async (record) => {
          const append = { topic, streamId: 's', batch: batchAt(1), createTopic: true, record };
          return (await store.log.append(append)).position === undefined;
        }),
      count: async (store, topic) => (await store.catalogue.stream(topic, 's')).eventCount,
    },
  ],
  [
    'appendPackage',
    {
      prepare: () => Promise.resolve(),
      writer: (store, topic) =>
        Promise.resolve(async (record) => {
          const append = { topic, streamId: 's', batch: speedAt(1), createTopic: true, record };
          return (await store.parameters.appendPackage(append)).position === undefined;
        }),
      count: async (store, topic) => (await readPackages(store, { topic })).length,
    },
  ],
  [
    'appendRows',
    {
      prepare: (store, topic) => createSource(store, ['any'], topic),
      writer: async (store, topic) => {
        const source = await TestSource.of(store, topic);
        return async (record) => {
          const answer = await source.send({ rows: values(1), record });
          if (answer !== undefined) expect(answer).toBe('stored body');
          return answer !== undefined;
        };
      },
      count: async (store, topic) => (await infoOf(store, topic)).rowCount,
    },
  ],
];

const MISMATCH = { code: 'idempotency_mismatch' };

/** Writes that happen once although they are sent again. */
export function describeIdempotency(supply: StoreSupply): void {
  const { at } = supply;
  const { survivesReopening, exactLimits } = supply.capabilities;

  describe.each(ways)('%s with an idempotency record', (_, { prepare, writer, count }) => {
    const openWriter = async (opening = supply.share()): Promise<{ store: Store; write: Write }> => {
      const store = await opening;
      await prepare(store, 'd');
      return { store, write: await writer(store, 'd') };
    };

    it('stores once what is sent again, one after another or at once', async () => {
      const { store, write } = await openWriter();
      const record = recordOf('k', 'body');
      expect(await Promise.all([write(record), write(record)])).toEqual([false, true]);
      expect(await write({ ...record, answer: 'another answer' })).toBe(true);
      expect(await count(store, 'd')).toBe(1);
    });

    it('refuses the key with another fingerprint, and keeps the first', async () => {
      const { store, write } = await openWriter();
      const outcomes = await Promise.allSettled([
        write(recordOf('k', 'body')),
        write(recordOf('k', 'other')),
        write(recordOf('k', 'body')),
      ]);
      expect(outcomes).toMatchObject([{ value: false }, { reason: MISMATCH }, { value: true }]);
      await expect(write(recordOf('k', 'third'))).rejects.toMatchObject(MISMATCH);
      expect(await count(store, 'd')).toBe(1);
    });

    it('tells keys and topics apart', async () => {
      const store = await supply.share();
      for (const topic of ['d', 'e']) {
        await prepare(store, topic);
        const write = await writer(store, topic);
        for (const key of ['k', 'K', 'ключ', "k'", 'k ', '']) {
          expect(await write(recordOf(key, 'body'))).toBe(false);
        }
        expect(await count(store, topic)).toBe(6);
      }
    });

    it('tells subjects apart, whose keys may be the same for other bodies', async () => {
      const { store, write } = await openWriter();
      const subjects = ['', 'alice', 'bob', 'Alice', 'ключ'];
      for (const [index, subject] of subjects.entries()) {
        expect(await write(recordOf('k', `body ${index}`, { subject, answer: 'stored body' }))).toBe(false);
      }
      for (const [index, subject] of subjects.entries()) {
        expect(await write(recordOf('k', `body ${index}`, { subject, answer: 'another' }))).toBe(true);
        const other = recordOf('k', `body ${index + 1}`, { subject });
        await expect(write(other)).rejects.toMatchObject(MISMATCH);
      }
      expect(await count(store, 'd')).toBe(subjects.length);
    });

    it('does not take a key and a subject for others that are spelt alike together', async () => {
      const { store, write } = await openWriter();
      for (const [subject, key] of [
        ['a', 'bc'],
        ['ab', 'c'],
        ['', 'abc'],
        ['a/b', 'c'],
        ['a', 'b/c'],
        ['a\0b', 'c'],
        ['a', 'b\0c'],
      ] as const) {
        expect(await write(recordOf(key, `${subject} ${key}`, { subject }))).toBe(false);
      }
      expect(await count(store, 'd')).toBe(7);
    });

    it('stores again when the record has expired, which begins another', async () => {
      const { store, write } = await openWriter();
      expect(await write(recordOf('k', 'other', { expiresAt: Date.now() - 1 }))).toBe(false);
      expect(await write(recordOf('k', 'body'))).toBe(false);
      expect(await write(recordOf('k', 'body'))).toBe(true);
      expect(await count(store, 'd')).toBe(2);
    });

    it('keeps the order of what is sent at once with records and without', async () => {
      const { store, write } = await openWriter();
      const records = Array.from({ length: 20 }, (_, index) => recordOf(`k${index % 10}`, 'body'));
      const outcomes = await Promise.all(records.map((record) => write(record)));
      expect(outcomes).toEqual(records.map((_, index) => index >= 10));
      expect(await count(store, 'd')).toBe(10);
    });

    itWhen(survivesReopening)('knows the record when it is opened again', async () => {
      const { store, write } = await openWriter(supply.open());
      await write(recordOf('k', 'body'));
      await write(recordOf('k', 'other', { subject: 'alice' }));
      await store.close();
      const again = await supply.reopen();
      const rewrite = await writer(again, 'd');
      expect(await rewrite(recordOf('k', 'body'))).toBe(true);
      await expect(rewrite(recordOf('k', 'other'))).rejects.toMatchObject(MISMATCH);
      await expect(rewrite(recordOf('k', 'body', { subject: 'alice' }))).rejects.toMatchObject(MISMATCH);
      expect(await count(again, 'd')).toBe(2);
    });
  });

  describe('an idempotency record', () => {
    const appendOf = (number: number, record: IdempotencyRecord, streamId = 's') => ({
      topic: 't',
      streamId,
      batch: batchAt(number),
      createTopic: true,
      record,
    });

    it('is for one stream: another of the same topic may use its key for other events', async () => {
      const store = await supply.share();
      for (const [index, streamId] of ['s', 'S', 'ss', 't'].entries()) {
        const append = appendOf(index, recordOf('k', `body ${index}`), streamId);
        expect(await store.log.append(append)).toEqual({ position: at(index + 1) });
        expect(await store.log.append(append)).toEqual({ position: undefined });
        const other = appendOf(index, recordOf('k', 'other'), streamId);
        await expect(store.log.append(other)).rejects.toMatchObject(MISMATCH);
      }
      expect(idsOf(await readAll(store))).toEqual(['0', '1', '2', '3']);
    });

    it('does not reopen a closed stream', async () => {
      const store = await supply.share();
      const append = appendOf(1, recordOf('k', 'body'));
      await store.log.append(append);
      await store.log.closeStream('t', 's');
      await store.log.append(append);
      expect(await store.catalogue.stream('t', 's')).toMatchObject({ status: 'closed', eventCount: 1 });
    });

    it('keeps events in order with those that come without one', async () => {
      const store = await supply.share();
      const append = appendOf(2, recordOf('k', 'body'));
      const sent = [send(store, 's', batchAt(1)), store.log.append(append), send(store, 's', batchAt(3))];
      expect(await Promise.all(sent)).toEqual([at(1), { position: at(2) }, at(3)]);
      expect(idsOf(await readAll(store))).toEqual(['1', '2', '3']);
    });

    it('keeps rows in order with those that come without one', async () => {
      const store = await supply.share();
      const source = await createSource(store);
      await Promise.all([
        source.send({ rows: values(1) }),
        source.send({ rows: values(2), record: recordOf('k', 'body') }),
        source.send({ rows: values(3) }),
      ]);
      expect(supply.contents().rows.map(([, , value]) => value)).toEqual([1, 2, 3]);
    });

    it('guards rows, quarantined rows and those they replace alike', async () => {
      const store = await supply.share();
      const source = await createSource(store);
      await source.send({ quarantine: quarantineOf(failedRow('a')) });
      const append = {
        rows: values(1),
        quarantine: quarantineOf(failedRow('b')),
        replaced: (await source.quarantine()).map(({ id }) => id),
        record: recordOf('k', 'body'),
      };
      expect(await source.send(append)).toBeUndefined();
      expect(await source.send(append)).toBe('stored body');
      expect(await source.info()).toMatchObject({ rowCount: 1, quarantineCount: 1 });
    });

    it('is answered although the schema has changed since, and the rows were truncated', async () => {
      const store = await supply.share();
      const source = await createSource(store);
      const append = { rows: values(1), record: recordOf('k', 'body') };
      await source.send(append);
      await source.change({ added: [{ name: 'b', storage: 'any', fill: null }] });
      await store.rows.truncateDataSource('d', 'rows');
      expect(await source.send(append)).toBe('stored body');
      expect(await source.info()).toMatchObject({ rowCount: 0 });
    });

    it('is not kept of a write that was refused', async () => {
      const store = await supply.share();
      const source = await createSource(store);
      const record = recordOf('k', 'body');
      const outdated = { rows: rowsOf([null, 1, 2]), schemaVersion: 'other', record };
      await expect(source.send(outdated)).rejects.toMatchObject({ code: 'schema_changed' });
      expect(await source.send({ rows: values(1), record })).toBeUndefined();
      const append = appendOf(1, record);
      const refused = store.log.append({ ...append, createTopic: false });
      await expect(refused).rejects.toMatchObject({ code: 'unknown_topic' });
      expect(await store.log.append(append)).toEqual({ position: at(1) });
    });

    itWhen(exactLimits)('is not kept of a write that was beyond a limit', async () => {
      const store = await supply.open({ maxTopics: 1, maxStreamsPerTopic: 1 });
      await send(store, 'a', batchAt(1));
      const record = recordOf('k', 'body');
      const append = appendOf(1, record, 'b');
      await expect(store.log.append(append)).rejects.toMatchObject({ code: 'stream_limit' });
      await expect(store.log.append({ ...append, topic: 'u' })).rejects.toMatchObject({ code: 'topic_limit' });
      expect(await store.log.append({ ...append, streamId: 'a' })).toEqual({ position: at(2) });
    });
  });
}
