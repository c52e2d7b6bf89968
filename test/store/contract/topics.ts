import { batchAt, send } from '../support/batches';
import { NAMES_IN_ORDER } from '../support/names';
import { values } from '../support/rows';
import { createSource } from '../support/test-source';
import type { StoreSupply } from '../store-contract';

/** What the catalogue says of topics, data sources among them. */
export function describeTopics(supply: StoreSupply): void {
  describe('topics', () => {
    it('lists topics by pages in order of the bytes of their names', async () => {
      const store = await supply.open();
      await Promise.all(NAMES_IN_ORDER.toReversed().map((name) => send(store, 's', batchAt(1), name)));
      const first = await store.catalogue.topics({ limit: 5 });
      const rest = await store.catalogue.topics({ limit: 5, after: first.at(-1)!.name });
      expect([...first, ...rest].map(({ name }) => name)).toEqual(NAMES_IN_ORDER);
      expect(first).toHaveLength(5);
    });
  });

  describe('topic', () => {
    it('gives a topic of events and a data source as the list of topics does', async () => {
      const store = await supply.open();
      await send(store, 's', batchAt(1, 2), 'events');
      const source = await createSource(store, ['any'], 'rows');
      await source.send({ rows: values(1, 2, 3) });
      const [events, rows] = await store.catalogue.topics({ limit: 10 });
      expect(await store.catalogue.topic('events')).toEqual(events);
      expect(await store.catalogue.topic('rows')).toEqual(rows);
      expect(events).toMatchObject({ name: 'events', kind: 'events', position: supply.at(2) });
      expect(events).not.toHaveProperty('dataSource');
      expect(rows).toMatchObject({ name: 'rows', kind: 'rows', position: supply.at(3), dataSource: { rowCount: 3 } });
    });

    it('gives nothing for a name that no topic has, or that only begins or ends as one', async () => {
      const store = await supply.open();
      expect(await store.catalogue.topic('a')).toBeUndefined();
      await send(store, 's', batchAt(1), 'ab');
      await createSource(store, [], 'ba');
      for (const name of ['a', 'b', 'abc', 'bab', 'AB', 'ab ', '', '%', 'a_', '*']) {
        expect(await store.catalogue.topic(name)).toBeUndefined();
      }
    });

    it('tells names apart that begin as others do', async () => {
      const store = await supply.open();
      const names = ['a', 'aa', 'aaa', 'a b', 'A', 'é', 'e\u0301'];
      await Promise.all(names.map((name, index) => send(store, 's', batchAt(...Array(index + 1).keys()), name)));
      for (const [index, name] of names.entries()) {
        expect(await store.catalogue.topic(name)).toMatchObject({ name, position: supply.at(index + 1) });
        expect(await store.catalogue.stream(name, 's')).toMatchObject({ eventCount: index + 1 });
      }
    });

    it('sees what was acknowledged: a topic that was made, and a data source that was dropped', async () => {
      const store = await supply.open();
      await store.log.putStream({ topic: 't', streamId: 's', properties: {}, createTopic: true });
      expect(await store.catalogue.topic('t')).toMatchObject({ name: 't', kind: 'events', position: supply.at(0) });
      await createSource(store);
      await store.rows.dropDataSource('d');
      expect(await store.catalogue.topic('d')).toBeUndefined();
    });
  });
}
