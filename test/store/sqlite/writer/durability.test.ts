import type { RowsAppend } from '../../../../src/store/contract/row-store';
import { idsOf, readAll } from '../../support/batches';
import { failedRow, quarantineOf, recordOf, values } from '../../support/rows';
import { TestSource } from '../../support/test-source';
import { appendUntilKilled } from '../support/appender';
import { openStore, temporaryDirectory } from '../support/open-store';
import { storedRows } from '../support/stored-rows';

describe('SqliteStore after kill -9', () => {
  it('has everything it acknowledged, each append whole, once and in order', async () => {
    const directory = temporaryDirectory();
    const acknowledged: number[] = [];
    let first = 0;
    for (const killedAfter of [1, 500, 2000]) {
      acknowledged.push(...(await appendUntilKilled('events', directory, first, killedAfter)));
      const store = await openStore({ directory });
      const stored = await readAll(store);
      const numbers = new Set(stored.map(({ id }) => Number(id)));
      expect(acknowledged.filter((number) => !numbers.has(number))).toEqual([]);
      expect(stored).toHaveLength(numbers.size * 3);
      for (const { streamId, eventCount } of await store.catalogue.streams('t', { limit: 100 })) {
        const ids = idsOf(await readAll(store, { streamId })).map(Number);
        expect(ids).toEqual(ids.toSorted((a, b) => a - b));
        expect(ids).toHaveLength(eventCount);
      }
      first = Math.max(...numbers) + 1;
      await store.close();
    }
  });

  it('has every row it acknowledged once, with its record, and stores once what is sent again', async () => {
    const directory = temporaryDirectory();
    let first = 0;
    for (const killedAfter of [1, 500, 2000]) {
      const acknowledged = await appendUntilKilled('rows', directory, first, killedAfter);
      const store = await openStore({ directory });
      const source = await TestSource.of(store);
      const numbers = new Set(numbersOf(directory));
      expect(acknowledged.filter((number) => !numbers.has(number))).toEqual([]);
      // Those it had begun without an acknowledgement are there whole or not at all.
      const last = Math.max(first, ...numbers) + 1;
      for (let number = first; number < last; number++) {
        const answer = await source.send(numberedRows(number));
        expect(answer).toBe(numbers.has(number) ? `stored ${number}` : undefined);
      }
      expect(numbersOf(directory)).toEqual(
        Array.from({ length: last * ROWS_PER_APPEND }, (_, index) => Math.floor(index / ROWS_PER_APPEND)),
      );
      expect(await source.info()).toMatchObject({ rowCount: last * ROWS_PER_APPEND, quarantineCount: last });
      first = last;
      await store.close();
    }
  });
});

const ROWS_PER_APPEND = 3;

/** What the other process sends under this number. */
function numberedRows(number: number): Partial<RowsAppend> {
  return {
    rows: values(...Array<number>(ROWS_PER_APPEND).fill(number)),
    quarantine: quarantineOf(failedRow(String(number))),
    record: recordOf(`key ${number}`, String(number)),
  };
}

function numbersOf(directory: string): number[] {
  return storedRows(directory, 'd')
    .rows.map(([, , number]) => Number(number))
    .sort((a, b) => a - b);
}
