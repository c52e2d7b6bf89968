import { writeFileSync } from 'node:fs';
import path from 'node:path';

/** A node of a cluster, which is a broker and a controller. */
export interface BrokerPlace {
  readonly id: number;
  readonly port: number;
  readonly controllerPort: number;
  readonly directory: string;
}

/** Kafka's own settings. https://kafka.apache.org/documentation/#brokerconfigs */
export type BrokerSettings = Readonly<Record<string, string | number | boolean>>;

const LOGGING = `status=warn
appender.file.type=File
appender.file.name=file
appender.file.fileName=\${sys:kafka.log}
appender.file.layout.type=PatternLayout
appender.file.layout.pattern=%d{ISO8601} %p %c{1} %m%n
rootLogger.level=info
rootLogger.appenderRef.file.ref=file
`;

/** Writes what a node is started with; gives the paths of its settings, and of how it writes its log. */
export function writeBrokerFiles(
  place: BrokerPlace,
  all: readonly BrokerPlace[],
  settings: BrokerSettings,
): { readonly settings: string; readonly logging: string } {
  const files = {
    settings: path.join(place.directory, 'server.properties'),
    logging: path.join(place.directory, 'log4j2.properties'),
  };
  const lines = Object.entries({ ...settingsOf(place, all), ...settings }).map(([name, value]) => `${name}=${value}\n`);
  writeFileSync(files.settings, lines.join(''));
  writeFileSync(files.logging, LOGGING);
  return files;
}

function settingsOf({ id, port, controllerPort, directory }: BrokerPlace, all: readonly BrokerPlace[]): BrokerSettings {
  const replicas = Math.min(3, all.length);
  const inSync = Math.min(2, all.length);
  return {
    'process.roles': 'broker,controller',
    'node.id': id,
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}`,
    'inter.broker.listener.name': 'PLAINTEXT',
    'controller.listener.names': 'CONTROLLER',
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'controller.quorum.voters': all.map((each) => `${each.id}@127.0.0.1:${each.controllerPort}`).join(','),
    'log.dirs': path.join(directory, 'data'),
    'auto.create.topics.enable': false,
    'default.replication.factor': replicas,
    'min.insync.replicas': inSync,
    'offsets.topic.replication.factor': replicas,
    'offsets.topic.num.partitions': 3,
    'transaction.state.log.replication.factor': replicas,
    'transaction.state.log.min.isr': inSync,
    'transaction.state.log.num.partitions': 3,
    // Small machines: what is set aside for compaction is 128 MB otherwise.
    'log.cleaner.dedupe.buffer.size': 4 * 1024 * 1024,
    'num.network.threads': 2,
    'num.io.threads': 4,
  };
}
