import { idsOf, readAll } from '../batches';
import { appendUntilKilled } from './appender';
import { openStore, temporaryDirectory } from './open-store';

describe('SqliteEventStore after kill -9', () => {
  it('has everything it acknowledged, each append whole, once and in order', async () => {
    const directory = temporaryDirectory();
    const acknowledged: number[] = [];
    let first = 0;
    for (const killedAfter of [1, 500, 2000]) {
      acknowledged.push(...(await appendUntilKilled(directory, first, killedAfter)));
      const store = await openStore({ directory });
      const stored = await readAll(store);
      const numbers = new Set(stored.map(({ id }) => Number(id)));
      expect(acknowledged.filter((number) => !numbers.has(number))).toEqual([]);
      expect(stored).toHaveLength(numbers.size * 3);
      for (const { streamId, eventCount } of await store.streams('t', { limit: 100 })) {
        const ids = idsOf(await readAll(store, { streamId })).map(Number);
        expect(ids).toEqual(ids.toSorted((a, b) => a - b));
        expect(ids).toHaveLength(eventCount);
      }
      first = Math.max(...numbers) + 1;
      await store.close();
    }
  });
});
