import { randomBytes } from 'node:crypto';
import type { KafkaCluster } from '../../src/store/kafka/client/kafka-cluster';
import { kafkaModule } from './support/kafka-module';
import { describeKafka, newCluster } from './support/open-kafka-store';
import { BROKERS } from './support/suite-cluster';

/** A topic that somebody else has made. */
async function madeElsewhere(partitions: number, replicas: number): Promise<string> {
  const admin = kafkaModule().AdminClient.create({ 'bootstrap.servers': process.env[BROKERS]! });
  const topic = `elsewhere-${randomBytes(6).toString('hex')}`;
  try {
    await new Promise<void>((resolve, reject) => {
      const asked = { topic, num_partitions: partitions, replication_factor: replicas, config: {} };
      admin.createTopic(asked, 10_000, (error) => {
        if (error) reject(error);
        else resolve();
      });
    });
  } finally {
    admin.disconnect();
  }
  return topic;
}

describeKafka('a Kafka topic that somebody else has made', () => {
  let cluster: KafkaCluster;

  beforeAll(async () => {
    cluster = newCluster();
    await cluster.connect({
      onRecords: () => Promise.resolve(),
      onFailure: () => undefined,
      onReachable: () => undefined,
    });
  });

  afterAll(() => cluster.close());

  it.each([
    [
      'on fewer brokers than is promised',
      1,
      1,
      /lies on 1 of the brokers, and WRITER_HUB_KAFKA_MIN_INSYNC_REPLICAS asks for 2/,
    ],
    ['of several partitions', 2, 3, /has 2 partitions, and a log has one/],
  ])('%s is no log', async (_, partitions, replicas, why) => {
    await expect(cluster.ensure(await madeElsewhere(partitions, replicas))).rejects.toThrow(why);
  });

  it('on as many brokers is one', async () => {
    expect(await cluster.ensure(await madeElsewhere(1, 3))).toMatchObject({ start: 0, end: 0 });
  });
});
