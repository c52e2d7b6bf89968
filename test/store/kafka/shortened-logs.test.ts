import { toChunks } from '../../../src/store/kafka/chunks';
import type { KafkaStore } from '../../../src/store/kafka/kafka-store';
import { numberHeaders, type RawRecord, toRecord } from '../../../src/store/kafka/log-record';
import { toParts } from '../../../src/store/kafka/state-records';
import type { Change } from '../../../src/store/sqlite/channel/messages';
import { temporaryDirectory } from '../../support/temporary-directory';
import { batchAt, idsOf, readAll, send } from '../support/batches';
import { sendPackage, speedAt } from '../support/packages';
import { failedRow, quarantineOf, recordOf, rowsOf, values } from '../support/rows';
import { createSource, TestSource } from '../support/test-source';
import { MemoryLogs } from './support/memory-cluster';
import { openStore, openUnready, type OpenOptions } from './support/open-store';
import { viewContent } from './support/view-content';

/** Everything that can be done is done at once. */
const shorten = { every: 64, settledFor: 0, lookEvery: 3_600_000 };

const LOG = 'hub-t';

const put = { topic: 't', createTopic: true };

const LIMITS = { maxTopics: 9, maxStreamsPerTopic: 99, maxParametersPerTopic: 9 };

/** A change as another process would put it into a log. */
function recordOfChange(change: Change, writer: string, number: number): RawRecord {
  const { headers, ...record } = toRecord({ write: { kind: 'change', change }, limits: LIMITS });
  return { ...record, headers: [...headers, ...numberHeaders({ writer, number })] };
}

/** An append of another process, in chunks. */
function chunksOf(writer: string, ...timestamps: number[]): RawRecord[] {
  const append = { topic: 't', streamId: 's', createTopic: true, batch: batchAt(...timestamps) };
  const chunks = toChunks(toRecord({ write: { kind: 'events', append }, limits: LIMITS }), 1000);
  return chunks.map(({ headers, ...chunk }, index) => ({
    ...chunk,
    headers: [...headers, ...numberHeaders({ writer, number: index + 1 })],
  }));
}

function ignore(): void {
  // What it says is not looked at.
}

async function until(isTrue: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await new Promise(setImmediate);
}

/** Resolves when a store has carried out all that is in the logs. */
async function caughtUp(store: KafkaStore, logs: MemoryLogs): Promise<void> {
  await until(async () => {
    const applied = new Map((await store.view.view.logs()).map(({ name, next }) => [name, next]));
    return logs.names.every((log) => (applied.get(log) ?? 0) === logs.endOf(log));
  });
}

const MANY = Array.from({ length: 100 }, (_, n) => n);

/** So much that there is something to be gained. */
async function fill(store: KafkaStore, topic = 't'): Promise<void> {
  for (let n = 0; n < 20; n += 1) await send(store, `filler-${n % 2}`, batchAt(...MANY), topic);
}

async function isEmpty(store: KafkaStore, topic = 't'): Promise<boolean> {
  const found = await store.catalogue.topic(topic);
  return found?.earliest === found?.position;
}

/** Has a topic keep nothing of what it holds, and then everything again. */
async function empty(store: KafkaStore, topic = 't'): Promise<void> {
  await store.log.setRetention({ topic, bytes: 1, confirmed: true });
  await until(() => isEmpty(store, topic));
  await store.log.setRetention({ topic, bytes: 0, confirmed: true });
}

/** Has the logs of a store say what its topics are, and then begin there. */
async function cut(store: KafkaStore): Promise<void> {
  await store.shorten();
  await store.shorten();
}

/** Closes stores, and gives what their views hold. */
async function contents(logs: MemoryLogs, ...stores: readonly (readonly [KafkaStore, string])[]): Promise<unknown[]> {
  for (const [store] of stores) await caughtUp(store, logs);
  await Promise.all(stores.map(([store]) => store.close()));
  return stores.map(([, directory]) => viewContent(directory));
}

async function openAt(logs: MemoryLogs, options: OpenOptions = {}): Promise<readonly [KafkaStore, string]> {
  const directory = temporaryDirectory();
  const { store } = await openStore(logs, { directory, shorten, ...options });
  return [store, directory];
}

describe('a log whose topic keeps nothing of what was stored before a state', () => {
  it('begins there, and a view that is made anew is as one that has seen all of it', async () => {
    const logs = new MemoryLogs();
    const [a, atA] = await openAt(logs);
    await fill(a);
    const to = { topic: 't', createTopic: false };
    await a.log.putStream({
      ...to,
      streamId: 'closed',
      createTopic: true,
      properties: { name: 'one', parents: ['x'] },
    });
    await a.log.closeStream('t', 'closed');
    const definitions = { parameters: [{ id: 'Speed', name: 'how fast' }] };
    await a.log.putDefinitions({ ...to, streamId: 'defined', definitions });
    await sendPackage(a, 'packages', speedAt(1, 2));
    await send(a, 'removed', batchAt(7));
    await a.log.removeStream('t', 'removed');
    const once = { ...to, streamId: 'once', batch: batchAt(5), record: recordOf('k', 'body') };
    await a.log.append(once);
    await empty(a);
    await cut(a);
    expect(logs.startOf(LOG)).toBeGreaterThan(20);
    expect(a.shortened.records).toBe(logs.startOf(LOG));
    await send(a, 'later', batchAt(100));
    const [b, atB] = await openAt(logs);
    expect(idsOf(await readAll(b))).toEqual(['100']);
    expect(await b.log.append(once)).toEqual(await a.log.append(once));
    const other = b.log.append({ ...once, record: recordOf('k', 'another') });
    await expect(other).rejects.toMatchObject({ code: 'idempotency_mismatch' });
    await expect(b.log.read({ topic: 't', after: '3', limit: 9 })).rejects.toMatchObject({
      code: 'position_gone',
      earliest: (await a.catalogue.topic('t'))!.earliest,
    });
    const [one, two] = await contents(logs, [a, atA], [b, atB]);
    expect(two).toEqual(one);
  });

  it('keeps rows that are quarantined, and the schema and its version', async () => {
    const logs = new MemoryLogs();
    const [a, atA] = await openAt(logs);
    const source = await createSource(a, ['integer']);
    for (let n = 0; n < 40; n += 1) await source.send({ rows: values(...MANY) });
    await source.send({ quarantine: quarantineOf(failedRow('a'), failedRow('b')) });
    await source.change({ added: [{ name: 'more', storage: 'text', fill: null }] });
    const grown = await source.current();
    const once = { rows: rowsOf([null, 1, 'x']), record: recordOf('k', 'body') };
    await grown.send(once);
    await a.rows.truncateDataSource('d', 'rows');
    await cut(a);
    expect(logs.startOf('hub-d')).toBeGreaterThan(40);
    await grown.send({ rows: rowsOf([null, 2, 'y']), quarantine: quarantineOf(failedRow('c')) });
    const [b, atB] = await openAt(logs);
    const rebuilt = await TestSource.of(b);
    expect(rebuilt.schemaVersion).toBe(grown.schemaVersion);
    expect(await rebuilt.send(once)).toBe(once.record.answer);
    const quarantined = await rebuilt.quarantine();
    expect(quarantined.map(({ raw }) => Buffer.from(raw).toString())).toEqual(['a', 'b', 'c']);
    await rebuilt.send({ rows: rowsOf([null, 3, 'z']), replaced: [quarantined[0]!.id] });
    const [one, two] = await contents(logs, [a, atA], [b, atB]);
    expect(two).toEqual(one);
  });

  it('begins there when all its events were of streams that were removed, with the same earliest position', async () => {
    const logs = new MemoryLogs();
    const [a, atA] = await openAt(logs);
    await fill(a);
    for (const stream of ['filler-0', 'filler-1']) await a.log.removeStream('t', stream);
    // They are deleted in the background.
    await until(async () => {
      await a.shorten();
      return logs.startOf(LOG) > 20;
    });
    await until(() => isEmpty(a));
    const [b, atB] = await openAt(logs);
    expect((await b.catalogue.topic('t'))!.earliest).toBe((await a.catalogue.topic('t'))!.earliest);
    const [one, two] = await contents(logs, [a, atA], [b, atB]);
    expect(two).toEqual(one);
  });

  it('goes on with what was written while its state was put there', async () => {
    const logs = new MemoryLogs();
    const [[a, atA], [c, atC]] = [await openAt(logs), await openAt(logs)];
    await fill(a);
    for (let n = 0; n < 20; n += 1) await a.log.putStream({ ...put, streamId: `s${n}`, properties: { name: `n${n}` } });
    await empty(a);
    await caughtUp(a, logs);
    const state = await a.view.view.topicState('t', LOG);
    for (const [index, part] of toParts('t', state!, 300).entries()) {
      await send(index % 2 === 0 ? a : c, `later-${index % 3}`, batchAt(index));
      await a.log.closeStream('t', `s${index}`);
      logs.append(LOG, recordOfChange(part, 'another', index + 1));
    }
    await send(c, 'later', batchAt(100));
    await caughtUp(a, logs);
    await a.shorten();
    expect(logs.startOf(LOG)).toBe(state!.asOf);
    const [b, atB] = await openAt(logs);
    expect(await readAll(b)).toEqual(await readAll(a));
    const [one, two, three] = await contents(logs, [a, atA], [b, atB], [c, atC]);
    expect([two, three]).toEqual([one, one]);
  });

  it('gives a write whose chunks lie before and behind it', async () => {
    const logs = new MemoryLogs();
    const [a, atA] = await openAt(logs);
    await fill(a);
    const chunks = chunksOf('another', ...MANY);
    for (const chunk of chunks.slice(0, -1)) logs.append(LOG, chunk);
    await empty(a);
    await cut(a);
    logs.append(LOG, chunks.at(-1)!);
    const [b, atB] = await openAt(logs);
    expect(await readAll(b)).toHaveLength(100);
    const [one, two] = await contents(logs, [a, atA], [b, atB]);
    expect(two).toEqual(one);
  });

  it('leaves out what lies there a second time, also when the first is gone', async () => {
    const logs = new MemoryLogs();
    const [a] = await openAt(logs);
    await fill(a);
    const [repeated] = logs.ensure(LOG).records;
    await empty(a);
    await cut(a);
    logs.append(LOG, repeated!);
    const [b] = await openAt(logs);
    for (const store of [a, b]) {
      await caughtUp(store, logs);
      expect(await readAll(store)).toEqual([]);
    }
  });

  it('begins there once when several stores do it at the same time', async () => {
    const logs = new MemoryLogs();
    const [[a, atA], [c, atC]] = [await openAt(logs), await openAt(logs)];
    await fill(a);
    await empty(a);
    await until(() => isEmpty(c));
    for (let times = 0; times < 3; times += 1) await Promise.all([a.shorten(), c.shorten()]);
    expect(logs.startOf(LOG)).toBeGreaterThan(20);
    const [b, atB] = await openAt(logs);
    const [one, two, three] = await contents(logs, [a, atA], [b, atB], [c, atC]);
    expect([two, three]).toEqual([one, one]);
  });

  it('begins there by another store when the one that has decided it was killed before it did it', async () => {
    const logs = new MemoryLogs();
    const { store: a, cluster } = await openStore(logs, { shorten });
    const [c] = await openAt(logs);
    await fill(a);
    await empty(a);
    cluster.cut = () => Promise.reject(new Error('killed'));
    await cut(a);
    await a.close();
    await caughtUp(c, logs);
    const ends = logs.endOf(LOG);
    expect(logs.startOf(LOG)).toBe(0);
    await c.shorten();
    expect([logs.startOf(LOG) > 20, logs.endOf(LOG)]).toEqual([true, ends]);
  });

  it('is let go by a store that would keep it for longer, too', async () => {
    const logs = new MemoryLogs();
    const [c, atC] = await openAt(logs);
    const [a] = await openAt(logs);
    await fill(c);
    await caughtUp(a, logs);
    const sizes = { maxQueueBytes: 1e9, maxTopics: 9, maxStreamsPerTopic: 99 };
    await a.setLimits({ ...sizes, retention: { age: 0, bytes: 1 } });
    await until(() => isEmpty(a));
    await cut(a);
    await until(() => isEmpty(c));
    expect(await readAll(c)).toEqual([]);
    await a.close();
    const [b, atB] = await openAt(logs);
    const [one, two] = await contents(logs, [c, atC], [b, atB]);
    expect(two).toEqual(one);
  });

  it('begins where it began when something is kept, nobody wants it shorter, or a state has not lain there for long', async () => {
    const logs = new MemoryLogs();
    const [a] = await openAt(logs);
    await fill(a);
    await a.log.setRetention({ topic: 't', age: 3_600_000, confirmed: true });
    await cut(a);
    expect(logs.startOf(LOG)).toBe(0);
    const { store: b } = await openStore(logs);
    await empty(b);
    await cut(b);
    expect(logs.startOf(LOG)).toBe(0);
    const [c] = await openAt(logs, { shorten: { ...shorten, settledFor: 3_600_000 } });
    await cut(c);
    expect(logs.startOf(LOG)).toBe(0);
    await cut(a);
    expect(logs.startOf(LOG)).toBeGreaterThan(20);
  });
});

describe('a store whose clock is not that of the cluster', () => {
  it.each([-3_600_000, 3_600_000])('by %d ms cuts no log, as it may have taken for old what is not', async (by) => {
    const logs = new MemoryLogs();
    const warnings: string[] = [];
    const warn = (details: object): number => warnings.push(JSON.stringify(details));
    const [a] = await openAt(logs, { log: { info: ignore, warn, error: ignore } });
    await fill(a);
    await empty(a);
    await a.shorten();
    logs.now = () => Date.now() + by;
    await a.shorten();
    expect(logs.startOf(LOG)).toBe(0);
    expect(warnings.join()).toContain(`is ${-by / 1000} s ahead of that of the Kafka cluster`);
    logs.now = () => Date.now();
    await a.shorten();
    expect(logs.startOf(LOG)).toBeGreaterThan(20);
  });
});

describe('a view that does not have yet what a log begins behind', () => {
  it('takes what the log says that its topic was, when it is opened', async () => {
    const logs = new MemoryLogs();
    const [a, atA] = await openAt(logs);
    const [c, atC] = await openAt(logs);
    await fill(a);
    await sendPackage(a, 'packages', speedAt(1, 2));
    await send(a, 'removed', batchAt(7));
    await caughtUp(c, logs);
    await c.close();
    await a.log.removeStream('t', 'removed');
    await fill(a);
    await empty(a);
    await cut(a);
    await send(a, 'later', batchAt(100));
    const { store: again } = await openStore(logs, { directory: atC });
    expect(idsOf(await readAll(again))).toEqual(['100']);
    const [one, two] = await contents(logs, [a, atA], [again, atC]);
    expect(two).toEqual(one);
  });

  it('takes it of data sources as well', async () => {
    const logs = new MemoryLogs();
    const [[a, atA], [c, atC]] = [await openAt(logs), await openAt(logs)];
    const source = await createSource(a);
    for (let n = 0; n < 40; n += 1)
      await source.send({ rows: values(...MANY), quarantine: quarantineOf(failedRow('a')) });
    await caughtUp(c, logs);
    await c.close();
    await source.change({ added: [{ name: 'more', storage: 'text', fill: null }] });
    await a.rows.truncateDataSource('d', 'rows');
    await cut(a);
    const { store: again } = await openStore(logs, { directory: atC });
    const [one, two] = await contents(logs, [a, atA], [again, atC]);
    expect(two).toEqual(one);
  });

  it('takes it while it is open, and tells readers that what they were behind is gone', async () => {
    const logs = new MemoryLogs();
    const [a, atA] = await openAt(logs);
    const atC = temporaryDirectory();
    const { store: c, cluster } = await openStore(logs, { directory: atC });
    const position = await send(a, 's', batchAt(1));
    await caughtUp(c, logs);
    cluster.hold();
    await fill(a);
    await empty(a);
    await cut(a);
    await send(a, 'later', batchAt(100));
    cluster.letGo();
    await caughtUp(c, logs);
    await expect(c.log.read({ topic: 't', after: position, limit: 9 })).rejects.toMatchObject({
      code: 'position_gone',
    });
    await send(c, 'later', batchAt(101));
    const [one, two] = await contents(logs, [a, atA], [c, atC]);
    expect(two).toEqual(one);
  });

  it('does not take a state of which a part is missing, as its hub was killed', async () => {
    const logs = new MemoryLogs();
    const [a, atA] = await openAt(logs, { maxRecordBytes: 2000 });
    await fill(a);
    await empty(a);
    const state = await a.view.view.topicState('t', LOG);
    const parts = toParts('t', state!, 300);
    expect(parts.length).toBeGreaterThan(1);
    for (const [index, change] of parts.slice(0, -1).entries())
      logs.append(LOG, recordOfChange(change, 'killed', index + 1));
    await caughtUp(a, logs);
    const from = logs.endOf(LOG);
    await cut(a);
    expect(logs.startOf(LOG)).toBe(from);
    const [b, atB] = await openAt(logs);
    const [one, two] = await contents(logs, [a, atA], [b, atB]);
    expect(two).toEqual(one);
  });
});

describe('records that somebody else has deleted', () => {
  const LOST = { code: 'store_unavailable', message: expect.stringContaining('are gone') as string };

  it('keep a store from being opened with a view that is made anew, or one that did not have them', async () => {
    const logs = new MemoryLogs();
    const [a] = await openAt(logs);
    const [c, atC] = await openAt(logs);
    await send(a, 's', batchAt(1));
    await caughtUp(c, logs);
    await c.close();
    await fill(a);
    logs.cut(LOG, 10);
    for (const options of [{}, { directory: atC }]) {
      const { store } = await openUnready(logs, options);
      await expect(store.ready).rejects.toMatchObject(LOST);
    }
    logs.cut(LOG, logs.endOf(LOG));
    await expect((await openUnready(logs)).store.ready).rejects.toMatchObject(LOST);
  });

  it('have a store take no more writes that was behind, and it says so', async () => {
    const logs = new MemoryLogs();
    const errors: string[] = [];
    const log = {
      ...{ info: ignore, warn: ignore },
      error: (details: object, text: string) => errors.push(`${text} ${JSON.stringify(details)}`),
    };
    const [a] = await openAt(logs);
    const { store: c, cluster } = await openStore(logs, { log });
    await send(a, 's', batchAt(1));
    await caughtUp(c, logs);
    cluster.hold();
    await fill(a);
    logs.cut(LOG, 10);
    cluster.letGo();
    await until(() => errors.length > 0);
    expect(errors[0]).toContain('those from 1 to 9');
    await expect(send(c, 's', batchAt(2))).rejects.toMatchObject(LOST);
  });
});

describe('a log whose topic has too many streams and keys', () => {
  it('is kept whole, which is said once', async () => {
    const logs = new MemoryLogs();
    const said: string[] = [];
    const warn = (details: object, message?: string): number => said.push(`${JSON.stringify(details)} ${message}`);
    const log = { info: ignore, warn, error: ignore };
    const [store, directory] = await openAt(logs, { shorten: { ...shorten, most: 150 }, log });
    await fill(store);
    await empty(store);
    await cut(store);
    expect(logs.startOf(LOG)).toBe(0);
    expect(said).toEqual([expect.stringMatching(/"log":"hub-t".*over 150 bytes.* are all kept/)]);
    await contents(logs, [store, directory]);
  });
});
