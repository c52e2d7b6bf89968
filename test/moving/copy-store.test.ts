import { compareStores } from '../../src/moving/compare-stores';
import { copyRetention, copyStore } from '../../src/moving/copy-store';
import type { MovedStore, MovePhase } from '../../src/moving/moved-store';
import type { Store } from '../../src/store/contract/store';
import { openStore } from '../store/kafka/support/open-store';
import { batchAt, idsOf, readAll, send } from '../store/support/batches';
import { contentsOf, fill } from './support/contents';
import { failingAfter, moveOf, openSqlite } from './support/stores';

const openKafka = async (): Promise<Store> => (await openStore(undefined, { keepsAll: true })).store;
const ENGINES = [
  ['SQLite', 'Kafka', openSqlite, openKafka],
  ['Kafka', 'SQLite', openKafka, openSqlite],
] as const;

/** Moves everything, as the command does. */
async function moveAll(source: MovedStore, target: MovedStore): Promise<void> {
  await copyStore(moveOf(source, target));
  expect((await compareStores(moveOf(source, target), { withRetention: false })).differences.told).toEqual([]);
  await copyRetention(moveOf(source, target));
  expect((await compareStores(moveOf(source, target), { withRetention: true })).differences.told).toEqual([]);
}

describe('copyStore', () => {
  it.each(ENGINES)(
    'brings everything from %s to %s, each stream in its order',
    async (_, __, openSource, openTarget) => {
      const [source, target] = [await openSource(), await openTarget()];
      await fill(source);
      await moveAll(source, target);
      expect(await contentsOf(target)).toEqual(await contentsOf(source));
    },
  );

  it.each(ENGINES)(
    'stores nothing twice and loses nothing when it is interrupted from %s to %s, wherever that is',
    async (_, __, openSource, openTarget) => {
      const [source, target] = [await openSource(), await openTarget()];
      await fill(source);
      let tries = 0;
      for (let isDone = false; !isDone; tries += 1) {
        isDone = await copyStore(moveOf(source, failingAfter(target, 3))).then(
          () => true,
          (error: unknown) => {
            expect(String(error)).toBe('Error: killed');
            return false;
          },
        );
      }
      expect(tries).toBeGreaterThan(5);
      await moveAll(source, target);
      expect(await contentsOf(target)).toEqual(await contentsOf(source));
    },
  );

  it('goes on within a stream, by what the target has of it', async () => {
    const [source, target] = [await openSqlite(), await openKafka()];
    for (const store of [source, target]) for (const n of [1, 2, 3]) await send(store, 's', batchAt(n));
    for (const n of [4, 5]) await send(source, 's', batchAt(n));
    expect(await copyStore(moveOf(source, target))).toMatchObject({ events: 2 });
    expect(idsOf(await readAll(target))).toEqual(['1', '2', '3', '4', '5']);
    expect(await copyStore(moveOf(source, target))).toMatchObject({ events: 0 });
  });

  it('cuts what a stream has into batches, also when they are many at once', async () => {
    const [source, target] = [await openSqlite(), await openKafka()];
    const numbers = Array.from({ length: 20_000 }, (_, n) => n);
    for (const streamId of ['a', 'b']) await send(source, streamId, batchAt(...numbers));
    await moveAll(source, target);
    for (const streamId of ['a', 'b']) expect(idsOf(await readAll(target, { streamId }))).toEqual(numbers.map(String));
  });

  it('ends when it is told to, with the reason', async () => {
    const [source, target] = [await openSqlite(), await openKafka()];
    await fill(source);
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(copyStore(moveOf(source, target, { signal }))).rejects.toThrow('enough');
  });

  it('tells how far it is', async () => {
    const [source, target] = [await openSqlite(), await openKafka()];
    await send(source, 's', batchAt(1, 2, 3));
    const told: [MovePhase, number][] = [];
    const onProgress = (phase: MovePhase, { events }: { events: number }): void => void told.push([phase, events]);
    await copyStore(moveOf(source, target, { onProgress }));
    await copyStore(moveOf(source, target, { onProgress }));
    await compareStores(moveOf(source, target, { onProgress }), { withRetention: true });
    expect(told.filter(([, events]) => events > 0)).toEqual([
      ['copying', 3],
      ['checking', 3],
      ['copying', 3],
      ['comparing', 3],
    ]);
  });
});

describe('a target with other content', () => {
  const OTHERS: [string, (target: Store) => Promise<unknown>, RegExp][] = [
    ['a topic more', (target) => send(target, 's', batchAt(1), 'other'), /has a topic "other", and the source has not/],
    ['a stream more', (target) => send(target, 'other', batchAt(1), 'cars'), /a stream "other" in "cars"/],
    [
      'other events',
      (target) => send(target, 'a', batchAt(1), 'cars'),
      /"a" of "cars" holds in the target is not what/,
    ],
    ['a topic of that name', (target) => send(target, 's', batchAt(1), 'visits'), /"visits" is a topic in the target/],
    [
      'another definition',
      (target) => target.rows.createDataSource({ name: 'visits', definition: 'other', columns: [] }),
      /"visits" has another definition/,
    ],
  ];

  it.each(OTHERS)('is refused before anything is written: %s', async (_, spoil, expected) => {
    const [source, target] = [await openSqlite(), await openKafka()];
    await fill(source);
    await spoil(target);
    const before = await contentsOf(target);
    await expect(copyStore(moveOf(source, target))).rejects.toThrow(expected);
    expect(await contentsOf(target)).toEqual(before);
  });

  it('is refused when it has more of a stream than the source', async () => {
    const [source, target] = [await openSqlite(), await openKafka()];
    await send(source, 's', batchAt(1, 2));
    await send(target, 's', batchAt(1, 2, 3));
    await expect(copyStore(moveOf(source, target))).rejects.toThrow('"s" of "t"');
    expect(idsOf(await readAll(target))).toEqual(['1', '2', '3']);
  });
});
