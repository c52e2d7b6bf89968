import { batchAt, send } from '../support/batches';
import { packageOf, packageWith, readPackages, readSamples, saidBy, sendPackage } from '../support/packages';
import { createSource } from '../support/test-source';
import type { StoreSupply } from '../store-contract';
import { itWhen } from './conditional';

/** Which parameters there are, and how many there may be. */
export function describeParameterIds(supply: StoreSupply): void {
  describe('the limit of parameters of a topic', () => {
    const LIMIT = { code: 'invalid_parameters' };

    it('refuses a package that brings too many, and leaves nothing of it behind', async () => {
      const store = await supply.open({ maxParametersPerTopic: 3 });
      await expect(sendPackage(store, 's', packageWith('a', 'b', 'c', 'd'))).rejects.toMatchObject(LIMIT);
      const { refusedLeaveNoTopic } = supply.capabilities;
      expect((await store.catalogue.topic('t')) === undefined).toBe(refusedLeaveNoTopic);
      await sendPackage(store, 's', packageWith('a', 'b'));
      const before = [await store.catalogue.topic('t'), await store.catalogue.streams('t', { limit: 9 })];
      await expect(sendPackage(store, 'new', packageWith('c', 'd'))).rejects.toMatchObject(LIMIT);
      expect([await store.catalogue.topic('t'), await store.catalogue.streams('t', { limit: 9 })]).toEqual(before);
      expect((await store.parameters.seenParameters('t', ['s', 'new'])).get('s')).toHaveLength(2);
      await sendPackage(store, 'new', packageWith('c'));
    });

    it('lets those go on that are there, in every stream', async () => {
      const store = await supply.open({ maxParametersPerTopic: 2 });
      await sendPackage(store, 's', packageWith('a', 'b'));
      await sendPackage(store, 'other', packageWith('b'));
      await sendPackage(store, 's', packageWith('a', 'b'));
      await expect(sendPackage(store, 's', packageWith('a', 'c'))).rejects.toMatchObject(LIMIT);
      await sendPackage(store, 's', packageWith());
      expect(await readPackages(store)).toHaveLength(4);
    });

    it('counts an id once, whatever kinds of values it has', async () => {
      const store = await supply.open({ maxParametersPerTopic: 1 });
      await sendPackage(store, 's', packageOf({ timestamps: [1], numeric: { a: [1] }, string: { a: ['x'] } }));
      await sendPackage(store, 's', packageOf({ timestamps: [2], binary: { a: ['AA=='] } }));
      expect(await readPackages(store)).toHaveLength(2);
    });

    it('counts each topic apart', async () => {
      const store = await supply.open({ maxParametersPerTopic: 1 });
      await sendPackage(store, 's', packageWith('a'));
      await sendPackage(store, 's', packageWith('b'), { topic: 'u' });
      await expect(sendPackage(store, 's', packageWith('b'))).rejects.toMatchObject(LIMIT);
    });

    it('refuses those of many that are sent at once that are beyond it, and stores the others whole', async () => {
      const store = await supply.open({ maxParametersPerTopic: 2 });
      const outcomes = await Promise.allSettled(
        [['a'], ['b', 'c'], ['b'], ['c'], ['a', 'b'], ['a']].map((ids) => sendPackage(store, 's', packageWith(...ids))),
      );
      expect(outcomes.map(({ status }) => status === 'fulfilled')).toEqual([true, false, true, false, true, true]);
      expect(saidBy(await readPackages(store)).map(({ values }) => [...values.numeric.keys()].join(''))).toEqual([
        ...['a', 'b', 'ab', 'a'],
      ]);
      expect(await readSamples(store)).toHaveLength(4);
    });

    itWhen(supply.capabilities.survivesReopening)('holds when the store is opened again', async () => {
      const store = await supply.open({ maxParametersPerTopic: 1 });
      await sendPackage(store, 's', packageWith('a'));
      await store.close();
      const again = await supply.reopen();
      await expect(sendPackage(again, 's', packageWith('b'))).rejects.toMatchObject(LIMIT);
      await sendPackage(again, 's', packageWith('a'));
    });
  });

  describe('seenParameters', () => {
    it('names what the streams that there are have had, each kind of an id', async () => {
      const store = await supply.share();
      await sendPackage(
        store,
        'a',
        packageOf({ timestamps: [1], numeric: { x: [1] }, string: { x: ['1'], y: ['2'] } }),
      );
      await sendPackage(
        store,
        'a',
        packageOf({ timestamps: [2], binary: { __proto__x: ['AA=='] }, numeric: { x: [2] } }),
      );
      await sendPackage(store, 'b', packageWith('z'));
      await send(store, 'c', batchAt(1));
      const seen = await store.parameters.seenParameters('t', ['a', 'b', 'c', 'none']);
      const namesOf = (streamId: string): string[] =>
        (seen.get(streamId) ?? []).map(({ id, kind }) => `${kind} ${id}`).toSorted();
      expect(namesOf('a')).toEqual(['binary __proto__x', 'numeric x', 'string x', 'string y']);
      expect(namesOf('b')).toEqual(['numeric z']);
      expect([...seen.keys()].filter((streamId) => namesOf(streamId).length > 0).toSorted()).toEqual(['a', 'b']);
      expect([...(await store.parameters.seenParameters('t', ['b'])).keys()]).toEqual(['b']);
    });

    it('rejects for a topic that is not there, and for a data source', async () => {
      const store = await supply.share();
      await createSource(store);
      await expect(store.parameters.seenParameters('none', [])).rejects.toMatchObject({ code: 'unknown_topic' });
      await expect(store.parameters.seenParameters('d', [])).rejects.toMatchObject({ code: 'wrong_topic_kind' });
    });
  });
}
