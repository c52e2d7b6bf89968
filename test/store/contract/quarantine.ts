import fc from 'fast-check';
import type { QuarantinedRow } from '../../../src/store/contract/row-store';
import type { Store } from '../../../src/store/contract/store';
import { failedRow, quarantineOf, values } from '../support/rows';
import { createSource } from '../support/test-source';
import type { StoreSupply } from '../store-contract';
import { describeWhen, itWhen } from './conditional';

/** No engine can take these for the id of a quarantined row: 1 to 512 printable ASCII characters without spaces. */
const NO_IDS = ['', ' ', ' 1', '1 ', '1\n', '\0', '\x7f', '１', '😀', '1'.repeat(600)];

/** What is not an offset in digits. */
const NO_OFFSETS = ['abc', '-1', '+1', '1.5', '1e3', '0x1', 'NaN', '9'.repeat(30)];

const INVALID = { code: 'invalid_query' };

/** Quarantined rows: how they are kept, read, and replaced. */
export function describeQuarantine(supply: StoreSupply): void {
  const { at } = supply;
  const { contiguousOffsets } = supply.capabilities;

  describe('quarantinedRows', () => {
    it('gives back the bytes of a row, whatever they are, with all that was said of it', async () => {
      const store = await supply.share();
      const row = fc.record({
        raw: fc.uint8Array({ maxLength: 50 }),
        columns: fc.array(fc.string({ unit: 'binary' }), { maxLength: 3 }),
        reasons: fc.array(fc.string({ unit: 'binary' }), { maxLength: 3 }),
        originals: fc.array(fc.option(fc.string({ unit: 'binary' })), { maxLength: 3 }),
      });
      let sources = 0;
      const rule = fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 10 }), async (rows) => {
        const topic = `d${(sources += 1)}`;
        const source = await createSource(store, ['any'], topic);
        await source.send({ quarantine: quarantineOf(...rows) });
        const stored = supply.contents(topic).quarantine.map((kept) => ({ ...kept, raw: Uint8Array.from(kept.raw) }));
        expect(stored).toEqual(rows);
        const page = await store.rows.quarantinedRows(topic, { limit: 100 });
        expect(page.map(({ raw }) => [...raw])).toEqual(rows.map(({ raw }) => [...raw]));
      });
      await fc.assert(rule, { numRuns: supply.runs(30) });
    });

    it('goes through them by pages in the order they came', async () => {
      const store = await supply.share();
      const source = await createSource(store);
      await source.send({ rows: values(1), quarantine: quarantineOf(failedRow('a'), failedRow('b')) });
      await source.send({ quarantine: quarantineOf(failedRow('c')) });
      const first = await store.rows.quarantinedRows('d', { limit: 2 });
      const rest = await store.rows.quarantinedRows('d', { limit: 2, after: first.at(-1)!.id });
      expect(first.map(idAndText)).toEqual([
        [at(1), 'a'],
        [at(2), 'b'],
      ]);
      expect(rest.map(idAndText)).toEqual([[at(3), 'c']]);
      expect(await store.rows.quarantinedRows('d', { limit: 2, after: rest.at(-1)!.id })).toEqual([]);
    });

    it('goes on behind a row that is no longer there', async () => {
      const store = await supply.share();
      const source = await createSource(store);
      await source.send({ quarantine: quarantineOf(failedRow('a'), failedRow('b'), failedRow('c')) });
      const [first, second] = await store.rows.quarantinedRows('d', { limit: 2 });
      await source.send({ replaced: [first!.id, second!.id] });
      const rest = await store.rows.quarantinedRows('d', { limit: 2, after: second!.id });
      expect(rest.map(idAndText)).toEqual([[at(3), 'c']]);
    });

    it('gets past rows that are larger than a page', async () => {
      const store = await supply.share();
      const source = await createSource(store);
      const large = 'x'.repeat(9 * 1024 * 1024);
      for (const raw of ['a', large, 'b']) await source.send({ quarantine: quarantineOf(failedRow(raw)) });
      expect((await source.quarantine()).map(({ raw }) => raw.length)).toEqual([1, large.length, 1]);
    });

    it.each(NO_IDS)('rejects with invalid_query what is not an id: %j', async (after) => {
      const store = await supply.share();
      const source = await createSource(store);
      await source.send({ quarantine: quarantineOf(failedRow('a')) });
      await expect(store.rows.quarantinedRows('d', { limit: 1, after })).rejects.toMatchObject(INVALID);
    });

    describeWhen(contiguousOffsets)('whose ids are offsets', () => {
      it.each(NO_OFFSETS)('rejects with invalid_query what is not an id: %j', async (after) => {
        const store = await supply.share();
        await createSource(store);
        await expect(store.rows.quarantinedRows('d', { limit: 1, after })).rejects.toMatchObject(INVALID);
      });
    });
  });

  describe('quarantinedRowAt', () => {
    const positions = async (store: Store): Promise<string[]> => {
      const { rows } = await store.rows.readQuarantine({ name: 'd', limit: 100 });
      return rows.map(({ position }) => position);
    };

    it('finds the row that a page gave the position of, until it is replaced', async () => {
      const store = await supply.share();
      const source = await createSource(store);
      await source.send({ quarantine: quarantineOf(failedRow('a'), failedRow('b'), failedRow('c')) });
      const [a, b] = await positions(store);
      expect(idAndText((await store.rows.quarantinedRowAt('d', b!))!)).toEqual([at(2), 'b']);
      const found = await store.rows.quarantinedRowAt('d', b!);
      await source.send({ replaced: [found!.id] });
      expect(await store.rows.quarantinedRowAt('d', b!)).toBeUndefined();
      expect(idAndText((await store.rows.quarantinedRowAt('d', a!))!)).toEqual([at(1), 'a']);
    });

    it('finds no row of a data source that had the same name', async () => {
      const store = await supply.share();
      await (await createSource(store)).send({ quarantine: quarantineOf(failedRow('a')) });
      const [a] = await positions(store);
      await store.rows.dropDataSource('d');
      await (await createSource(store)).send({ quarantine: quarantineOf(failedRow('another')) });
      await expect(store.rows.quarantinedRowAt('d', a!)).rejects.toMatchObject({ code: 'position_gone' });
    });

    it('rejects with position_gone when the quarantine was emptied, and with invalid_query what is no position', async () => {
      const store = await supply.share();
      const source = await createSource(store);
      await source.send({ quarantine: quarantineOf(failedRow('a'), failedRow('b')) });
      const [a] = await positions(store);
      await store.rows.truncateDataSource('d', 'quarantine');
      await expect(store.rows.quarantinedRowAt('d', a!)).rejects.toMatchObject({ code: 'position_gone' });
      for (const position of NO_IDS) {
        await expect(store.rows.quarantinedRowAt('d', position)).rejects.toMatchObject(INVALID);
      }
    });
  });

  describe('appendRows', () => {
    it('counts rows and quarantined rows', async () => {
      const store = await supply.share();
      const source = await createSource(store);
      await source.send({ rows: values(1, 2), quarantine: quarantineOf(failedRow('a')) });
      await source.send({ quarantine: quarantineOf(failedRow('b'), failedRow('c')) });
      expect(await source.info()).toMatchObject({ rowCount: 2, quarantineCount: 3, position: at(2) });
    });

    it('puts rows in the place of quarantined rows that are replaced', async () => {
      const store = await supply.share();
      const source = await createSource(store);
      await source.send({ quarantine: quarantineOf(failedRow('a'), failedRow('b'), failedRow('c')) });
      const [a, , c] = (await source.quarantine()).map(({ id }) => id);
      const replaced = [a!, c!, c!];
      await source.send({ rows: values('mended'), quarantine: quarantineOf(failedRow('c')), replaced });
      expect((await source.quarantine()).map(idAndText)).toEqual([
        [at(2), 'b'],
        [at(4), 'c'],
      ]);
      expect(supply.contents().rows).toEqual([[at(1), null, 'mended']]);
      expect(await source.info()).toMatchObject({ rowCount: 1, quarantineCount: 2 });
    });

    it('never gives the id of a quarantined row twice', async () => {
      const store = await supply.share();
      const source = await createSource(store);
      const ids: string[] = [];
      for (const raw of ['a', 'b', 'c']) {
        await source.send({ quarantine: quarantineOf(failedRow(raw)) });
        const rows = await source.quarantine();
        expect(rows.map(idAndText)).toEqual([[at(ids.length + 1), raw]]);
        ids.push(rows[0]!.id);
        await source.send({ replaced: [rows[0]!.id] });
      }
      expect(new Set(ids).size).toBe(3);
    });

    it('stores nothing in the place of a quarantined row that is gone', async () => {
      const store = await supply.share();
      const source = await createSource(store);
      await source.send({ quarantine: quarantineOf(failedRow('a'), failedRow('b')) });
      const [a, b] = (await source.quarantine()).map(({ id }) => id);
      const outcomes = await Promise.allSettled([
        source.send({ rows: values('a'), replaced: [a!] }),
        source.send({ rows: values('a', 'b'), quarantine: quarantineOf(failedRow('b')), replaced: [a!, b!] }),
        source.send({ rows: values('next') }),
      ]);
      expect(outcomes).toMatchObject([
        { status: 'fulfilled' },
        { status: 'rejected', reason: { code: 'schema_changed' } },
        { status: 'fulfilled' },
      ]);
      expect(supply.contents().rows).toEqual([
        [at(1), null, 'a'],
        [at(2), null, 'next'],
      ]);
      expect((await source.quarantine()).map(idAndText)).toEqual([[at(2), 'b']]);
      expect(await source.info()).toMatchObject({ rowCount: 2, quarantineCount: 1 });
    });

    it.each(NO_IDS)('rejects with invalid_query, alone, when what is replaced is not an id: %j', async (id) => {
      const store = await supply.share();
      const source = await createSource(store);
      await source.send({ quarantine: quarantineOf(failedRow('a')) });
      const [{ id: a }] = (await source.quarantine()) as [QuarantinedRow];
      const outcomes = await Promise.allSettled([
        source.send({ rows: values(1) }),
        source.send({ rows: values(2), quarantine: quarantineOf(failedRow('b')), replaced: [a, id] }),
        source.send({ rows: values(3) }),
      ]);
      expect(outcomes).toMatchObject([
        { status: 'fulfilled' },
        { status: 'rejected', reason: INVALID },
        { status: 'fulfilled' },
      ]);
      expect(supply.contents().rows.map(([, , value]) => value)).toEqual([1, 3]);
      expect(await source.info()).toMatchObject({ rowCount: 2, quarantineCount: 1 });
    });

    itWhen(contiguousOffsets)('rejects with invalid_query when what is replaced is not an offset', async () => {
      const store = await supply.share();
      const source = await createSource(store);
      for (const id of NO_OFFSETS) {
        await expect(source.send({ rows: values(1), replaced: [id] })).rejects.toMatchObject(INVALID);
      }
      expect(await source.info()).toMatchObject({ rowCount: 0 });
    });
  });
}

function idAndText({ id, raw }: QuarantinedRow): [string, string] {
  return [id, Buffer.from(raw).toString()];
}
