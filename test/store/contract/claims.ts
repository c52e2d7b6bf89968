import type { Claim, EventStore } from '../../../src/store/event-store';
import { batchAt, idsOf, readAll, send } from '../support/batches';
import type { StoreCapabilities, StoreSupply } from '../event-store-contract';
import { claimOf, createSource, failedRow, infoOf, quarantineOf, rowsOf, sendRows, values } from '../support/rows';

/** A way to write the number 1 under a claim. */
interface Way {
  readonly prepare: (store: EventStore, topic: string) => Promise<unknown>;
  /** Says whether it was stored before. */
  readonly write: (store: EventStore, topic: string, claim: Claim) => Promise<boolean>;
  readonly count: (store: EventStore, topic: string) => Promise<number>;
}

const ways: [string, Way][] = [
  [
    'append',
    {
      prepare: () => Promise.resolve(),
      write: async (store, topic, claim) => {
        const append = { topic, streamId: 's', batch: batchAt(1), createTopic: true, claim };
        return (await store.append(append)).firstOffset === undefined;
      },
      count: async (store, topic) => (await store.stream(topic, 's')).eventCount,
    },
  ],
  [
    'appendRows',
    {
      prepare: (store, topic) => createSource(store, ['any'], topic),
      write: async (store, topic, claim) => {
        const answer = await sendRows(store, { topic, rows: values(1), claim });
        if (answer !== undefined) expect(answer).toBe('stored body');
        return answer !== undefined;
      },
      count: async (store, topic) => (await infoOf(store, topic)).rowCount,
    },
  ],
];

/** Writes that happen once although they are sent again. */
export function describeClaims(supply: StoreSupply, { survivesReopening }: StoreCapabilities): void {
  describe.each(ways)('%s with a claim', (_, { prepare, write, count }) => {
    it('stores once what is sent again, one after another or at once', async () => {
      const store = await supply.open();
      await prepare(store, 'd');
      const claim = claimOf('k', 'body');
      expect(await Promise.all([write(store, 'd', claim), write(store, 'd', claim)])).toEqual([false, true]);
      expect(await write(store, 'd', { ...claim, answer: 'another answer' })).toBe(true);
      expect(await count(store, 'd')).toBe(1);
    });

    it('refuses the key with another fingerprint, and keeps the first', async () => {
      const store = await supply.open();
      await prepare(store, 'd');
      const outcomes = await Promise.allSettled([
        write(store, 'd', claimOf('k', 'body')),
        write(store, 'd', claimOf('k', 'other')),
        write(store, 'd', claimOf('k', 'body')),
      ]);
      expect(outcomes).toMatchObject([{ value: false }, { reason: { code: 'idempotency_mismatch' } }, { value: true }]);
      expect(await count(store, 'd')).toBe(1);
    });

    it('tells keys and topics apart', async () => {
      const store = await supply.open();
      for (const topic of ['d', 'e']) {
        await prepare(store, topic);
        for (const key of ['k', 'K', 'ключ', "k'"]) {
          expect(await write(store, topic, claimOf(key, 'body'))).toBe(false);
        }
        expect(await count(store, topic)).toBe(4);
      }
    });

    it('stores again when the claim has expired, which begins another', async () => {
      const store = await supply.open();
      await prepare(store, 'd');
      expect(await write(store, 'd', claimOf('k', 'other', { expiresAt: Date.now() - 1 }))).toBe(false);
      expect(await write(store, 'd', claimOf('k', 'body'))).toBe(false);
      expect(await write(store, 'd', claimOf('k', 'body'))).toBe(true);
      expect(await count(store, 'd')).toBe(2);
    });

    it('keeps the order of what is sent at once with claims and without', async () => {
      const store = await supply.open();
      await prepare(store, 'd');
      const claims = Array.from({ length: 20 }, (_, index) => claimOf(`k${index % 10}`, 'body'));
      const outcomes = await Promise.all(claims.map((claim) => write(store, 'd', claim)));
      expect(outcomes).toEqual(claims.map((_, index) => index >= 10));
      expect(await count(store, 'd')).toBe(10);
    });

    (survivesReopening ? it : it.skip)('knows the claim when it is opened again', async () => {
      const store = await supply.open();
      await prepare(store, 'd');
      await write(store, 'd', claimOf('k', 'body'));
      await store.close();
      const again = await supply.reopen();
      expect(await write(again, 'd', claimOf('k', 'body'))).toBe(true);
      await expect(write(again, 'd', claimOf('k', 'other'))).rejects.toMatchObject({ code: 'idempotency_mismatch' });
      expect(await count(again, 'd')).toBe(1);
    });
  });

  describe('a claim', () => {
    it('does not open a closed stream again', async () => {
      const store = await supply.open();
      const append = { topic: 't', streamId: 's', batch: batchAt(1), createTopic: true, claim: claimOf('k', 'body') };
      await store.append(append);
      await store.closeStream('t', 's');
      await store.append(append);
      expect(await store.stream('t', 's')).toMatchObject({ status: 'closed', eventCount: 1 });
    });

    it('keeps events in order with those that come without one', async () => {
      const store = await supply.open();
      const append = { topic: 't', streamId: 's', batch: batchAt(2), createTopic: true, claim: claimOf('k', 'body') };
      const offsets = [send(store, 's', batchAt(1)), store.append(append), send(store, 's', batchAt(3))];
      expect(await Promise.all(offsets)).toEqual([1, { firstOffset: 2 }, 3]);
      expect(idsOf(await readAll(store))).toEqual(['1', '2', '3']);
    });

    it('keeps rows in order with those that come without one', async () => {
      const store = await supply.open();
      await createSource(store);
      await Promise.all([
        sendRows(store, { rows: values(1) }),
        sendRows(store, { rows: values(2), claim: claimOf('k', 'body') }),
        sendRows(store, { rows: values(3) }),
      ]);
      expect(supply.contents().rows.map(([, , value]) => value)).toEqual([1, 2, 3]);
    });

    it('guards rows, quarantined rows and rows let go of alike', async () => {
      const store = await supply.open();
      await createSource(store);
      await sendRows(store, { quarantine: quarantineOf(failedRow('a')) });
      const append = {
        rows: values(1),
        quarantine: quarantineOf(failedRow('b')),
        released: [1],
        claim: claimOf('k', 'body'),
      };
      expect(await sendRows(store, append)).toBeUndefined();
      expect(await sendRows(store, append)).toBe('stored body');
      expect(await infoOf(store)).toMatchObject({ rowCount: 1, quarantineCount: 1 });
    });

    it('is answered although the schema has changed since, and the rows were truncated', async () => {
      const store = await supply.open();
      await createSource(store);
      const append = { rows: values(1), claim: claimOf('k', 'body') };
      await sendRows(store, append);
      await store.changeDataSource({
        name: 'd',
        definition: 'new',
        added: [{ name: 'b', storage: 'any', fill: null }],
      });
      await store.truncateDataSource('d', 'rows');
      expect(await sendRows(store, append)).toBe('stored body');
      expect(await infoOf(store)).toMatchObject({ rowCount: 0 });
    });

    it('is not made by a write that was refused', async () => {
      const store = await supply.open({ maxStreamsPerTopic: 1 });
      await createSource(store);
      const claim = claimOf('k', 'body');
      await expect(sendRows(store, { columns: 2, rows: rowsOf([null, 1, 2]), claim })).rejects.toMatchObject({
        code: 'schema_changed',
      });
      expect(await sendRows(store, { rows: values(1), claim })).toBeUndefined();
      await send(store, 'a', batchAt(1));
      const refused = store.append({ topic: 't', streamId: 'b', batch: batchAt(1), createTopic: true, claim });
      await expect(refused).rejects.toMatchObject({ code: 'stream_limit' });
      const append = { topic: 't', streamId: 'a', batch: batchAt(1), createTopic: true, claim };
      expect(await store.append(append)).toEqual({ firstOffset: 2 });
    });
  });
}
