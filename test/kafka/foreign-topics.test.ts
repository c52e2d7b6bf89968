import { randomBytes } from 'node:crypto';
import type { KafkaCluster, KafkaClusterOptions } from '../../src/store/kafka/client/kafka-cluster';
import { TopicNames } from '../../src/store/kafka/topic-names';
import { Command } from '../support/command';
import { temporaryDirectory } from '../support/temporary-directory';
import { freePort } from './support/free-port';
import { refusesFor } from './support/hub-process';
import { kafkaModule } from './support/kafka-module';
import { describeKafka, freshPrefix, newCluster } from './support/open-kafka-store';
import { BROKERS } from './support/suite-cluster';

/** A topic that somebody else has made. */
async function madeElsewhere(
  partitions: number,
  replicas: number,
  config: Readonly<Record<string, string>> = {},
  topic = `elsewhere-${randomBytes(6).toString('hex')}`,
): Promise<string> {
  const admin = kafkaModule().AdminClient.create({ 'bootstrap.servers': process.env[BROKERS]! });
  try {
    await new Promise<void>((resolve, reject) => {
      const asked = { topic, num_partitions: partitions, replication_factor: replicas, config };
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

/** What a hub sets its topics to, where the cluster has it otherwise. */
const AS_NEEDED = {
  'retention.ms': '-1',
  'message.timestamp.type': 'LogAppendTime',
  'max.message.bytes': '1048576',
  'min.insync.replicas': '2',
};

async function connected(options: Partial<KafkaClusterOptions> = {}): Promise<KafkaCluster> {
  const cluster = newCluster(options);
  await cluster.connect({
    onRecords: () => Promise.resolve(),
    onFailure: () => undefined,
    onReachable: () => undefined,
  });
  return cluster;
}

describeKafka('a Kafka topic that somebody else has made', () => {
  let cluster: KafkaCluster;

  beforeAll(async () => {
    cluster = await connected();
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

  it('that is set as a hub sets it is one', async () => {
    expect(await cluster.ensure(await madeElsewhere(1, 3, AS_NEEDED))).toMatchObject({ start: 0, end: 0 });
  });

  it.each([
    ['cleanup.policy', 'compact', 'delete'],
    ['retention.ms', '604800000', '-1'],
    ['retention.bytes', '1000000', '-1'],
    ['unclean.leader.election.enable', 'true', 'false'],
    ['min.insync.replicas', '1', '2'],
    ['message.timestamp.type', 'CreateTime', 'LogAppendTime'],
    ['max.message.bytes', '1000', '1048576'],
  ])('with %s=%s is no log, and it is said what makes it one', async (name, value, needed) => {
    const topic = await madeElsewhere(1, 3, { ...AS_NEEDED, [name]: value });
    const refused = cluster.ensure(topic);
    await expect(refused).rejects.toMatchObject({ code: 'invalid_query' });
    await expect(refused).rejects.toThrow(`the Kafka topic ${topic} has ${name}=${value} (`);
    await expect(refused).rejects.toThrow(
      `kafka-configs.sh --alter --topic ${topic} --add-config ${name}=${needed}" mends it`,
    );
  });

  it('with the settings of the cluster alone is told all that is wrong at once, or warned of where that is allowed', async () => {
    const topic = await madeElsewhere(1, 3);
    await expect(cluster.ensure(topic)).rejects.toThrow(
      /retention\.ms=604800000 .*message\.timestamp\.type=CreateTime .*--add-config retention\.ms=-1,message\.timestamp\.type=LogAppendTime/,
    );
    const warnings: string[] = [];
    const lenient = await connected({ onWeakness: (weakness) => warnings.push(weakness) });
    expect(await lenient.ensure(topic)).toMatchObject({ start: 0 });
    expect(warnings).toEqual([expect.stringContaining('retention.ms=604800000')]);
    await lenient.close();
  });

  it('is none for a hub, which is not ready and says so, or warns where that is allowed', async () => {
    const prefix = freshPrefix();
    const catalogue = await madeElsewhere(1, 3, {}, new TopicNames(prefix).catalogue);
    const settings = {
      WRITER_HUB_STORE: 'kafka',
      WRITER_HUB_KAFKA_BROKERS: process.env[BROKERS]!,
      WRITER_HUB_KAFKA_PREFIX: prefix,
      WRITER_HUB_LOG_FORMAT: 'json',
    };
    const serve = (more: Record<string, string> = {}): Command =>
      new Command(
        ['serve', '--port', '0', '--data-dir', temporaryDirectory()],
        { ...settings, ...more },
        { cwd: __dirname },
      );
    const weakness = `the Kafka topic ${catalogue} has retention.ms=604800000`;
    const strict = serve();
    const [address] = await strict.printed(/http:\/\/127\.0\.0\.1:\d+/);
    await refusesFor(address, new RegExp(weakness));
    await strict.noted(/the Kafka topic \S+_Catalogue has retention\.ms/);
    const lenient = serve({ WRITER_HUB_KAFKA_ALLOW_UNSAFE: 'true' });
    const [url] = await lenient.printed(/http:\/\/127\.0\.0\.1:\d+/);
    while (!(await fetch(`${url}/readyz`)).ok) await new Promise(setImmediate);
    expect(lenient.stdout + lenient.stderr).toContain(weakness);
  });

  it('is looked at by way of the next broker where the first one cannot be asked', async () => {
    const unknown: string[] = [];
    const lenient = await connected({
      brokers: `127.0.0.1:${await freePort()},${process.env[BROKERS]!}`,
      onUnknownSettings: (log) => unknown.push(log),
    });
    await expect(lenient.ensure(await madeElsewhere(1, 3))).rejects.toThrow('retention.ms');
    expect(unknown).toEqual([]);
    await lenient.close();
  });

  it('is taken as it is when its settings cannot be asked for, which is told', async () => {
    const unknown: string[] = [];
    const unsure = await connected({
      brokers: `127.0.0.1:${await freePort()}`,
      config: { 'bootstrap.servers': process.env[BROKERS]! },
      onUnknownSettings: (log, reason) => unknown.push(`${log}: ${String(reason)}`),
    });
    const topic = await madeElsewhere(1, 3);
    expect(await unsure.ensure(topic)).toMatchObject({ start: 0 });
    expect(unknown).toEqual([expect.stringMatching(`^${topic}: .*ECONNREFUSED`)]);
    await unsure.close();
  });
});
