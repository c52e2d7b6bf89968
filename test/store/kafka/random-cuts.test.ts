import fc from 'fast-check';
import { WriterHubError } from '../../../src/errors';
import type { KafkaStore } from '../../../src/store/kafka/kafka-store';
import { temporaryDirectory } from '../../support/temporary-directory';
import { batchAt, send } from '../support/batches';
import { packageWith, sendPackage } from '../support/packages';
import { failedRow, nothing, quarantineOf, recordOf, rowsOf } from '../support/rows';
import { TestSource } from '../support/test-source';
import { MemoryLogs } from './support/memory-cluster';
import { openStore } from './support/open-store';
import { viewContent } from './support/view-content';

/** A state is worth it at once, whatever it weighs. */
const shorten = { every: 1, settledFor: 0, lookEvery: 3_600_000 };

/** What is done to one of two stores, to a stream or key of few. */
interface Step {
  readonly what: keyof typeof STEPS;
  readonly store: number;
  readonly one: number;
  readonly other: number;
}

const IN_T = { topic: 't', createTopic: false };
const LOTS = 'x'.repeat(2000);

const STEPS = {
  send: (store: KafkaStore, { one, other }: Step) => send(store, `s${one}`, batchAt(...Array(20 + other).keys())),
  keyed: (store: KafkaStore, { one, other }: Step) =>
    store.log.append({
      ...{ ...IN_T, streamId: `s${one}`, batch: batchAt(other) },
      record: recordOf(`k${other}`, 'body', { expiresAt: 4e12 }),
    }),
  package: (store: KafkaStore, { one, other }: Step) => sendPackage(store, `s${one}`, packageWith(`p${other}`, LOTS)),
  properties: (store: KafkaStore, { one, other }: Step) =>
    store.log.putStream({ ...IN_T, streamId: `s${one}`, properties: { name: `n${other}` } }),
  definitions: (store: KafkaStore, { one, other }: Step) =>
    store.log.putDefinitions({
      ...{ ...IN_T, streamId: `s${one}` },
      definitions: { events: [{ id: `e${other}`, level: 'Trace' }] },
    }),
  close: (store: KafkaStore, { one }: Step) => store.log.closeStream('t', `s${one}`),
  removeStream: (store: KafkaStore, { one }: Step) => store.log.removeStream('t', `s${one}`),
  /** Each view removes what is too much by itself. */
  empty: async (store: KafkaStore, _: Step, all: readonly KafkaStore[]) => {
    await store.log.setRetention({ topic: 't', bytes: 1, confirmed: true });
    await until(async () => {
      const found = await Promise.all(all.map((each) => each.catalogue.topic('t')));
      return found.every((each) => each?.earliest === each?.position);
    });
    await store.log.setRetention({ topic: 't', bytes: 0, confirmed: true });
  },
  rows: async (store: KafkaStore, { one, other }: Step) => {
    const source = await TestSource.of(store);
    const width = (await store.catalogue.topic('d'))!.dataSource!.schemaVersion.split('.')[1]!;
    const row = [null, LOTS, ...Array.from({ length: Number(width) }, (_, index) => `v${index}`)];
    const quarantine = one === 0 ? quarantineOf(failedRow(`r${other}`)) : nothing;
    await source.send({ rows: rowsOf(row), quarantine, record: recordOf(`k${other}`, 'x', { expiresAt: 4e12 }) });
  },
  column: async (store: KafkaStore) => {
    const source = await TestSource.of(store);
    const name = `c ${source.schemaVersion}`;
    await source.change({ added: [{ name, storage: 'text', fill: null }] });
  },
  truncate: (store: KafkaStore, { one }: Step) => store.rows.truncateDataSource('d', one === 0 ? 'quarantine' : 'rows'),
  shorten: (store: KafkaStore) => store.shorten(),
} as const;

async function until(isTrue: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await new Promise(setImmediate);
}

/** What is refused is refused on every hub alike. */
async function carryOut(step: Step, stores: readonly KafkaStore[]): Promise<void> {
  try {
    await STEPS[step.what](stores[step.store]!, step, stores);
  } catch (error) {
    const isRefused = error instanceof WriterHubError && error.code !== 'store_unavailable';
    if (!isRefused) throw error;
  }
}

async function caughtUp(store: KafkaStore, logs: MemoryLogs): Promise<void> {
  await until(async () => {
    const applied = new Map((await store.view.view.logs()).map(({ name, next }) => [name, next]));
    return logs.names.every((log) => (applied.get(log) ?? 0) === logs.endOf(log));
  });
}

/** What a view gives that has seen the logs from their beginnings, one that was off meanwhile, and a new one. */
async function views(steps: readonly Step[], offAt: number): Promise<unknown[]> {
  const logs = new MemoryLogs();
  const [atA, atB, atOff, atNew] = Array.from({ length: 4 }, temporaryDirectory) as [string, string, string, string];
  const open = async (directory: string): Promise<KafkaStore> =>
    (await openStore(logs, { directory, shorten, maxRecordBytes: 3000 })).store;
  const [a, b, off] = [await open(atA), await open(atB), await open(atOff)];
  await send(a, 's0', batchAt(1));
  await a.rows.createDataSource({ name: 'd', definition: 'd', columns: [{ name: 'c', storage: 'text' }] });
  for (const [index, step] of steps.entries()) {
    if (index === offAt) {
      await caughtUp(off, logs);
      await off.close();
    }
    for (const store of [a, b]) await caughtUp(store, logs);
    await carryOut(step, [a, b]);
  }
  await off.close();
  // Enough for a state to be worth it.
  for (let times = 0; times < 10; times += 1) await send(a, 's0', batchAt(...Array(1000).keys()));
  const fresh = { store: 0, one: 1, other: 1 };
  const last = ['empty', 'truncate', 'shorten', 'shorten', 'send', 'package', 'rows', 'keyed'] as const;
  for (const what of last) {
    for (const store of [a, b]) await caughtUp(store, logs);
    await carryOut({ what, ...fresh }, [a, b]);
  }
  expect(logs.startOf('hub-t')).toBeGreaterThan(10);
  const all = [a, b, await open(atOff), await open(atNew)];
  for (const store of all) await caughtUp(store, logs);
  await Promise.all(all.map((store) => store.close()));
  return [atA, atB, atOff, atNew].map(viewContent);
}

it('a view made of logs that were cut is as one that has seen all of them, whatever was done', async () => {
  const names = Object.keys(STEPS) as (keyof typeof STEPS)[];
  const step = fc.record({
    what: fc.oneof(fc.constantFrom(...names), fc.constantFrom('shorten' as const, 'empty' as const)),
    store: fc.nat(1),
    one: fc.nat(2),
    other: fc.nat(3),
  });
  const rule = fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 60 }), fc.nat(60), async (steps, offAt) => {
    const [first, ...others] = await views(steps, offAt);
    for (const other of others) expect(other).toEqual(first);
  });
  await fc.assert(rule, { numRuns: 6, endOnFailure: true });
});
