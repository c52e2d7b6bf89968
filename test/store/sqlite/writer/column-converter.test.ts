import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { ColumnConversion } from '../../../../src/store/contract/row-store';
import { rowsOf, values } from '../../support/rows';
import { createSource } from '../../support/test-source';
import { openStore, temporaryDirectory } from '../support/open-store';
import { openDatabase, storedRows } from '../support/stored-rows';

const toFloat = (index: number): ColumnConversion => ({
  index,
  storage: 'real',
  form: { kind: 'float', greatest: Number.MAX_VALUE },
  nullable: false,
  refusal: 'it cannot',
});
const toInteger = (index: number): ColumnConversion => ({
  ...toFloat(index),
  storage: 'integer',
  form: { kind: 'integer', least: -9n, greatest: 9n },
});

/** How many columns the table of the first data source has, besides those of every such table. */
function columnCount(directory: string): number {
  const database = openDatabase(directory);
  const { length } = database.pragma('table_info(rows_1)') as unknown[];
  database.close();
  return length - 2;
}

describe('SqliteStore that rewrites columns', () => {
  it('uses again what it has used before, however often a column goes back and forth', async () => {
    const directory = temporaryDirectory();
    const store = await openStore({ directory });
    const source = await createSource(store, ['integer']);
    await source.send({ rows: values(1, 2) });
    for (let round = 0; round < 5; round++) {
      for (const converted of [[toFloat(0)], [toInteger(0)]]) await (await source.current()).change({ converted });
    }
    expect(columnCount(directory)).toBe(2);
    await store.rows.truncateDataSource('d', 'rows');
    expect(columnCount(directory)).toBe(1);
    await (await source.current()).send({ rows: values(3) });
    expect(storedRows(directory, 'd').rows.map((row) => row.at(-1))).toEqual([3]);
  });

  it('rewrites all rows, however many come before the change has its turn', async () => {
    const directory = temporaryDirectory();
    const store = await openStore({ directory });
    const source = await createSource(store, ['integer']);
    await source.send({ rows: values(1) });
    const many = rowsOf(...Array.from({ length: 10_000 }, (_, n) => [null, n]));
    const sent = Array.from({ length: 10 }, () => source.send({ rows: many }));
    const changed = source.change({ converted: [toFloat(0)] });
    await Promise.all([...sent, changed]);
    const database = openDatabase(directory);
    const { rows, floats } = database
      .prepare<[], { rows: number; floats: number }>(
        "SELECT count(*) AS rows, sum(typeof(c2) = 'real') AS floats FROM rows_1",
      )
      .get()!;
    database.close();
    expect([rows, floats]).toEqual([100_001, 100_001]);
  });

  it('uses again what was rewritten for a change that failed', async () => {
    const directory = temporaryDirectory();
    const store = await openStore({ directory });
    const source = await createSource(store, ['integer']);
    await source.send({ rows: rowsOf(...Array.from({ length: 3000 }, (_, n) => [null, n - 2990])) });
    for (let round = 0; round < 3; round++) {
      const refused = source.change({ converted: [toInteger(0)] });
      await expect(refused).rejects.toThrow('it cannot: the stored value -2990 does not fit');
    }
    const narrow = { ...toInteger(0), form: { kind: 'integer', least: -3000n, greatest: 3000n } } as const;
    await source.change({ converted: [narrow] });
    expect(columnCount(directory)).toBe(2);
    expect(storedRows(directory, 'd').rows.map((row) => row.at(-1))).toEqual(
      Array.from({ length: 3000 }, (_, n) => n - 2990),
    );
  });

  it('refuses where the table has no room for all columns', async () => {
    const store = await openStore();
    const source = await createSource(
      store,
      Array.from({ length: 1985 }, () => 'integer' as const),
    );
    const converted = Array.from({ length: 6 }, (_, index) => toFloat(index));
    await expect(source.change({ converted })).rejects.toMatchObject({
      code: 'invalid_schema',
      message: 'it cannot: its table has no room until the data source is truncated',
    });
    await store.rows.truncateDataSource('d', 'rows');
    await source.change({ converted: converted.slice(0, 5) });
  });

  it('says so when the database cannot be written to, and goes on afterwards', async () => {
    const directory = temporaryDirectory();
    const store = await openStore({ directory, busyTimeout: 20 });
    const source = await createSource(store, ['integer']);
    await source.send({ rows: values(1) });
    const other = new Database(join(directory, 'writer-hub.db'));
    other.exec('BEGIN IMMEDIATE');
    await expect(source.change({ converted: [toFloat(0)] })).rejects.toMatchObject({ code: 'store_unavailable' });
    other.close();
    await source.change({ converted: [toFloat(0)] });
    await (await source.current()).send({ rows: values(1.5) });
    expect(storedRows(directory, 'd').rows.map((row) => row.at(-1))).toEqual([1, 1.5]);
  });
});
