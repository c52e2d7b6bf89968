import fc from 'fast-check';
import { chunkPlaceOf, fromChunks, toChunks } from '../../../src/store/kafka/chunks';
import type { KafkaStore } from '../../../src/store/kafka/kafka-store';
import {
  ForeignRecord,
  type LogWrite,
  numberHeaders,
  type RawRecord,
  toRecord,
} from '../../../src/store/kafka/log-record';
import { temporaryDirectory } from '../../support/temporary-directory';
import { batchAt, idsOf, readAll, send } from '../support/batches';
import { recordOf } from '../support/rows';
import { MemoryLogs } from './support/memory-cluster';
import { openStore } from './support/open-store';

const LOG = 'hub-t';
const TIMESTAMPS = Array.from({ length: 50 }, (_, index) => index + 1);

/** The records of an append of another process. */
function chunksOf(writer: string, firstNumber: number, ...timestamps: number[]): RawRecord[] {
  const write: LogWrite = {
    kind: 'events',
    append: { topic: 't', streamId: 's', createTopic: true, batch: batchAt(...timestamps) },
  };
  const limits = { maxTopics: 9, maxStreamsPerTopic: 9, maxParametersPerTopic: 9 };
  return toChunks(toRecord({ write, limits }), 500).map(({ key, value, headers }, index) => ({
    ...{ key, value },
    headers: [...headers, ...numberHeaders({ writer, number: firstNumber + index })],
  }));
}

/** Resolves when a store has carried out all of the log. */
async function carriedOut(store: KafkaStore, logs: MemoryLogs): Promise<void> {
  const { length } = logs.ensure(LOG).records;
  for (;;) {
    const log = (await store.view.view.logs()).find(({ name }) => name === LOG);
    if (log?.next === length) return;
    await new Promise(setImmediate);
  }
}

describe('chunks', () => {
  it('are the record that they were made of, whatever its sizes', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        fc.string({ maxLength: 100 }),
        fc.integer({ min: 1, max: 120 }),
        (bytes, about, most) => {
          const headers = [{ 'writer-hub-format': '1' }, { 'writer-hub-kind': 'rows' }, { 'writer-hub-about': about }];
          const record = { key: 'k', value: Buffer.from(bytes), headers };
          const chunks = toChunks(record, most);
          for (const { value } of chunks.length > 1 ? chunks : []) expect(value.length).toBeLessThanOrEqual(most);
          if (chunks.length === 1 && chunkPlaceOf(chunks[0]!) === undefined) {
            expect(chunks[0]).toBe(record);
            return;
          }
          const places = chunks.map((chunk) => chunkPlaceOf(chunk)!);
          expect(places.map(({ index, count }) => [index, count])).toEqual(
            chunks.map((_, index) => [index, chunks.length]),
          );
          const whole = fromChunks(
            chunks.map(({ value }) => value),
            chunks.at(-1)!,
            places.at(-1)!,
          );
          expect([whole.key, whole.value]).toEqual(['k', record.value]);
          const texts = whole.headers
            .flatMap((header) => Object.entries(header))
            .map(([name, text]) => [name, String(text)]);
          expect(texts).toEqual(headers.flatMap((header) => Object.entries(header)));
        },
      ),
    );
  });

  it.each(['', '{}', '{"index":2,"count":2,"aboutBytes":0}', '{"index":-1,"count":2,"aboutBytes":0}'])(
    'that say %j of their place stop what reads them',
    (text) => {
      const headers = [{ 'writer-hub-format': '2' }, { 'writer-hub-chunk': text }];
      expect(() => chunkPlaceOf({ key: null, value: null, headers })).toThrow(ForeignRecord);
    },
  );
});

describe('an append that is too large for a record', () => {
  it('is chunks in the log, and one append to every reader', async () => {
    const logs = new MemoryLogs();
    const [{ store: a }, { store: b }] = [await openStore(logs, { maxRecordBytes: 500 }), await openStore(logs)];
    await send(a, 's', batchAt(0));
    const position = await send(a, 's', batchAt(...TIMESTAMPS));
    expect(logs.ensure(LOG).records.length).toBeGreaterThan(3);
    await carriedOut(b, logs);
    for (const store of [a, b]) expect(idsOf(await readAll(store))).toEqual(['0', ...TIMESTAMPS.map(String)]);
    expect(position).toBe('51');
  });

  it('is stored once under its key, however often it is sent', async () => {
    const logs = new MemoryLogs();
    const { store } = await openStore(logs, { maxRecordBytes: 500 });
    const append = { topic: 't', streamId: 's', batch: batchAt(...TIMESTAMPS), createTopic: true };
    const record = recordOf('k', 'body');
    const receipts = [await store.log.append({ ...append, record }), await store.log.append({ ...append, record })];
    expect(receipts.map(({ position }) => position === undefined)).toEqual([false, true]);
    expect(await readAll(store)).toHaveLength(50);
  });

  it('is refused when it is more than one write may be', async () => {
    const { store } = await openStore(new MemoryLogs(), { maxRecordBytes: 500, maxWriteBytes: 1000 });
    await expect(send(store, 's', batchAt(...TIMESTAMPS))).rejects.toMatchObject({ code: 'message_too_large' });
    expect((await store.catalogue.topic('t'))?.recordCount ?? 0).toBe(0);
  });

  it('is seen when its last chunk has come, also when the hub was started again in between', async () => {
    const logs = new MemoryLogs();
    const directory = temporaryDirectory();
    const first = await openStore(logs, { directory });
    await send(first.store, 's', batchAt(0));
    const chunks = chunksOf('w', 1, ...TIMESTAMPS);
    for (const chunk of chunks.slice(0, -1)) logs.append(LOG, chunk);
    await carriedOut(first.store, logs);
    expect(await readAll(first.store)).toHaveLength(1);
    await first.store.close();
    const { store } = await openStore(logs, { directory });
    // What others write meanwhile is not held up.
    await send(store, 's', batchAt(99));
    logs.append(LOG, chunks.at(-1)!);
    await carriedOut(store, logs);
    expect(idsOf(await readAll(store))).toEqual(['0', '99', ...TIMESTAMPS.map(String)]);
  });

  it('is one of those of several writers, whose chunks lie between each other', async () => {
    const logs = new MemoryLogs();
    const { store } = await openStore(logs);
    await send(store, 's', batchAt(0));
    const [one, other] = [chunksOf('w1', 1, ...TIMESTAMPS), chunksOf('w2', 1, ...TIMESTAMPS.map((each) => each + 100))];
    for (const index of other.keys()) {
      for (const chunk of [one[index], other[index]]) if (chunk !== undefined) logs.append(LOG, chunk);
    }
    await carriedOut(store, logs);
    expect(await readAll(store)).toHaveLength(1 + 2 * 50);
  });

  it('is stored once though chunks of it were sent again, and what another one has left does not matter', async () => {
    const logs = new MemoryLogs();
    const { store } = await openStore(logs);
    await send(store, 's', batchAt(0));
    const [left] = chunksOf('w', 1, ...TIMESTAMPS);
    const chunks = chunksOf('w', 2, ...TIMESTAMPS);
    for (const chunk of [left!, chunks[0]!, chunks[1]!, chunks[0]!, ...chunks.slice(1)]) logs.append(LOG, chunk);
    await carriedOut(store, logs);
    expect(await readAll(store)).toHaveLength(51);
  });

  it('is left out, and told of, when its beginning is missing', async () => {
    const logs = new MemoryLogs();
    const { store } = await openStore(logs);
    await send(store, 's', batchAt(0));
    for (const chunk of chunksOf('w', 1, ...TIMESTAMPS).slice(1)) logs.append(LOG, chunk);
    await carriedOut(store, logs);
    expect(await readAll(store)).toHaveLength(1);
    expect(store.foreign.count).toBe(1);
  });
});
