import type { KafkaStore } from '../../src/store/kafka/kafka-store';
import type { LogCluster, StoredRecord } from '../../src/store/kafka/log-cluster';
import { temporaryDirectory } from '../support/temporary-directory';
import { viewContent } from '../store/kafka/support/view-content';
import { batchAt, idsOf, readAll, send } from '../store/support/batches';
import { recordOf } from '../store/support/rows';
import { describeKafka, freshPrefix, newCluster, openKafkaStore } from './support/open-kafka-store';

const OPEN: Pick<KafkaStore, 'close'>[] = [];

const MANY = Array.from({ length: 100 }, (_, n) => n);

/** Everything that can be done is done at once. */
const shorten = { every: 64, settledFor: 0, lookEvery: 3_600_000 };

afterEach(async () => {
  await Promise.all(OPEN.splice(0).map((each) => each.close()));
});

async function open(prefix: string, directory: string): Promise<KafkaStore> {
  const store = await openKafkaStore({ prefix, directory, shorten });
  OPEN.push(store);
  return store;
}

async function fill(store: KafkaStore): Promise<void> {
  for (let n = 0; n < 20; n += 1) await send(store, `filler-${n % 2}`, batchAt(...MANY));
}

/** Has a store let go all that its topic holds, and delete it from the cluster. */
async function letGo(store: KafkaStore): Promise<void> {
  await store.log.setRetention({ topic: 't', bytes: 1, confirmed: true });
  for (;;) {
    await store.shorten();
    if (store.shortened.records > 0) break;
  }
  await store.log.setRetention({ topic: 't', bytes: 0, confirmed: true });
}

/** A client, and the records that come to it. */
async function connected(): Promise<{ readonly cluster: LogCluster; readonly came: StoredRecord[] }> {
  const cluster = newCluster();
  const came: StoredRecord[] = [];
  OPEN.push(cluster);
  await cluster.connect({
    onRecords: (records) => {
      came.push(...records);
      return Promise.resolve();
    },
    onFailure: () => undefined,
    onReachable: () => undefined,
  });
  return { cluster, came };
}

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise(setImmediate);
}

describeKafka('a Kafka topic whose beginning no view keeps', () => {
  it('begins later, and hubs that are new, or were off, come to what the others have', async () => {
    const prefix = freshPrefix();
    const [atA, atB, atC] = [temporaryDirectory(), temporaryDirectory(), temporaryDirectory()];
    const [a, c] = [await open(prefix, atA), await open(prefix, atC)];
    const position = await send(a, 's', batchAt(1));
    await c.log.read({ topic: 't', after: position, limit: 1 });
    await c.close();
    await fill(a);
    const once = { topic: 't', streamId: 'once', createTopic: false, batch: batchAt(5), record: recordOf('k', 'body') };
    await a.log.append(once);
    await a.log.closeStream('t', 'once');
    await letGo(a);
    const { cluster } = await connected();
    expect((await cluster.ensure(`${prefix}t`)).start).toBeGreaterThan(20);
    const last = await send(a, 'later', batchAt(100));
    const [b, again] = [await open(prefix, atB), await open(prefix, atC)];
    for (const store of [b, again]) {
      expect(idsOf(await readAll(store))).toEqual(['100']);
      expect(await store.log.resolve('t', 'latest')).toBe(last);
      expect((await store.catalogue.topic('t'))!.earliest).toBe((await a.catalogue.topic('t'))!.earliest);
    }
    await Promise.all([a, b, again].map((store) => store.close()));
    const [one, ...others] = [atA, atB, atC].map(viewContent);
    expect(others).toEqual([one, one]);
  });
});

describeKafka('a reader whose next record is not in a Kafka topic', () => {
  it.each([
    ['as it was deleted', 0, 5],
    ['as there never was one', 100, 5],
  ])('%s, is given what there is from the beginning, by which that is seen', async (_, from, start) => {
    const { cluster, came } = await connected();
    const log = `${freshPrefix()}log`;
    await cluster.ensure(log);
    for (let n = 0; n < 10; n += 1) cluster.send(log, { key: null, value: Buffer.from(String(n)), headers: [] });
    while ((await cluster.ensure(log)).end < 10);
    await cluster.cut(log, start);
    await cluster.cut(log, 1);
    expect(await cluster.ensure(log)).toMatchObject({ start, end: 10 });
    cluster.follow(log, from);
    await until(() => came.length === 5);
    expect(came.map(({ offset }) => offset)).toEqual([5, 6, 7, 8, 9]);
  });
});
