import type { RowsAppend } from '../../../../src/store/contract/row-store';
import { batchAt, idsOf, readAll, send } from '../../support/batches';
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

  it('has long appends whole or not at all, and nothing of those it was killed in', async () => {
    const directory = temporaryDirectory();
    let first = 0;
    for (const killedAfter of [1, 5, 12]) {
      const acknowledged = await appendUntilKilled('long', directory, first, killedAfter);
      const store = await openStore({ directory });
      const source = await TestSource.of(store);
      const events = (await store.catalogue.topic('t')) === undefined ? [] : await readAll(store, { limit: 10_000 });
      expect(events.findIndex(({ position }, index) => offsetOf(position) !== index + 1)).toBe(-1);
      const counts = countsOf(events.map(({ id, streamId }) => `${id} ${streamId}`));
      for (const [name, count] of counts) expect(count).toBe(name.endsWith('short') ? 3 : 12_000);
      const { rowCount, quarantineCount } = await source.info();
      const rows = countsOf(
        storedRows(directory, 'd')
          .rows.slice(0, rowCount)
          .map(([, , number]) => String(number)),
      );
      expect(new Set(rows.values())).toEqual(rows.size === 0 ? new Set() : new Set([21_000]));
      expect(quarantineCount).toBe(rows.size * 7000);
      const stored = new Set([...rows.keys(), ...[...counts.keys()].map((name) => name.split(' ')[0])]);
      expect(acknowledged.filter((number) => !stored.has(String(number)))).toEqual([]);
      first = Math.max(first, ...acknowledged, ...[...stored].map(Number)) + 1;
      // What comes next gets the offsets behind what is there, whatever is still swept behind that.
      expect(offsetOf(await send(store, 'next', batchAt(1)))).toBe(events.length + 1);
      await source.send({ rows: values(-1) });
      expect(await source.info()).toMatchObject({ rowCount: rowCount + 1 });
      await store.log.removeTopic('t');
      await store.rows.truncateDataSource('d', 'rows');
      await store.rows.truncateDataSource('d', 'quarantine');
      await store.close();
    }
  });

  it('has every row it acknowledged once, with its record, and stores once what is sent again', async () => {
    const directory = temporaryDirectory();
    let first = 0;
    for (const killedAfter of [1, 150, 500]) {
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

/** Of a position, whatever the generation of its topic. */
function offsetOf(position: string): number {
  return Number(position.split('-').at(-1));
}

/** How often each text is there. */
function countsOf(texts: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return counts;
}

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
