import { WriterHubError } from '../../../errors';
import type { ClusterListener, LogCluster, LogState } from '../log-cluster';
import type { RawRecord } from '../log-record';
import type {
  KafkaAdmin,
  KafkaConfig,
  KafkaError,
  KafkaMessage,
  KafkaMetadata,
  KafkaModule,
  KafkaReader,
  KafkaTopic,
  Watermarks,
} from './kafka-module';
import { RecordSender } from './record-sender';

/** How the cluster is reached, and how its logs are made. */
export type KafkaCompression = 'none' | 'gzip' | 'snappy' | 'lz4' | 'zstd';

export interface KafkaClusterOptions {
  readonly module: KafkaModule;
  /** `host:port`, separated by commas. */
  readonly brokers: string;
  /** Further settings of librdkafka: TLS, SASL. */
  readonly config?: KafkaConfig;
  /** Of what is written; default: `none`. */
  readonly compression?: KafkaCompression;
  /** Copies of each record. */
  readonly replication: number;
  /** So many of them must be written before a record is acknowledged. */
  readonly minInsyncReplicas: number;
  /** The most bytes of a record, with all that is said of it. */
  readonly maxRecordBytes: number;
}

/** Codes of the protocol. */
const [TOPIC_EXISTS, UNKNOWN_TOPIC, BAD_REPLICATION] = [36, 3, 38];

/** How long a question to the cluster may take, milliseconds; sockets give up before. */
const ASK = 10_000;
const SOCKET = 6000;

/** So many records are taken at once. */
const RECORDS = 1000;

/** How often a cluster that cannot be reached is looked for, milliseconds. */
const LOOK_AGAIN = 1000;

/** How often it is looked whether something has come that was not told, milliseconds. */
const CHECK_AGAIN = 500;

/** How long it is waited before a broker is asked again for a log that was made just now, milliseconds. */
const LEARN_AGAIN = 20;

/** Bytes of a file of a log on a broker: what was deleted of it is there until all of the file was. */
const SEGMENT = 128 * 1024 * 1024;

/** What is said of a record beside its value. */
const RECORD_OVERHEAD = 64 * 1024;

/** Logs that are topics of Kafka, each with one partition. */
export class KafkaCluster implements LogCluster {
  readonly maxRecordBytes: number;
  readonly #options: KafkaClusterOptions;
  readonly #common: KafkaConfig;
  #admin: KafkaAdmin | undefined;
  #sender: RecordSender | undefined;
  #reader: KafkaReader | undefined;
  #listener: ClusterListener | undefined;
  #isTaking = false;
  #hasFailed = false;
  #takeAgain = false;
  #taken: Promise<void> = Promise.resolve();
  #isLooking = false;
  #looking: NodeJS.Timeout | undefined;
  #checking: NodeJS.Timeout | undefined;
  #isClosed = false;
  readonly #followed = new Set<string>();

  constructor(options: KafkaClusterOptions) {
    this.#options = options;
    this.maxRecordBytes = options.maxRecordBytes - RECORD_OVERHEAD;
    this.#common = {
      'bootstrap.servers': options.brokers,
      'client.id': 'writer-hub',
      'socket.timeout.ms': SOCKET,
      'reconnect.backoff.max.ms': 1000,
      'topic.metadata.refresh.interval.ms': 30_000,
      ...options.config,
    };
  }

  async connect(listener: ClusterListener): Promise<void> {
    this.#listener = listener;
    const { module, maxRecordBytes: most, compression = 'none' } = this.#options;
    this.#admin = module.AdminClient.create(this.#common);
    const sending = {
      'linger.ms': 1,
      'message.max.bytes': most,
      'batch.size': Math.min(most, 1_000_000),
      'compression.codec': compression,
    };
    const onError = (error: Error): void => {
      this.#failed(error);
    };
    this.#sender = new RecordSender(module, { ...this.#common, ...sending }, onError);
    const reader = new module.KafkaConsumer({
      ...this.#common,
      'group.id': 'writer-hub',
      'enable.auto.commit': false,
      'enable.auto.offset.store': false,
      'auto.offset.reset': 'earliest',
      'isolation.level': 'read_uncommitted',
      'allow.auto.create.topics': false,
      // A log that is new is asked for when the question before has been answered.
      'fetch.wait.max.ms': 100,
      'fetch.queue.backoff.ms': 10,
      'fetch.message.max.bytes': most,
      'queued.max.messages.kbytes': 16_384,
      queue_non_empty_cb: () => {
        this.#take();
      },
    });
    reader.on('event.error', onError);
    reader.setDefaultConsumeTimeout(0);
    this.#reader = reader;
    // It tells when there is something where there was nothing, and not of what an error has left behind it.
    this.#checking = setInterval(() => {
      this.#take();
    }, CHECK_AGAIN).unref();
    await Promise.all([this.#reach(reader), this.#sender.connected]);
  }

  async ensure(log: string, keptFor?: number): Promise<LogState> {
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
    await asked<unknown>(
      (done) => {
        this.#of(this.#admin).createTopic(topic, ASK, done);
      },
      [TOPIC_EXISTS],
    );
    const identity = await this.#identityOf(log);
    await Promise.all([this.#learn(this.#of(this.#sender).producer, log), this.#learn(this.#of(this.#reader), log)]);
    const { lowOffset, highOffset } = await asked<Watermarks>((done) => {
      this.#of(this.#sender).producer.queryWatermarkOffsets(log, 0, ASK, done);
    });
    return { identity, start: lowOffset, end: highOffset };
  }

  async remove(log: string): Promise<void> {
    await asked<unknown>(
      (done) => {
        this.#of(this.#admin).deleteTopic(log, ASK, done);
      },
      [UNKNOWN_TOPIC],
    );
  }

  async cut(log: string, offset: number): Promise<void> {
    const [result] = await asked<readonly { readonly error?: KafkaError }[]>((done) => {
      const before = [{ topic: log, partition: 0, offset }];
      this.#of(this.#admin).deleteRecords(before, { timeout: ASK, operationTimeout: ASK }, done);
    });
    if (result?.error) throw toError(result.error);
  }

  send(log: string, record: RawRecord): void {
    this.#of(this.#sender).send(log, record);
  }

  follow(log: string, offset: number): void {
    this.#of(this.#reader).incrementalAssign([{ topic: log, partition: 0, offset }]);
    this.#followed.add(log);
    this.#take();
  }

  unfollow(log: string): void {
    if (this.#followed.delete(log)) this.#of(this.#reader).incrementalUnassign([{ topic: log, partition: 0 }]);
    this.#sender?.drop(log);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#looking);
    clearInterval(this.#checking);
    await this.#taken;
    const reader = this.#reader;
    await Promise.all([
      this.#sender?.close(),
      reader &&
        new Promise<void>((resolve) => {
          reader.disconnect(() => {
            resolve();
          });
        }),
    ]);
    this.#admin?.disconnect();
  }

  /** Tries again until it is reached. */
  async #reach(reader: KafkaReader): Promise<void> {
    for (;;) {
      try {
        await asked<unknown>((done) => {
          reader.connect({ timeout: 5000 }, done);
        });
        this.#listener?.onReachable(undefined);
        return;
      } catch (error) {
        if (this.#isClosed) throw error;
        this.#listener?.onReachable(error as Error);
        await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN).unref());
      }
    }
  }

  async #identityOf(log: string): Promise<string> {
    for (;;) {
      const [topic] = await asked<KafkaTopic[]>((done) => {
        this.#of(this.#admin).describeTopics([log], { timeout: ASK }, done);
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

  /**
   * Has a client know of a log that was made just now, which a broker may not know of yet. A client that is left to
   * itself looks for what it has not found half a minute later.
   */
  async #learn(client: Pick<KafkaReader, 'getMetadata'>, log: string): Promise<void> {
    for (;;) {
      const { topics } = await asked<KafkaMetadata>((done) => {
        client.getMetadata({ topic: log, timeout: ASK }, done);
      });
      if (topics.some(({ name, partitions }) => name === log && (partitions[0]?.leader ?? -1) >= 0)) return;
      if (this.#isClosed) throw closed();
      await new Promise((resolve) => setTimeout(resolve, LEARN_AGAIN));
    }
  }

  /** Takes what has come, and what comes meanwhile, and has it carried out. */
  #take(): void {
    this.#takeAgain = true;
    if (this.#isTaking || this.#isClosed || this.#hasFailed) return;
    this.#isTaking = true;
    this.#taken = this.#takeAll()
      .catch((error: unknown) => {
        // What follows must not be carried out without what could not be.
        this.#hasFailed = true;
        this.#listener?.onFailure(error);
      })
      .finally(() => {
        this.#isTaking = false;
        if (this.#takeAgain && !this.#hasFailed) this.#take();
      });
  }

  async #takeAll(): Promise<void> {
    const reader = this.#of(this.#reader);
    let hasMore = true;
    let before: Promise<void> | undefined;
    while ((hasMore || this.#takeAgain) && !this.#isClosed) {
      this.#takeAgain = false;
      const messages = await this.#consume(reader);
      hasMore = messages === undefined || messages.length > 0;
      if (messages === undefined || !hasMore) continue;
      const taken = this.#listener?.onRecords(messages.map(toRecord));
      // When it is waited for, the failure is found.
      taken?.catch(() => undefined);
      await before;
      before = taken;
    }
    await before;
  }

  /** What has come; `undefined`: there is trouble with a broker or a log, and the others go on. */
  async #consume(reader: KafkaReader): Promise<KafkaMessage[] | undefined> {
    try {
      return await asked<KafkaMessage[]>((done) => {
        reader.consume(RECORDS, done);
      });
    } catch (error) {
      this.#failed(error as Error);
      await new Promise((resolve) => setTimeout(resolve, LEARN_AGAIN));
      return undefined;
    }
  }

  /** Something went wrong, as the client says: whether the cluster can be reached is found out. */
  #failed(error: Error): void {
    if (!/all broker connections are down/i.test(error.message) || this.#isLooking || this.#isClosed) return;
    this.#isLooking = true;
    this.#look(true);
  }

  /** Looks for the cluster until it is there; `wasThere`: it has not been told yet that it is not. */
  #look(wasThere: boolean): void {
    this.#reader?.getMetadata({ timeout: LOOK_AGAIN }, (error) => {
      if (this.#isClosed) return;
      if (!error) {
        this.#isLooking = false;
        if (!wasThere) this.#listener?.onReachable(undefined);
        return;
      }
      if (wasThere) this.#listener?.onReachable(error);
      this.#looking = setTimeout(() => {
        this.#look(false);
      }, LOOK_AGAIN);
    });
  }

  #of<T>(part: T | undefined): T {
    if (part === undefined || this.#isClosed) throw closed();
    return part;
  }
}

function toRecord({ topic, offset, key = null, value, headers = [], timestamp }: KafkaMessage) {
  return { log: topic, offset, key, value, headers, at: timestamp };
}

/** The answer to a question. Rejects with `store_unavailable`, but for codes that are as good as an answer. */
function asked<Result>(
  ask: (done: (error: KafkaError | null | undefined, result: Result) => void) => void,
  good: readonly number[] = [],
): Promise<Result> {
  return new Promise((resolve, reject) => {
    ask((error, result) => {
      if (!error || good.includes(error.code)) resolve(result);
      else reject(toError(error));
    });
  });
}

function toError(error: KafkaError): WriterHubError {
  const hint = error.code === BAD_REPLICATION ? '; see WRITER_HUB_KAFKA_REPLICATION' : '';
  return new WriterHubError('store_unavailable', `the Kafka cluster says: ${error.message}${hint}`, { cause: error });
}

function tooMany(log: string, count: number): WriterHubError {
  return new WriterHubError(
    'invalid_query',
    `the Kafka topic ${log} has ${count} partitions, and a log has one: they have been added to`,
  );
}

function closed(): WriterHubError {
  return new WriterHubError('store_unavailable', 'the connection to Kafka is closed');
}
