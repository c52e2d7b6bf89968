import type { ColumnStorage } from '../../../src/store/contract/row-store';
import type { Store } from '../../../src/store/contract/store';
import { failedRow, quarantineOf, rowsOf, values } from '../support/rows';
import { createSource, type TestSource } from '../support/test-source';
import type { StoreSupply } from '../store-contract';
import { itWhen } from './conditional';

const CHANGED = { code: 'schema_changed' };

/** Ways to make the version of a data source's schema outdated. */
const MAKE_OUTDATED: [string, (store: Store, source: TestSource) => Promise<unknown>][] = [
  ['a column was added', (_, source) => source.change({ added: [{ name: 'b', storage: 'any', fill: null }] })],
  ['the definition alone was replaced', (_, source) => source.change()],
  ['another with as many columns has its name', (store) => makeAgain(store, ['any'])],
  ['another with more columns has its name', (store) => makeAgain(store, ['any', 'any'])],
];

/** Rows and changes are made for one state of a schema, and meet no other. */
export function describeSchemaVersions(supply: StoreSupply): void {
  describe('a schema version', () => {
    it('is short printable ASCII, and another after each change', async () => {
      const store = await supply.share();
      let source = await createSource(store);
      const versions = new Set([source.schemaVersion]);
      for (let count = 1; count <= 3; count++) {
        await source.change({ definition: `definition ${count}` });
        source = await source.current();
        versions.add(source.schemaVersion);
      }
      expect(versions.size).toBe(4);
      for (const version of versions) expect(version).toMatch(/^[!-~]{1,512}$/);
    });

    it('never comes again, not with a data source that has the name and the definition of one before', async () => {
      const store = await supply.share();
      const versions = new Set([(await createSource(store)).schemaVersion]);
      for (let count = 1; count <= 3; count++) {
        await store.rows.dropDataSource('d');
        versions.add((await createSource(store)).schemaVersion);
      }
      expect(versions.size).toBe(4);
    });

    it('is not that of another data source, nor any text', async () => {
      const store = await supply.share();
      const other = await createSource(store, ['any'], 'e');
      const source = await createSource(store);
      for (const schemaVersion of [other.schemaVersion, '', '0', 'x'.repeat(600), '\0', ` ${source.schemaVersion}`]) {
        await expect(source.send({ rows: values(1), schemaVersion })).rejects.toMatchObject(CHANGED);
        await expect(source.change({ schemaVersion })).rejects.toMatchObject(CHANGED);
      }
      await source.send({ rows: values(2) });
      expect(supply.contents().rows).toEqual([[supply.at(1), null, 2]]);
      expect(await source.info()).toMatchObject({ definition: 'definition of d' });
    });

    describe.each(MAKE_OUTDATED)('is outdated when %s', (_, makeOutdated) => {
      it.each([
        ['rows', { rows: values(1) }],
        ['quarantined rows', { quarantine: quarantineOf(failedRow('x')) }],
        ['both', { rows: values(1), quarantine: quarantineOf(failedRow('x')) }],
        ['an append of nothing', {}],
      ])('and %s that were made for it are refused', async (_, append) => {
        const store = await supply.share();
        const source = await createSource(store);
        await makeOutdated(store, source);
        const before = await source.info();
        await expect(source.send(append)).rejects.toMatchObject(CHANGED);
        expect(await source.info()).toEqual(before);
        expect(supply.contents()).toEqual({ rows: [], quarantine: [] });
      });

      it('and a change that was made for it is refused, and changes nothing', async () => {
        const store = await supply.share();
        const source = await createSource(store);
        await makeOutdated(store, source);
        const before = await source.info();
        const added = [{ name: 'c', storage: 'any', fill: 'x' }] as const;
        await expect(source.change({ definition: 'late', added })).rejects.toMatchObject(CHANGED);
        expect(await source.info()).toEqual(before);
      });
    });

    it('lets one of two changes that are sent at once through, and not the other', async () => {
      const store = await supply.share();
      const source = await createSource(store);
      const outcomes = await Promise.allSettled([
        source.change({ definition: 'first', added: [{ name: 'b', storage: 'any', fill: 1 }] }),
        source.change({ definition: 'second', added: [{ name: 'c', storage: 'any', fill: 2 }] }),
      ]);
      expect(outcomes).toMatchObject([{ status: 'fulfilled' }, { status: 'rejected', reason: CHANGED }]);
      const changed = await source.current();
      await changed.send({ rows: rowsOf([null, 3, 4]) });
      expect(supply.contents().rows).toEqual([[supply.at(1), null, 3, 4]]);
      expect(await source.info()).toMatchObject({ definition: 'first' });
    });

    it('meets the data source that has the name when rows are sent at once with its making', async () => {
      const store = await supply.share();
      const source = await createSource(store);
      const outcomes = await Promise.allSettled([
        source.send({ rows: values(1) }),
        store.rows.dropDataSource('d'),
        store.rows.createDataSource({ name: 'd', definition: '', columns: [{ name: 'a', storage: 'any' }] }),
        source.send({ rows: values(2) }),
      ]);
      expect(outcomes).toMatchObject([
        { status: 'fulfilled' },
        { status: 'fulfilled' },
        { status: 'fulfilled' },
        { status: 'rejected', reason: CHANGED },
      ]);
      expect(supply.contents().rows).toEqual([]);
    });

    itWhen(supply.capabilities.survivesReopening)('lasts when the store is opened again', async () => {
      const store = await supply.open();
      const source = await createSource(store);
      await source.change({ added: [{ name: 'b', storage: 'any', fill: null }] });
      const { schemaVersion } = await source.current();
      await store.close();
      const again = await supply.reopen();
      const outdated = { ...ROW, topic: 'd', schemaVersion: source.schemaVersion };
      await expect(again.rows.appendRows(outdated)).rejects.toMatchObject(CHANGED);
      await again.rows.appendRows({ ...ROW, topic: 'd', schemaVersion });
      expect(supply.contents().rows).toEqual([[supply.at(1), null, 1, 2]]);
    });
  });
}

const ROW = { rows: rowsOf([null, 1, 2]), quarantine: quarantineOf() };

async function makeAgain(store: Store, storages: readonly ColumnStorage[]): Promise<void> {
  await store.rows.dropDataSource('d');
  await createSource(store, storages);
}
