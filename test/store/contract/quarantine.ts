import fc from 'fast-check';
import type { EventStore, QuarantinedRow } from '../../../src/store/event-store';
import type { StoreSupply } from '../event-store-contract';
import { createSource, failedRow, infoOf, quarantineOf, sendRows, values } from '../support/rows';

/** Quarantined rows: how they are kept, read, and let go of. */
export function describeQuarantine(supply: StoreSupply): void {
  describe('quarantinedRows', () => {
    it('gives back the bytes of a row, whatever they are, with all that was said of it', async () => {
      const store = await supply.open({ maxTopics: 10_000 });
      const row = fc.record({
        raw: fc.uint8Array({ maxLength: 50 }),
        columns: fc.array(fc.string({ unit: 'binary' }), { maxLength: 3 }),
        reasons: fc.array(fc.string({ unit: 'binary' }), { maxLength: 3 }),
        originals: fc.array(fc.option(fc.string({ unit: 'binary' })), { maxLength: 3 }),
      });
      let sources = 0;
      const rule = fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 10 }), async (rows) => {
        const topic = `d${(sources += 1)}`;
        await createSource(store, ['any'], topic);
        await sendRows(store, { topic, quarantine: quarantineOf(...rows) });
        const stored = supply.contents(topic).quarantine.map((kept) => ({ ...kept, raw: Uint8Array.from(kept.raw) }));
        expect(stored).toEqual(rows);
        const page = await store.quarantinedRows(topic, { after: 0, limit: 100 });
        expect(page.map(({ raw }) => [...raw])).toEqual(rows.map(({ raw }) => [...raw]));
      });
      await fc.assert(rule, { numRuns: 30 });
    });

    it('goes through them by pages in order of offset', async () => {
      const store = await supply.open();
      await createSource(store);
      await sendRows(store, { rows: values(1), quarantine: quarantineOf(failedRow('a'), failedRow('b')) });
      await sendRows(store, { quarantine: quarantineOf(failedRow('c')) });
      const first = await store.quarantinedRows('d', { after: 0, limit: 2 });
      const rest = await store.quarantinedRows('d', { after: first.at(-1)!.offset, limit: 2 });
      expect(texts(first)).toEqual(['1 a', '2 b']);
      expect(texts(rest)).toEqual(['3 c']);
      expect(await store.quarantinedRows('d', { after: 3, limit: 2 })).toEqual([]);
    });

    it('gets past rows that are larger than a page', async () => {
      const store = await supply.open();
      await createSource(store);
      const large = 'x'.repeat(9 * 1024 * 1024);
      for (const raw of ['a', large, 'b']) await sendRows(store, { quarantine: quarantineOf(failedRow(raw)) });
      expect((await readQuarantine(store)).map(({ raw }) => raw.length)).toEqual([1, large.length, 1]);
    });
  });

  describe('appendRows', () => {
    it('counts rows and quarantined rows', async () => {
      const store = await supply.open();
      await createSource(store);
      await sendRows(store, { rows: values(1, 2), quarantine: quarantineOf(failedRow('a')) });
      await sendRows(store, { quarantine: quarantineOf(failedRow('b'), failedRow('c')) });
      expect(await infoOf(store)).toMatchObject({ rowCount: 2, quarantineCount: 3, nextOffset: 3 });
    });

    it('puts rows in the place of quarantined rows that were let go of', async () => {
      const store = await supply.open();
      await createSource(store);
      await sendRows(store, { quarantine: quarantineOf(failedRow('a'), failedRow('b'), failedRow('c')) });
      await sendRows(store, { rows: values('mended'), quarantine: quarantineOf(failedRow('c')), released: [1, 3, 3] });
      expect(texts(await readQuarantine(store))).toEqual(['2 b', '4 c']);
      expect(supply.contents().rows).toEqual([[1, null, 'mended']]);
      expect(await infoOf(store)).toMatchObject({ rowCount: 1, quarantineCount: 2 });
    });

    it('never gives an offset in quarantine twice', async () => {
      const store = await supply.open();
      await createSource(store);
      await sendRows(store, { quarantine: quarantineOf(failedRow('a')) });
      await sendRows(store, { released: [1] });
      await sendRows(store, { quarantine: quarantineOf(failedRow('b')) });
      expect(texts(await readQuarantine(store))).toEqual(['2 b']);
    });

    it('stores nothing in the place of a quarantined row that is gone', async () => {
      const store = await supply.open();
      await createSource(store);
      await sendRows(store, { quarantine: quarantineOf(failedRow('a'), failedRow('b')) });
      const outcomes = await Promise.allSettled([
        sendRows(store, { rows: values('a'), released: [1] }),
        sendRows(store, { rows: values('a', 'b'), quarantine: quarantineOf(failedRow('b')), released: [1, 2] }),
        sendRows(store, { rows: values('next') }),
      ]);
      expect(outcomes).toMatchObject([
        { status: 'fulfilled' },
        { status: 'rejected', reason: { code: 'schema_changed' } },
        { status: 'fulfilled' },
      ]);
      expect(supply.contents().rows).toEqual([
        [1, null, 'a'],
        [2, null, 'next'],
      ]);
      expect(texts(await readQuarantine(store))).toEqual(['2 b']);
      expect(await infoOf(store)).toMatchObject({ rowCount: 2, quarantineCount: 1 });
    });
  });
}

async function readQuarantine(store: EventStore): Promise<QuarantinedRow[]> {
  const rows: QuarantinedRow[] = [];
  for (;;) {
    const page = await store.quarantinedRows('d', { after: rows.at(-1)?.offset ?? 0, limit: 1000 });
    if (page.length === 0) return rows;
    rows.push(...page);
  }
}

function texts(rows: readonly QuarantinedRow[]): string[] {
  return rows.map(({ offset, raw }) => `${offset} ${Buffer.from(raw).toString()}`);
}
