import { readFileSync } from 'node:fs';
import { type Config, ConfigError } from './config';
import { sqlLimits, storeLimits } from './config-takers';
import { sqlColumns } from './datasources/sql-columns';
import type { Logger } from './log';
import { KafkaCluster } from './store/kafka/client/kafka-cluster';
import { type KafkaConfig, loadKafkaModule } from './store/kafka/client/kafka-module';
import { HubChannel } from './store/kafka/hub-channel';
import { KafkaStore } from './store/kafka/kafka-store';
import { TopicNames } from './store/kafka/topic-names';
import { SqliteStore, type SqliteStoreOptions } from './store/sqlite/sqlite-store';

/** A store as a server uses it. */
export type ServedStore = SqliteStore | KafkaStore;

/** The most bytes of a write, over those of the largest body: what does not fit is kept with bytes and values. */
const WRITE_FACTOR = 4;

/** The most bytes of what hubs say to each other. */
const MESSAGE_BYTES = 1024 * 1024;

/** What was stored somewhere fits wherever it is moved to, and stays there meanwhile. */
const UNBOUNDED = {
  maxTopics: Number.MAX_SAFE_INTEGER,
  maxStreamsPerTopic: Number.MAX_SAFE_INTEGER,
  maxParameters: Number.MAX_SAFE_INTEGER,
  retentionAge: 0,
  retentionBytes: 0,
} as const;

/**
 * Opens a store to copy all of it, or into it: without limits on what may be made, and nothing is removed by retention
 * while it is open. Rejects as `openStore`.
 */
export function openToMove(config: Config, directory: string, logger: Logger): Promise<ServedStore> {
  return open({ ...config, ...UNBOUNDED }, { directory, keepsAll: true }, logger);
}

/** Opens the store that is asked for. Rejects with a `ConfigError` when what is asked for does not go together. */
export function openStore(config: Config, directory: string, logger: Logger): Promise<ServedStore> {
  return open(config, { directory, keepsAll: false }, logger);
}

/** Where a store, or a view, lies. */
type Place = Pick<SqliteStoreOptions, 'directory'> & { readonly keepsAll: boolean };

async function open(config: Config, place: Place, logger: Logger): Promise<ServedStore> {
  const options = embeddedOptions(config, place, logger);
  if (config.store === 'sqlite') return SqliteStore.open(options);
  const { kafkaBrokers, kafkaReplication: replication, kafkaMinInsyncReplicas: minInsyncReplicas } = config;
  if (kafkaBrokers === undefined) throw new ConfigError('a store on Kafka needs WRITER_HUB_KAFKA_BROKERS');
  if (minInsyncReplicas > replication) {
    throw new ConfigError(
      `WRITER_HUB_KAFKA_MIN_INSYNC_REPLICAS ${minInsyncReplicas} is more than WRITER_HUB_KAFKA_REPLICATION ${replication}`,
    );
  }
  checkPromise(config, logger);
  const cluster = newCluster(config, kafkaBrokers, config.kafkaMaxRecordBytes);
  const maxWriteBytes = WRITE_FACTOR * config.maxMessageBytes;
  return KafkaStore.open({ cluster, prefix: config.kafkaPrefix, view: options, maxWriteBytes, log: logger });
}

/** What the hubs of a store say to each other; `undefined`: it has one hub. */
export function openHubChannel(config: Config, logger: Logger): HubChannel | undefined {
  const { store, kafkaBrokers, kafkaPrefix } = config;
  if (store !== 'kafka' || kafkaBrokers === undefined) return undefined;
  return new HubChannel({
    cluster: newCluster(config, kafkaBrokers, MESSAGE_BYTES),
    log: new TopicNames(kafkaPrefix).hubs,
    onFailure: (error) => {
      logger.error({ err: error }, 'other hubs are not heard any more: requests that belong to them are refused');
    },
  });
}

function newCluster(config: Config, brokers: string, maxRecordBytes: number): KafkaCluster {
  const { kafkaReplication: replication, kafkaMinInsyncReplicas: minInsyncReplicas } = config;
  const module = loadKafkaModule();
  return new KafkaCluster({
    ...{ module, brokers, config: connectionOf(config), replication, minInsyncReplicas, maxRecordBytes },
  });
}

function embeddedOptions(config: Config, place: Place, logger: Logger): SqliteStoreOptions {
  const { maxDatabaseBytes, maxLogBytes, busyTimeout, checkInterval } = config;
  return {
    ...place,
    ...storeLimits(config),
    maxDatabaseBytes,
    maxLogBytes,
    busyTimeout,
    checkInterval,
    log: logger,
    sql: {
      ...sqlLimits(config),
      processes: config.sqlProcesses,
      describe: sqlColumns,
    },
  };
}

/** What is acknowledged lies on two brokers at least, unless it is allowed that it does not. */
function checkPromise({ kafkaMinInsyncReplicas, kafkaAllowUnsafe }: Config, logger: Logger): void {
  if (kafkaMinInsyncReplicas >= 2) return;
  const text = 'with WRITER_HUB_KAFKA_MIN_INSYNC_REPLICAS 1 what is acknowledged may lie on one broker, and go with it';
  if (!kafkaAllowUnsafe) throw new ConfigError(`${text}; WRITER_HUB_KAFKA_ALLOW_UNSAFE takes that`);
  logger.warn(text);
}

/** How the brokers are spoken to, as librdkafka calls it. */
function connectionOf(config: Config): KafkaConfig {
  const { kafkaTls, kafkaCaFile, kafkaSasl, kafkaUsername, kafkaPassword } = config;
  if (kafkaSasl !== undefined && (kafkaUsername === undefined || kafkaPassword === undefined)) {
    throw new ConfigError('WRITER_HUB_KAFKA_SASL needs WRITER_HUB_KAFKA_USERNAME and WRITER_HUB_KAFKA_PASSWORD');
  }
  if (kafkaCaFile !== undefined && !kafkaTls)
    throw new ConfigError('WRITER_HUB_KAFKA_CA_FILE needs WRITER_HUB_KAFKA_TLS');
  const security = `${kafkaSasl === undefined ? '' : 'sasl_'}${kafkaTls ? 'ssl' : 'plaintext'}`;
  return {
    'security.protocol': security,
    ...(kafkaCaFile !== undefined && { 'ssl.ca.pem': readCertificates(kafkaCaFile) }),
    ...(kafkaSasl !== undefined && {
      'sasl.mechanisms': kafkaSasl.toUpperCase(),
      'sasl.username': kafkaUsername!,
      'sasl.password': kafkaPassword!,
    }),
  };
}

function readCertificates(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new ConfigError(`WRITER_HUB_KAFKA_CA_FILE cannot be read: ${(error as Error).message}`);
  }
}
