import { WriterHubError } from '../../../src/errors';
import type { KafkaStore } from '../../../src/store/kafka/kafka-store';
import { SqliteStore } from '../../../src/store/sqlite/sqlite-store';
import { temporaryDirectory } from '../../support/temporary-directory';
import { batchAt, idsOf, readAll, send } from '../support/batches';
import { recordOf, values } from '../support/rows';
import { createSource, infoOf } from '../support/test-source';
import { MemoryLogs } from './support/memory-cluster';
import { openStore, openUnready } from './support/open-store';

/** Resolves when a store has as many events in a topic as that. */
async function has(store: KafkaStore, topic: string, count: number): Promise<void> {
  while (((await store.catalogue.topic(topic))?.recordCount ?? 0) < count) await new Promise(setImmediate);
}

const lines = (): {
  readonly said: string[];
  readonly log: Record<'info' | 'warn' | 'error', (d: object, t: string) => void>;
} => {
  const said: string[] = [];
  const say = (details: object, text: string): void => {
    said.push(`${text} ${JSON.stringify(details)}`);
  };
  return { said, log: { info: say, warn: say, error: say } };
};

describe('several stores on the same logs', () => {
  it('come to the same, with the same positions', async () => {
    const logs = new MemoryLogs();
    const [{ store: a }, { store: b }] = [await openStore(logs), await openStore(logs)];
    await Promise.all(
      Array.from({ length: 40 }, (_, n) => send(n % 2 === 0 ? a : b, `s${n % 3}`, batchAt(n), n % 5 === 0 ? 'u' : 't')),
    );
    for (const [topic, count] of [
      ['t', 32],
      ['u', 8],
    ] as const) {
      for (const store of [a, b]) await has(store, topic, count);
      expect(await readAll(a, { topic })).toEqual(await readAll(b, { topic }));
      const streams = await Promise.all([a, b].map((store) => store.catalogue.streams(topic, { limit: 9 })));
      expect(streams[0]).toEqual(streams[1]);
    }
  });

  it('know a key that had not expired when it came again, though it has when a view is made anew', async () => {
    const logs = new MemoryLogs();
    const began = Date.now();
    logs.now = () => began;
    const { store: a } = await openStore(logs);
    const source = await createSource(a);
    const row = { rows: values(1), record: recordOf('k', 'body', { expiresAt: began + 1000 }) };
    await source.send(row);
    // What is to be deleted is looked for after this, and those that come behind are steps of their own.
    await a.rows.truncateDataSource('d', 'rows');
    for (let times = 0; times < 20; times += 1) await (await source.current()).change();
    logs.now = () => began + 500;
    expect(await (await source.current()).send(row)).toBe(row.record.answer);
    logs.now = () => began + 5000;
    await createSource(a, ['any'], 'later');
    const { store: b } = await openStore(logs);
    expect((await infoOf(b)).rowCount).toBe(0);
  });

  it('read on at a position that the other one has given, though it is behind', async () => {
    const logs = new MemoryLogs();
    const [{ store: a }, { store: b }] = [await openStore(logs), await openStore(logs)];
    await send(a, 's', batchAt(1));
    await has(b, 't', 1);
    const positions = await Promise.all([send(a, 's', batchAt(2)), send(a, 's', batchAt(3))]);
    expect((await b.log.read({ topic: 't', after: positions[0], limit: 9 })).position >= positions[0]).toBe(true);
    expect(await b.log.resolve('t', { position: positions[1] })).toBe(positions[1]);
  });

  it('wait for a position of the other one also right after a start', async () => {
    const logs = new MemoryLogs();
    const directory = temporaryDirectory();
    const { store: a } = await openStore(logs);
    const before = await openStore(logs, { directory });
    await send(a, 's', batchAt(1));
    await has(before.store, 't', 1);
    await before.store.close();
    const { store: b, cluster } = await openStore(logs, { directory });
    cluster.hold();
    const position = await send(a, 's', batchAt(2));
    const resolved = b.log.resolve('t', { position });
    const page = b.log.read({ topic: 't', after: position, limit: 9 });
    cluster.letGo();
    expect([await resolved, (await page).position]).toEqual([position, position]);
  });

  it('store once what both get at the same time under one key, and refuse another body', async () => {
    const logs = new MemoryLogs();
    const stores = [(await openStore(logs)).store, (await openStore(logs)).store];
    const append = (store: KafkaStore, body: string) =>
      store.log.append({
        topic: 't',
        streamId: 's',
        batch: batchAt(1),
        createTopic: true,
        record: recordOf('k', body),
      });
    const receipts = await Promise.all(stores.map((store) => append(store, 'body')));
    expect(receipts.map(({ position }) => position).toSorted()).toEqual(['1', undefined]);
    await expect(append(stores[0]!, 'other')).rejects.toMatchObject({ code: 'idempotency_mismatch' });
    for (const store of stores) expect(await readAll(store)).toHaveLength(1);
  });

  it('make a topic once, whoever is first', async () => {
    const logs = new MemoryLogs();
    const [{ store: a }, { store: b }] = [await openStore(logs), await openStore(logs)];
    const source = {
      name: 't',
      definition: 'SCHEMA >\n    a Int8',
      columns: [{ name: 'a', storage: 'integer' as const }],
    };
    const [made, written] = await Promise.allSettled([a.rows.createDataSource(source), send(b, 's', batchAt(1))]);
    expect([made.status, written.status].toSorted()).toEqual(['fulfilled', 'rejected']);
    expect((written as PromiseRejectedResult).reason).toMatchObject({ code: 'wrong_topic_kind' });
  });

  it('learn from each other which tokens are revoked', async () => {
    const logs = new MemoryLogs();
    const [{ store: a }, { store: b }] = [await openStore(logs), await openStore(logs)];
    const told = new Promise((resolve) => {
      b.onRevoked((tokenId, until) => {
        resolve([tokenId, until]);
      });
    });
    await a.tokens.revokeToken('x', Date.now() + 1e6);
    expect(await told).toEqual(['x', expect.any(Number)]);
    expect(await b.tokens.revokedTokens()).toMatchObject([{ tokenId: 'x' }]);
  });

  it('remove a topic everywhere, whose name another one may have then', async () => {
    const logs = new MemoryLogs();
    const [{ store: a }, { store: b }] = [await openStore(logs), await openStore(logs)];
    const old = await send(a, 's', batchAt(1));
    await has(b, 't', 1);
    await b.log.removeTopic('t');
    await send(a, 's', batchAt(2)).catch((error: unknown) => {
      // It may not have heard of it yet.
      expect(error).toMatchObject({ code: 'unknown_topic' });
    });
    const position = await send(a, 's', batchAt(3));
    expect(position).not.toBe(old);
    await expect(a.log.resolve('t', { position: old })).rejects.toMatchObject({ code: 'position_gone' });
    expect(logs.names.filter((name) => name.startsWith('hub-t'))).toHaveLength(1);
  });
});

describe('a store that is opened', () => {
  it('goes on where its view was, and carries nothing out twice', async () => {
    const [logs, directory] = [new MemoryLogs(), temporaryDirectory()];
    const { store } = await openStore(logs, { directory });
    await send(store, 's', batchAt(1, 2));
    await store.close();
    const { store: other } = await openStore(logs);
    await send(other, 's', batchAt(3));
    const { store: again } = await openStore(logs, { directory });
    expect(idsOf(await readAll(again))).toEqual(['1', '2', '3']);
    expect(await readAll(again)).toEqual(await readAll(other));
  });

  it('makes its view anew when there is none', async () => {
    const logs = new MemoryLogs();
    const { store } = await openStore(logs);
    await send(store, 's', batchAt(1, 2));
    await store.log.putStream({ topic: 't', streamId: 's', properties: { name: 'n' }, createTopic: false });
    await store.log.removeTopic('t');
    await send(store, 's', batchAt(3));
    const { store: anew } = await openStore(logs);
    expect(await readAll(anew)).toEqual(await readAll(store));
    expect(await anew.catalogue.streams('t', { limit: 9 })).toEqual(await store.catalogue.streams('t', { limit: 9 }));
  });

  it('leaves out what was put into a log twice', async () => {
    const logs = new MemoryLogs();
    const { store, cluster } = await openStore(logs);
    const sent = cluster.send.bind(cluster);
    cluster.send = (log, record) => {
      sent(log, record);
      sent(log, record);
    };
    await send(store, 's', batchAt(1));
    await send(store, 's', batchAt(2));
    expect(idsOf(await readAll(store))).toEqual(['1', '2']);
  });

  it('leaves out what no hub has written, says where it is, and counts it', async () => {
    const [logs, { said, log }] = [new MemoryLogs(), lines()];
    const { store } = await openStore(logs, { log });
    await send(store, 's', batchAt(1));
    logs.append('hub-t', { key: null, value: Buffer.from('x'), headers: [] });
    await send(store, 's', batchAt(2));
    expect(idsOf(await readAll(store))).toEqual(['1', '2']);
    expect(store.foreign).toEqual({ count: 1, last: { log: 'hub-t', offset: 1 } });
    expect(said.filter((line) => line.includes('no hub has written'))).toEqual([
      expect.stringContaining('"log":"hub-t","offset":1'),
    ]);
  });

  it('stops at what a newer version has written', async () => {
    const logs = new MemoryLogs();
    const { store } = await openStore(logs);
    await send(store, 's', batchAt(1));
    logs.append('hub-t', { key: null, value: Buffer.from('x'), headers: [{ 'writer-hub-format': '4' }] });
    await expect(send(store, 's', batchAt(2))).rejects.toMatchObject({
      code: 'store_unavailable',
      message: expect.stringContaining('offset 1 of hub-t may be one of a newer version') as string,
    });
    expect(store.writable).toBe(false);
    await expect(store.probe()).rejects.toMatchObject({ code: 'store_unavailable' });
  });

  it('refuses writes before it has caught up, and while the cluster cannot be reached is not ready', async () => {
    const logs = new MemoryLogs();
    const { store, cluster } = await openUnready(logs);
    await expect(send(store, 's', batchAt(1))).rejects.toMatchObject({
      code: 'store_unavailable',
      message: expect.stringMatching(/has not been reached yet|is catching up/) as string,
    });
    await store.ready;
    await send(store, 's', batchAt(1));
    cluster.tellReachable(new Error('all brokers are down'));
    expect(store.writable).toBe(false);
    await expect(store.probe()).rejects.toMatchObject({ message: expect.stringContaining('are down') as string });
    cluster.tellReachable(undefined);
    await store.probe();
  });

  it('is not taken for an embedded store', async () => {
    const directory = temporaryDirectory();
    const { store } = await openStore(new MemoryLogs(), { directory });
    await send(store, 's', batchAt(1));
    await store.close();
    const options = { directory, busyTimeout: 100, maxTopics: 1, maxStreamsPerTopic: 1, maxQueueBytes: 1e6 };
    await expect(SqliteStore.open(options)).rejects.toMatchObject({
      code: 'store_unavailable',
      message: expect.stringContaining('the view of a store on Kafka') as string,
    });
  });

  it('is refused in the directory of an embedded store', async () => {
    const directory = temporaryDirectory();
    const options = { directory, busyTimeout: 100, maxTopics: 1, maxStreamsPerTopic: 1, maxQueueBytes: 1e6 };
    const embedded = await SqliteStore.open(options);
    await send(embedded, 's', batchAt(1));
    await embedded.close();
    const { store } = await openUnready(new MemoryLogs(), { directory });
    await expect(store.ready).rejects.toThrow(/no view of a Kafka cluster/);
  });

  it('refuses the view of another cluster', async () => {
    const directory = temporaryDirectory();
    const { store } = await openStore(new MemoryLogs(), { directory });
    await send(store, 's', batchAt(1));
    await store.close();
    const { store: other } = await openUnready(new MemoryLogs(), { directory });
    await expect(other.ready).rejects.toThrow(WriterHubError);
    await expect(other.ready).rejects.toThrow(/the view of another Kafka cluster/);
  });
});
