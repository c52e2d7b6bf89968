import type { ClusterListener, LogCluster, LogState } from '../log-cluster';
import type { RawRecord } from '../log-record';
import { ASK, asked, closed, LEARN_AGAIN } from './asked';
import type { KafkaConfig, KafkaMessage, KafkaMetadata, KafkaModule, KafkaReader, Watermarks } from './kafka-module';
import { type LogTopicOptions, LogTopics } from './log-topics';
import { RecordSender } from './record-sender';
import { TopicSettings } from './settings/topic-settings';

export type KafkaCompression = 'none' | 'gzip' | 'snappy' | 'lz4' | 'zstd';

/** How the cluster is reached, and how its logs are made. */
export interface KafkaClusterOptions extends LogTopicOptions {
  readonly module: KafkaModule;
  /** `host:port`, separated by commas. */
  readonly brokers: string;
  /** Further settings of librdkafka: TLS, SASL. */
  readonly config?: KafkaConfig;
  /** Of what is written; default: `none`. */
  readonly compression?: KafkaCompression;
}

/** Sockets give up after so long, milliseconds: before questions do. */
const SOCKET = 6000;

/** So many records are taken at once. */
const RECORDS = 1000;

/** How often a cluster that cannot be reached is looked for, milliseconds. */
const LOOK_AGAIN = 1000;

/** How often it is looked whether something has come that was not told, milliseconds. */
const CHECK_AGAIN = 500;

/** What is said of a record beside its value. */
const RECORD_OVERHEAD = 64 * 1024;

/** Logs that are topics of Kafka, each with one partition. */
export class KafkaCluster implements LogCluster {
  readonly maxRecordBytes: number;
  readonly #options: KafkaClusterOptions;
  readonly #common: KafkaConfig;
  #topics: LogTopics | undefined;
  #sender: RecordSender | undefined;
  #reader: KafkaReader | undefined;
  #listener: ClusterListener | undefined;
  #isTaking = false;
  #hasFailed = false;
  #takeAgain = false;
  #taken: Promise<void> = Promise.resolve();
  #isLooking = false;
  /** What has gone wrong last, as the client says. */
  #trouble: string | undefined;
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
    const { module, brokers, config, maxRecordBytes: most, compression = 'none' } = this.#options;
    const settings = new TopicSettings(brokers, config);
    this.#topics = new LogTopics(module.AdminClient.create(this.#common), settings, this.#options);
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
    const identity = await this.#of(this.#topics).ensure(log, keptFor);
    await Promise.all([this.#learn(this.#of(this.#sender).producer, log), this.#learn(this.#of(this.#reader), log)]);
    const { lowOffset, highOffset } = await asked<Watermarks>((done) => {
      this.#of(this.#sender).producer.queryWatermarkOffsets(log, 0, ASK, done);
    });
    return { identity, start: lowOffset, end: highOffset };
  }

  remove(log: string): Promise<void> {
    return this.#of(this.#topics).remove(log);
  }

  cut(log: string, offset: number): Promise<void> {
    return this.#of(this.#topics).cut(log, offset);
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
    this.#topics?.close();
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
        this.#unreachable(error as Error);
        await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN).unref());
      }
    }
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
    const isUnreachable = /all broker connections are down/i.test(error.message);
    if (!isUnreachable) this.#trouble = error.message;
    if (!isUnreachable || this.#isLooking || this.#isClosed) return;
    this.#isLooking = true;
    this.#look(true);
  }

  /** Tells so, with what went wrong before: a refused password, say, of which the error itself knows nothing. */
  #unreachable(error: Error): void {
    const trouble = this.#trouble;
    this.#trouble = undefined;
    const isKnown = trouble === undefined || error.message.includes(trouble);
    const reason = isKnown ? error : new Error(`${error.message} (${trouble})`, { cause: error });
    this.#listener?.onReachable(reason);
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
      if (wasThere) this.#unreachable(error);
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
