import type { KafkaStore } from '../../src/store/kafka/kafka-store';
import { batchOf, readAll, send } from '../store/support/batches';
import { describeKafka, freshPrefix, openKafkaStore } from './support/open-kafka-store';

const OPEN: KafkaStore[] = [];

afterEach(async () => {
  await Promise.all(OPEN.splice(0).map((store) => store.close()));
});

describeKafka('an append of more than a record of the cluster may have', () => {
  it('is stored once, whole and in its place, on every hub', async () => {
    const prefix = freshPrefix();
    const [a, b] = [await openKafkaStore({ prefix }), await openKafkaStore({ prefix })];
    OPEN.push(a, b);
    const value = 'x'.repeat(1000);
    const many = Array.from({ length: 5000 }, (_, index) => ({
      timestamp: BigInt(index),
      id: `large-${index}`,
      value,
    }));
    const batch = batchOf(many);
    expect(batch.json.length).toBeGreaterThan(5_000_000);
    const positions = await Promise.all([
      send(a, 's', batchOf([{ timestamp: 1n, id: 'before' }])),
      send(a, 's', batch),
      send(b, 'other', batchOf([{ timestamp: 1n, id: 'of another hub' }])),
      send(a, 's', batchOf([{ timestamp: 1n, id: 'behind' }])),
    ]);
    for (const store of [a, b]) {
      // It is read there when it has come so far.
      for (const after of positions) await store.log.read({ topic: 't', after, limit: 1 });
      const stored = (await readAll(store, { streamId: 's' })).map(({ id }) => id);
      expect(stored).toEqual(['before', ...many.map(({ id }) => id), 'behind']);
    }
  });
});
