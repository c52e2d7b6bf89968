import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { batchOf, readAll, send } from '../store/support/batches';
import { describeKafka, freshPrefix, openKafkaStore } from './support/open-kafka-store';
import { FILES } from './support/suite-cluster';

/** What brokers have of a Kafka topic of one partition. */
function filesOf(topic: string): Buffer[] {
  return [1, 2, 3]
    .map((id) => path.join(process.env[FILES]!, `broker-${id}`, 'data', `${topic}-0`, '00000000000000000000.log'))
    .filter((file) => existsSync(file))
    .map((file) => readFileSync(file));
}

/** Of the first batch of records: the lowest bits of its attributes (record batch v2 of KIP-98). */
const compressionOf = (file: Buffer): number => file.readInt16BE(21) & 7;

describeKafka('what is written to a cluster', () => {
  it.each([
    ['none', 0],
    ['gzip', 1],
    ['snappy', 2],
    ['lz4', 3],
    ['zstd', 4],
  ] as const)('is compressed as the option says: %s', async (compression, code) => {
    const prefix = freshPrefix();
    const store = await openKafkaStore({ prefix, cluster: { compression } });
    try {
      const ids = Array.from({ length: 1000 }, (_, index) => `event-${index}`);
      const batch = batchOf(ids.map((id) => ({ timestamp: 1n, id, value: 'the same again' })));
      await send(store, 's', batch);
      // The first acknowledgement needs two brokers of three.
      const files = filesOf(`${prefix}t`).filter(({ length }) => length > 0);
      expect(files.length).toBeGreaterThanOrEqual(2);
      for (const file of files) expect(compressionOf(file)).toBe(code);
      const isSmaller = Math.max(...files.map(({ length }) => length)) < batch.json.length / 4;
      expect(isSmaller).toBe(compression !== 'none');
      expect((await readAll(store, { streamId: 's' })).map(({ id }) => id)).toEqual(ids);
    } finally {
      await store.close();
    }
  });
});
