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
import { OtherViews } from './store/kafka/views/other-views';
import { ViewScope } from './store/kafka/views/view-scope';
import { SqliteStore, type SqliteStoreOptions } from './store/sqlite/sqlite-store';

/** A store as a server uses it. */
export type ServedStore = SqliteStore | KafkaStore;

/** What queries are carried out with in this process. */
export function localSql(store: ServedStore): SqliteStore['sql'] {
  return store instanceof KafkaStore ? store.view.sql : store.sql;
}

/** The most bytes of a write, over those of the largest body: what does not fit is kept with bytes and values. */
const WRITE_FACTOR = 4;

/** The most bytes of what hubs say to each other. */
const MESSAGE_BYTES = 1024 * 1024;

/** What is acknowledged lies on two brokers at least, unless it is allowed that it does not. */
const ONE_BROKER =
  'with WRITER_HUB_KAFKA_MIN_INSYNC_REPLICAS 1 what is acknowledged may lie on one broker, and go with it';

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
 * while it is open.
 */
export function openToMove(config: Config, directory: string, logger: Logger): Promise<ServedStore> {
  return open({ ...config, ...UNBOUNDED }, { directory, keepsAll: true }, logger);
}

/** Opens the store that is asked for. */
export function openStore(
  config: Config,
  directory: string,
  logger: Logger,
  several?: SeveralHubs,
): Promise<ServedStore> {
  return open(config, { directory, keepsAll: false }, logger, several);
}

/** How hubs of a store know and trust each other. */
export interface SeveralHubs {
  readonly channel: HubChannel;
  readonly forwarding: { readonly keys: readonly string[] };
}

/** Where a store, or a view, lies. */
type Place = Pick<SqliteStoreOptions, 'directory'> & { readonly keepsAll: boolean };

async function open(config: Config, place: Place, logger: Logger, several?: SeveralHubs): Promise<ServedStore> {
  const options = embeddedOptions(config, place, logger);
  if (config.store === 'sqlite') return SqliteStore.open(options);
  if (config.kafkaMinInsyncReplicas < 2) logger.warn(ONE_BROKER);
  // Without brokers there is no such configuration: `refuseContradictions`.
  const cluster = newCluster(config, config.kafkaBrokers!, config.kafkaMaxRecordBytes, logger);
  const maxWriteBytes = WRITE_FACTOR * config.maxMessageBytes;
  // While all of a store is copied, everything stays.
  const shorten = { every: place.keepsAll ? 0 : config.kafkaStateBytes };
  return KafkaStore.open({
    ...{ cluster, prefix: config.kafkaPrefix, view: options, maxWriteBytes, shorten, log: logger },
    ...(several !== undefined && { division: openViews(config, several, logger) }),
  });
}

/** Answers other hubs, and asks them for what this one has no view of. */
function openViews(config: Config, { channel, forwarding }: SeveralHubs, log: Logger): OtherViews {
  const { view, viewPort: port, forwardingHost, forwardingAddress } = config;
  return new OtherViews({
    ...{ scope: new ViewScope(view), channel, keys: forwarding.keys, port, log },
    // Where there are several hubs there is one: `openForwarding`.
    host: forwardingHost!,
    reachedAt: forwardingAddress === undefined ? undefined : new URL(`http://${forwardingAddress}`).hostname,
  });
}

/** What the hubs of a store say to each other; `undefined`: it has one hub. */
export function openHubChannel(config: Config, logger: Logger): HubChannel | undefined {
  const { store, kafkaBrokers, kafkaPrefix } = config;
  if (store !== 'kafka' || kafkaBrokers === undefined) return undefined;
  return new HubChannel({
    cluster: newCluster(config, kafkaBrokers, MESSAGE_BYTES, logger),
    log: new TopicNames(kafkaPrefix).hubs,
    onFailure: (error) => {
      logger.error({ err: error }, 'other hubs are not heard any more: requests that belong to them are refused');
    },
  });
}

function newCluster(config: Config, brokers: string, maxRecordBytes: number, logger: Logger): KafkaCluster {
  const { kafkaReplication: replication, kafkaMinInsyncReplicas: minInsyncReplicas } = config;
  const module = loadKafkaModule();
  return new KafkaCluster({
    ...{ module, brokers, config: connectionOf(config), replication, minInsyncReplicas, maxRecordBytes },
    compression: config.kafkaCompression,
    ...(config.kafkaAllowUnsafe && {
      onWeakness: (weakness: string) => {
        logger.warn(weakness);
      },
    }),
    onUnknownSettings: (log, reason) => {
      logger.warn(
        { log, reason: String(reason) },
        'the settings of a Kafka topic are not known, and were not looked at',
      );
    },
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

/** How the brokers are spoken to, as librdkafka calls it. */
function connectionOf(config: Config): KafkaConfig {
  const { kafkaTls, kafkaCaFile, kafkaSasl, kafkaUsername, kafkaPassword } = config;
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
