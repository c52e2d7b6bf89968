import type { OptionName } from './config';

/** Options that serve one purpose, under the heading that the README and `writer-hub serve --help` give them. */
export interface OptionGroup {
  readonly heading: string;
  readonly names: readonly OptionName[];
}

/** Every option once, in the order of the README. */
export const optionGroups: readonly OptionGroup[] = [
  {
    heading: 'Where it listens and keeps its data',
    names: [
      'host',
      'port',
      'tlsCertFile',
      'tlsKeyFile',
      'metricsPort',
      'metricsHost',
      'dataDir',
      'store',
      'logLevel',
      'logFormat',
      'shutdownTimeout',
      'workspace',
    ],
  },
  {
    heading: 'A store on Kafka',
    names: [
      'kafkaBrokers',
      'kafkaPrefix',
      'kafkaReplication',
      'kafkaMinInsyncReplicas',
      'kafkaMaxRecordBytes',
      'kafkaStateBytes',
      'kafkaAllowUnsafe',
      'kafkaTls',
      'kafkaCaFile',
      'kafkaSasl',
      'kafkaUsername',
      'kafkaPassword',
      'forwardingHost',
      'forwardingPort',
      'forwardingAddress',
      'forwardingKeys',
      'view',
      'viewPort',
    ],
  },
  {
    heading: 'Who may call',
    names: [
      'jwtSecret',
      'metricsToken',
      'jwksUrl',
      'jwtIssuer',
      'jwtAudience',
      'clockTolerance',
      'closeOnTokenExpiry',
      'tokenMemory',
      'corsOrigins',
      'trustedProxies',
      'detailedErrors',
    ],
  },
  {
    heading: 'What is kept',
    names: [
      'maxTopics',
      'maxStreamsPerTopic',
      'maxDatabaseBytes',
      'maxLogBytes',
      'retentionAge',
      'retentionBytes',
      'checkInterval',
      'busyTimeout',
      'idempotencyWindow',
    ],
  },
  {
    heading: 'One message or body',
    names: ['maxMessageBytes', 'maxJsonDepth', 'maxTags', 'maxParameters', 'maxPropertiesBytes', 'maxDefinitionsBytes'],
  },
  {
    heading: 'All callers together',
    names: [
      'maxHeldBytes',
      'maxQueueBytes',
      'workThreads',
      'maxWaitingBodies',
      'maxBodyWait',
      'minDataRate',
      'sendTimeout',
      'headersTimeout',
      'idleTimeout',
      'maxAnonymousSockets',
      'maxFollowers',
      'maxSubscriptions',
      'feedBufferBytes',
      'activeFor',
      'maxActiveStreams',
    ],
  },
  {
    heading: 'Data sources and rows',
    names: [
      'createDataSources',
      'maxColumns',
      'maxSchemaBytes',
      'maxRereads',
      'maxQuarantinedRows',
      'maxTokenRequestRate',
      'maxTokenByteRate',
      'maxDataSourceRequestRate',
      'maxDataSourceByteRate',
    ],
  },
  {
    heading: 'SQL',
    names: [
      'sqlTimeout',
      'sqlProcesses',
      'maxSqlBytes',
      'maxSqlMemoryBytes',
      'maxSqlTempBytes',
      'maxResultRows',
      'maxResultBytes',
    ],
  },
  {
    heading: 'Hub connections',
    names: [
      'maxConnections',
      'maxParallelInvocations',
      'maxParallelBytes',
      'maxSendBufferBytes',
      'handshakeTimeout',
      'keepAliveInterval',
      'pollTimeout',
      'clientTimeout',
    ],
  },
];
