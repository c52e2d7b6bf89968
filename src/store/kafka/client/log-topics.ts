import { WriterHubError } from '../../../errors';
import { ASK, asked, closed, LEARN_AGAIN, toError } from './asked';
import type { KafkaAdmin, KafkaError, KafkaTopic } from './kafka-module';
import type { Settings, TopicSettings } from './settings/topic-settings';
import { weaknessOf } from './settings/weak-settings';

/** How the topics of logs are made, and what they must not be weaker than. */
export interface LogTopicOptions {
  /** Copies of each record. */
  readonly replication: number;
  /** So many of them must be written before a record is acknowledged. */
  readonly minInsyncReplicas: number;
  /** The most bytes of a record, with all that is said of it. */
  readonly maxRecordBytes: number;
  /** What to do about a topic of which what was acknowledged may be lost; default: it is refused. */
  readonly onWeakness?: (weakness: string) => void;
  /** Told why it could not be found out what a topic that was there is set to, which is taken as it is. */
  readonly onUnknownSettings?: (log: string, reason: Error) => void;
}

/** Codes of the protocol. */
const [TOPIC_EXISTS, UNKNOWN_TOPIC] = [36, 3];

/** Bytes of a file of a log on a broker: what was deleted of it is there until all of the file was. */
const SEGMENT = 128 * 1024 * 1024;

/** Makes the topics of Kafka that logs are, looks whether they can be relied on, and removes them. */
export class LogTopics {
  #isClosed = false;
  readonly #admin: KafkaAdmin;
  readonly #settings: Pick<TopicSettings, 'of'>;
  readonly #options: LogTopicOptions;

  constructor(admin: KafkaAdmin, settings: Pick<TopicSettings, 'of'>, options: LogTopicOptions) {
    this.#admin = admin;
    this.#settings = settings;
    this.#options = options;
  }

  /** As `LogCluster.ensure`; gives the identity of the log. */
  async ensure(log: string, keptFor: number | undefined): Promise<string> {
    const { replication, minInsyncReplicas, maxRecordBytes } = this.#options;
    const config = {
      'cleanup.policy': 'delete',
      'retention.ms': String(keptFor ?? -1),
      // Brokers delete whole segments.
      ...(keptFor === undefined
        ? { 'segment.bytes': String(Math.max(SEGMENT, 2 * maxRecordBytes)) }
        : { 'segment.ms': String(keptFor) }),
      'retention.bytes': '-1',
      'min.insync.replicas': String(minInsyncReplicas),
      'unclean.leader.election.enable': 'false',
      'message.timestamp.type': 'LogAppendTime',
      'max.message.bytes': String(maxRecordBytes),
    };
    const topic = { topic: log, num_partitions: 1, replication_factor: replication, config };
    const isNew = await asked<boolean>((done) => {
      this.#open.createTopic(topic, ASK, (error) => {
        if (error?.code === TOPIC_EXISTS) done(undefined, false);
        else done(error, true);
      });
    });
    const identity = await this.#identityOf(log);
    // What is kept for a while only is nothing that was acknowledged.
    if (!isNew && keptFor === undefined) await this.#checkSettings(log);
    return identity;
  }

  async remove(log: string): Promise<void> {
    await asked<unknown>(
      (done) => {
        this.#open.deleteTopic(log, ASK, done);
      },
      [UNKNOWN_TOPIC],
    );
  }

  async cut(log: string, offset: number): Promise<void> {
    const [result] = await asked<readonly { readonly error?: KafkaError }[]>((done) => {
      const before = [{ topic: log, partition: 0, offset }];
      this.#open.deleteRecords(before, { timeout: ASK, operationTimeout: ASK }, done);
    });
    if (result?.error) throw toError(result.error);
  }

  close(): void {
    this.#isClosed = true;
    this.#admin.disconnect();
  }

  get #open(): KafkaAdmin {
    if (this.#isClosed) throw closed();
    return this.#admin;
  }

  async #identityOf(log: string): Promise<string> {
    for (;;) {
      const [topic] = await asked<KafkaTopic[]>((done) => {
        this.#open.describeTopics([log], { timeout: ASK }, done);
      });
      if (topic?.error !== undefined && topic.error.code !== UNKNOWN_TOPIC) throw toError(topic.error);
      const { partitions = [], topicId } = topic ?? {};
      if (partitions.length > 1) throw tooMany(log, partitions.length);
      this.#checkCopies(log, partitions[0]?.replicas);
      // Just after it was made, brokers do not know of it yet.
      if (partitions[0]?.leader !== undefined && topicId !== undefined) return topicId.base64;
      await new Promise((resolve) => setTimeout(resolve, LEARN_AGAIN));
    }
  }

  /** One that somebody else has made may lie on fewer brokers than what is acknowledged is promised to. */
  #checkCopies(log: string, replicas: readonly unknown[] | undefined): void {
    const least = this.#options.minInsyncReplicas;
    if (replicas === undefined || replicas.length >= least) return;
    throw new WriterHubError(
      'invalid_query',
      `the Kafka topic ${log} lies on ${replicas.length} of the brokers, and WRITER_HUB_KAFKA_MIN_INSYNC_REPLICAS asks for ${least}: ` +
        'give it more replicas, or see WRITER_HUB_KAFKA_ALLOW_UNSAFE',
    );
  }

  /** Somebody else may have made it, or changed it since. */
  async #checkSettings(log: string): Promise<void> {
    const { onWeakness, onUnknownSettings } = this.#options;
    let settings: Settings;
    try {
      settings = await this.#settings.of(log);
    } catch (error) {
      onUnknownSettings?.(log, error as Error);
      return;
    }
    const weakness = weaknessOf(log, settings, this.#options);
    if (weakness === undefined) return;
    if (onWeakness === undefined) throw new WriterHubError('invalid_query', weakness);
    onWeakness(weakness);
  }
}

function tooMany(log: string, count: number): WriterHubError {
  return new WriterHubError(
    'invalid_query',
    `the Kafka topic ${log} has ${count} partitions, and a log has one: they have been added to`,
  );
}
