import type { Position, StartPoint } from '../../../src/store/contract/position';
import type { RowsPart, StoredMisfit, StoredRow } from '../../../src/store/contract/row-store';
import type { Store } from '../../../src/store/contract/store';
import { batchAt, send } from '../support/batches';
import { failedRow, quarantineOf, rowTexts, values } from '../support/rows';
import { createSource } from '../support/test-source';
import type { StoreSupply } from '../store-contract';

const INVALID = { code: 'invalid_query' };

type AnyRow = StoredRow | StoredMisfit;

const PARTS: readonly RowsPart[] = ['rows', 'quarantine'];

/** All rows of a part behind a position, read by pages of a size. */
async function allRows(store: Store, part: RowsPart, after?: Position, limit = 1000): Promise<AnyRow[]> {
  const rows: AnyRow[] = [];
  let start = after;
  for (;;) {
    const query = { name: 'd', limit, ...(start !== undefined && { after: start }) };
    const page = part === 'rows' ? await store.rows.readRows(query) : await store.rows.readQuarantine(query);
    rows.push(...page.rows);
    start = page.position;
    if (!page.more) return rows;
  }
}

/** What tells the rows of these tests apart: the value of the first column, or the text as it was sent. */
function labels(rows: readonly AnyRow[]): string[] {
  return rows.map((row) => ('raw' in row ? Buffer.from(row.raw).toString() : String(row.values[0])));
}

/** Stores one row of a part for each label. */
async function store(source: Awaited<ReturnType<typeof createSource>>, part: RowsPart, ...names: string[]) {
  for (const name of names) {
    await source.send(part === 'rows' ? { rows: values(name) } : { quarantine: quarantineOf(failedRow(name)) });
  }
}

/** Rows and quarantined rows, read by position. */
export function describeRowReads(supply: StoreSupply): void {
  const { at } = supply;

  describe('readRows', () => {
    it('gives the values as they are kept, to the digit, with what has no column', async () => {
      const db = await supply.share();
      const source = await createSource(db, ['integer', 'real', 'text', 'any', 'any']);
      await source.send({
        rows: rowTexts(
          '[null,9223372036854775807,0.1,"é\\n\\"",[1, 2],"12"]',
          '[{"x":12345678901234567890},-1,1e300,"",null,{"a":[]}]',
        ),
      });
      const { schemaVersion } = source;
      const page = await db.rows.readRows({ name: 'd', limit: 10 });
      expect(page).toEqual({
        rows: [
          { position: at(1), values: [9223372036854775807n, 0.1, 'é\n"', '[1,2]', '12'], rest: null },
          { position: at(2), values: [-1n, 1e300, '', null, '{"a":[]}'], rest: '{"x":12345678901234567890}' },
        ],
        schemaVersion,
        definition: 'definition of d',
        position: at(2),
        more: false,
      });
    });

    it('gives rows of the present schema, also those that were stored for another', async () => {
      const db = await supply.share();
      const source = await createSource(db, ['text']);
      await source.send({ rows: values('1') });
      await source.change({ added: [{ name: 'new', storage: 'integer', fill: 7 }], definition: 'with new' });
      const present = await source.current();
      await present.send({ rows: rowTexts('[null,"2",8]') });
      const page = await db.rows.readRows({ name: 'd', limit: 10 });
      expect(page.rows.map((row) => row.values)).toEqual([
        ['1', 7n],
        ['2', 8n],
      ]);
      expect(page).toMatchObject({ definition: 'with new', schemaVersion: present.schemaVersion });
      const form = { kind: 'text', bytes: Infinity } as const;
      const refusal = 'no';
      await present.change({ converted: [{ index: 0, storage: 'any', form, nullable: true, refusal }] });
      await (await source.current()).send({ rows: rowTexts('[null,"3",9]') });
      expect(labels((await db.rows.readRows({ name: 'd', limit: 10 })).rows)).toEqual(['1', '2', '3']);
    });

    it('ends a page of large rows before its limit', async () => {
      const db = await supply.share();
      const source = await createSource(db, ['text']);
      const large = 'x'.repeat(900_000);
      for (let n = 0; n < 5; n++) await source.send({ rows: values(`${n}${large}`) });
      expect(labels(await allRows(db, 'rows')).map((label) => label[0])).toEqual(['0', '1', '2', '3', '4']);
    });
  });

  describe('readQuarantine', () => {
    it('gives what was sent and what was said of it, and leaves out what was replaced', async () => {
      const db = await supply.share();
      const before = Date.now();
      const source = await createSource(db);
      await store(source, 'quarantine', 'a', 'b', 'c');
      const [, b] = await source.quarantine();
      await source.send({ rows: values('mended'), replaced: [b!.id] });
      const { rows } = await db.rows.readQuarantine({ name: 'd', limit: 10 });
      expect(labels(rows)).toEqual(['a', 'c']);
      expect(JSON.parse(rows[1]!.columns)).toEqual(['c']);
      expect(JSON.parse(rows[1]!.reasons)).toEqual(['c does not fit']);
      expect(JSON.parse(rows[1]!.originals)).toEqual(['c']);
      expect(rows[0]!.storedAt).toBeGreaterThanOrEqual(before);
      expect(rows[0]!.storedAt).toBeLessThanOrEqual(Date.now());
      expect(labels(await allRows(db, 'quarantine', rows[0]!.position))).toEqual(['c']);
    });
  });

  describe.each(PARTS)('reading %s by position', (part) => {
    const read = (db: Store, query: { after?: Position; limit: number; descending?: boolean }) =>
      part === 'rows' ? db.rows.readRows({ name: 'd', ...query }) : db.rows.readQuarantine({ name: 'd', ...query });

    it('goes on from every position, and says where also when there is nothing', async () => {
      const db = await supply.share();
      const source = await createSource(db);
      const empty = await read(db, { limit: 5 });
      expect(empty).toMatchObject({ rows: [], more: false });
      await store(source, part, 'a', 'b', 'c');
      expect(labels(await allRows(db, part, empty.position))).toEqual(['a', 'b', 'c']);
      const all = await allRows(db, part, undefined, 1);
      for (const [index, { position }] of all.entries()) {
        expect(labels(await allRows(db, part, position, 2))).toEqual(['a', 'b', 'c'].slice(index + 1));
        expect(await db.rows.resolveRows('d', part, { position })).toBe(position);
      }
      const end = await read(db, { limit: 5, after: all[2]!.position });
      expect(end).toMatchObject({ rows: [], more: false, position: all[2]!.position });
    });

    it('gives the newest first, and older ones page by page', async () => {
      const db = await supply.share();
      const source = await createSource(db);
      await store(source, part, 'a', 'b', 'c', 'd');
      const first = await read(db, { limit: 3, descending: true });
      expect([labels(first.rows), first.more]).toEqual([['d', 'c', 'b'], true]);
      const rest = await read(db, { limit: 3, descending: true, after: first.position });
      expect([labels(rest.rows), rest.more]).toEqual([['a'], false]);
      expect((await read(db, { limit: 3, descending: true, after: rest.position })).rows).toEqual([]);
      await store(source, part, 'e');
      expect(labels(await allRows(db, part, first.end))).toEqual(['e']);
    });

    it('begins at the beginning, at the end, or at a time', async () => {
      const db = await supply.share();
      const source = await createSource(db);
      const from = async (start: StartPoint): Promise<string[]> =>
        labels(await allRows(db, part, await db.rows.resolveRows('d', part, start)));
      expect(await from('earliest')).toEqual([]);
      await store(source, part, 'a');
      const storedSince = Date.now();
      await store(source, part, 'b', 'c');
      expect(await from('earliest')).toEqual(['a', 'b', 'c']);
      expect(await from('latest')).toEqual([]);
      expect(await from({ storedSince: 0 })).toEqual(['a', 'b', 'c']);
      expect((await from({ storedSince })).slice(-2)).toEqual(['b', 'c']);
      expect(await from({ storedSince: Date.now() + 60_000 })).toEqual([]);
    });

    it('says what is gone when all of them were removed, and goes on at the end', async () => {
      const db = await supply.share();
      const source = await createSource(db);
      await store(source, part, 'a', 'b');
      const [first, last] = await allRows(db, part);
      await db.rows.truncateDataSource('d', part);
      const earliest = await db.rows.resolveRows('d', part, 'earliest');
      const gone = { code: 'position_gone', earliest };
      await expect(read(db, { limit: 1, after: first!.position })).rejects.toMatchObject(gone);
      await expect(db.rows.resolveRows('d', part, { position: first!.position })).rejects.toMatchObject(gone);
      expect(await db.rows.resolveRows('d', part, { position: last!.position })).toBe(earliest);
      await store(source, part, 'c');
      expect(labels(await allRows(db, part, last!.position))).toEqual(['c']);
      expect(labels(await allRows(db, part, earliest))).toEqual(['c']);
    });

    it('says that a position is of a data source that was dropped', async () => {
      const db = await supply.share();
      await store(await createSource(db), part, 'a', 'b');
      const [{ position }] = (await allRows(db, part)) as [AnyRow];
      await db.rows.dropDataSource('d');
      await store(await createSource(db), part, 'a', 'b');
      const gone = { code: 'position_gone', earliest: await db.rows.resolveRows('d', part, 'earliest') };
      await expect(read(db, { limit: 1, after: position })).rejects.toMatchObject(gone);
      await expect(db.rows.resolveRows('d', part, { position })).rejects.toMatchObject(gone);
    });

    it('rejects with invalid_query what is no position of it, or one behind the end', async () => {
      const db = await supply.share();
      const source = await createSource(db);
      await store(source, 'rows', 'a');
      await store(source, 'quarantine', 'a');
      const [other] = await allRows(db, part === 'rows' ? 'quarantine' : 'rows');
      await createSource(db, ['any'], 'longer').then((longer) => store(longer, part, 'a', 'b', 'c'));
      const behind = await db.rows.resolveRows('longer', part, 'latest');
      for (const position of ['', '?', 'q', '-1', ...(part === 'quarantine' ? [other!.position] : [])]) {
        await expect(read(db, { limit: 1, after: position })).rejects.toMatchObject(INVALID);
        await expect(db.rows.resolveRows('d', part, { position })).rejects.toMatchObject(INVALID);
      }
      await expect(db.rows.resolveRows('d', part, { position: behind })).rejects.toMatchObject(INVALID);
      if (part === 'rows') await expect(read(db, { limit: 1, after: other!.position })).rejects.toMatchObject(INVALID);
    });

    it('rejects where there is no data source', async () => {
      const db = await supply.share();
      await send(db, 's', batchAt(1));
      const query = (name: string) =>
        part === 'rows' ? db.rows.readRows({ name, limit: 1 }) : db.rows.readQuarantine({ name, limit: 1 });
      for (const [name, code] of [
        ['none', 'unknown_topic'],
        ['t', 'wrong_topic_kind'],
      ] as const) {
        await expect(query(name)).rejects.toMatchObject({ code });
        await expect(db.rows.resolveRows(name, part, 'latest')).rejects.toMatchObject({ code });
      }
    });

    it('tells observers where its end is, and that all were removed', async () => {
      const db = await supply.share();
      const source = await createSource(db);
      const told: [string, unknown][] = [];
      db.observe({
        onAdvance: (ends) => told.push(['rows', ends.get('d')]),
        onQuarantine: (ends) => told.push(['quarantine', ends.get('d')]),
        onRemove: (name) => told.push(['removed', name]),
      });
      await store(source, part, 'a');
      await db.probe();
      const end = await db.rows.resolveRows('d', part, 'latest');
      expect(told).toEqual([[part, end]]);
      await db.rows.truncateDataSource('d', part);
      await db.probe();
      expect(told.slice(1)).toEqual([['removed', 'd']]);
    });
  });
}
