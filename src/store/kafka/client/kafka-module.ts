import { createRequire } from 'node:module';
import { join } from 'node:path';
import { WriterHubError } from '../../../errors';

/** The package that speaks Kafka's protocol: librdkafka. It is not installed with this one, as few need it. */
export const KAFKA_PACKAGE = '@confluentinc/kafka-javascript';

/** What is used of it. Errors have the codes of librdkafka, or, above 0, those of the protocol. */
export interface KafkaModule {
  readonly AdminClient: { create(config: KafkaConfig): KafkaAdmin };
  readonly Producer: new (config: KafkaConfig) => KafkaProducer;
  readonly KafkaConsumer: new (config: KafkaConfig) => KafkaReader;
  readonly features: readonly string[];
}

/** https://github.com/confluentinc/librdkafka/blob/master/CONFIGURATION.md */
export type KafkaConfig = Readonly<Record<string, string | number | boolean | (() => void)>>;

export interface KafkaError extends Error {
  readonly code: number;
}

type Done<Result = unknown> = (error: KafkaError | null | undefined, result: Result) => void;

export interface KafkaAdmin {
  createTopic(topic: NewTopic, timeout: number, done: Done): void;
  deleteTopic(topic: string, timeout: number, done: Done): void;
  describeTopics(topics: readonly string[], options: { readonly timeout: number }, done: Done<KafkaTopic[]>): void;
  deleteRecords(
    before: readonly Required<KafkaPlace>[],
    options: { readonly timeout: number; readonly operationTimeout: number },
    done: Done<readonly { readonly error?: KafkaError }[]>,
  ): void;
  disconnect(): void;
}

export interface NewTopic {
  readonly topic: string;
  readonly num_partitions: number;
  readonly replication_factor: number;
  readonly config: Readonly<Record<string, string>>;
}

export interface KafkaTopic {
  readonly topicId: { readonly base64: string };
  readonly error?: KafkaError;
  readonly partitions: readonly { readonly leader?: unknown; readonly replicas?: readonly unknown[] }[];
}

/** Which topics there are, and who leads their partitions; -1: nobody. */
export interface KafkaMetadata {
  readonly topics: readonly {
    readonly name: string;
    readonly partitions: readonly { readonly leader: number }[];
  }[];
}

interface KafkaClient {
  connect(options: { readonly timeout: number }, done: Done): void;
  getMetadata(options: { readonly topic?: string; readonly timeout: number }, done: Done<KafkaMetadata>): void;
  on(event: 'event.error', listener: (error: KafkaError) => void): void;
}

/** A header is an object with one member. */
export type KafkaHeaders = readonly Readonly<Record<string, Buffer | string>>[];

export interface KafkaProducer extends KafkaClient {
  disconnect(timeout: number, done: Done): void;
  produce(
    topic: string,
    partition: number,
    value: Buffer | null,
    key: Buffer | string | null,
    timestamp: number | null,
    opaque: unknown,
    headers: KafkaHeaders,
  ): void;
  setPollInBackground(isOn: boolean): void;
  queryWatermarkOffsets(topic: string, partition: number, timeout: number, done: Done<Watermarks>): void;
  on(event: 'event.error', listener: (error: KafkaError) => void): void;
  on(
    event: 'delivery-report',
    listener: (error: KafkaError | null, report: { readonly opaque?: unknown }) => void,
  ): void;
}

/** Offsets of the first record that is kept, and behind the last. */
export interface Watermarks {
  readonly lowOffset: number;
  readonly highOffset: number;
}

export interface KafkaPlace {
  readonly topic: string;
  readonly partition: number;
  readonly offset?: number;
}

export interface KafkaMessage {
  readonly topic: string;
  readonly offset: number;
  readonly key?: Buffer | null;
  readonly value: Buffer | null;
  readonly headers?: KafkaHeaders;
  readonly timestamp: number;
}

export interface KafkaReader extends KafkaClient {
  disconnect(done: Done): void;
  setDefaultConsumeTimeout(milliseconds: number): void;
  incrementalAssign(places: readonly KafkaPlace[]): void;
  incrementalUnassign(places: readonly KafkaPlace[]): void;
  consume(most: number, done: Done<KafkaMessage[]>): void;
}

/** Loads the package from where the server was started. Throws `store_unavailable` when it is not there. */
export function loadKafkaModule(): KafkaModule {
  for (const from of [__filename, join(process.cwd(), 'package.json')]) {
    try {
      return createRequire(from)(KAFKA_PACKAGE) as KafkaModule;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw unusable(error);
    }
  }
  throw new WriterHubError(
    'store_unavailable',
    `a store on Kafka needs the package ${KAFKA_PACKAGE}, which is not installed: npm install ${KAFKA_PACKAGE}`,
  );
}

function unusable(cause: unknown): WriterHubError {
  const reason = cause instanceof Error ? cause.message.split('\n', 1)[0] : String(cause);
  return new WriterHubError('store_unavailable', `the package ${KAFKA_PACKAGE} cannot be loaded: ${reason}`, { cause });
}
