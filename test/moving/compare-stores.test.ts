import { compareStores } from '../../src/moving/compare-stores';
import { copyRetention, copyStore } from '../../src/moving/copy-store';
import type { Store } from '../../src/store/contract/store';
import { openStore } from '../store/kafka/support/open-store';
import { batchAt, send } from '../store/support/batches';
import { packageOf, sendPackage } from '../store/support/packages';
import { rowTexts } from '../store/support/rows';
import { TestSource } from '../store/support/test-source';
import { fill } from './support/contents';
import { moveOf, openSqlite } from './support/stores';

const ROW = '[null,1,1,1.5,null,[]]';

const CHANGES: [string, (target: Store) => Promise<unknown>, string][] = [
  [
    'an event more',
    (store) => send(store, 's', batchAt(7), 'again'),
    '"s" of "again": 3 in the source, 4 in the target',
  ],
  [
    'a package more',
    (store) => sendPackage(store, 'only packages', packageOf({ timestamps: [1] }), { topic: 'cars' }),
    '"only packages" of "cars": 5 in the source, 6 in the target',
  ],
  [
    'a row more',
    async (store) => (await TestSource.of(store, 'visits')).send({ rows: rowTexts(ROW) }),
    '"rows" of "visits": 15 in the source, 16 in the target',
  ],
  [
    'quarantined rows gone',
    (store) => store.rows.truncateDataSource('visits', 'quarantine'),
    '"quarantine" of "visits": 3 in the source, 0 in the target',
  ],
  ['a stream gone', (store) => store.log.removeStream('cars', 'nothing in it'), '"nothing in it" of "cars": missing'],
  [
    'a stream more',
    (store) => store.log.putStream({ topic: 'cars', streamId: 'x', properties: {}, createTopic: false }),
    '"x" of "cars" is in the target alone',
  ],
  [
    'other properties',
    (store) => store.log.putStream({ topic: 'cars', streamId: 'a', properties: { name: 'B' }, createTopic: false }),
    '"a" of "cars": other properties',
  ],
  [
    'other definitions',
    (store) =>
      store.log.putDefinitions({ topic: 'cars', streamId: 'a', definitions: { events: [] }, createTopic: false }),
    '"a" of "cars": other definitions',
  ],
  ['a topic gone', (store) => store.log.removeTopic('empty'), '"empty" is missing'],
  ['a topic more', (store) => send(store, 's', batchAt(1), 'more'), '"more" is in the target alone'],
  [
    'another retention',
    (store) => store.log.setRetention({ topic: 'again', age: 1, confirmed: true }),
    '"again": another retention',
  ],
  [
    'a token that is revoked for less long',
    async () => Promise.resolve(),
    'the revoked token later is not revoked in the target',
  ],
];

describe('compareStores', () => {
  it.each(CHANGES)('finds %s', async (_, change, difference) => {
    const [source, { store: target }] = [await openSqlite(), await openStore(undefined, { keepsAll: true })];
    await fill(source);
    await copyStore(moveOf(source, target));
    await copyRetention(moveOf(source, target));
    if (difference.includes('token')) await source.tokens.revokeToken('later');
    await change(target);
    const { differences } = await compareStores(moveOf(source, target), { withRetention: true });
    expect([differences.count, differences.told]).toEqual([1, [difference]]);
  });

  it('finds events in another order', async () => {
    const [source, { store: target }] = [await openSqlite(), await openStore()];
    await send(source, 's', batchAt(1, 2));
    await send(target, 's', batchAt(2, 1));
    const { differences } = await compareStores(moveOf(source, target), { withRetention: true });
    expect(differences.told).toEqual(['"s" of "t": 2 in both, but not the same']);
  });

  it('counts what the source holds', async () => {
    const [source, { store: target }] = [await openSqlite(), await openStore()];
    await fill(source);
    await copyStore(moveOf(source, target));
    expect(await compareStores(moveOf(source, target), { withRetention: false })).toMatchObject({
      ...{ topics: 3, dataSources: 2, streams: 5 },
      entries: { events: 19, packages: 11, rows: 15, quarantinedRows: 3 },
    });
  });
});
