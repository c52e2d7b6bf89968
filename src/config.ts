import { z } from 'zod';
import { secretFault } from './auth/secret';
import { parseDuration } from './duration';
import { canonicalOrigin } from './http/canonical-origin';
import { toNetworks } from './http/trusted-proxies';

/** How a value is written in a configuration file: what a `schema` of an option carries as `kind` in its metadata. */
export type OptionKind = 'integer' | 'switch' | 'list' | 'duration' | 'text';

/** An option: its names, its default, and how its text becomes a value. */
export interface OptionSpec<T, Reload extends true | undefined = true | undefined> {
  /** Environment variable. */
  readonly env: string;
  /**
   * Flag of `writer-hub serve`, without its dashes, and key in the configuration file. A flag takes precedence over the
   * environment, and that over the file.
   */
  readonly flag: string;
  /** The text used when neither is given; absent when the option has no default. */
  readonly default?: string;
  /** Something like what it may be, where it has no default. */
  readonly example?: string;
  /** What a number counts. */
  readonly unit?: 'bytes' | 'milliseconds';
  /** What the option does, and what zero or absence means. */
  readonly meaning: string;
  /** It is shown nowhere, and may be read from a file: `<env>_FILE`, `--<flag>-file`. */
  readonly secret?: true;
  /** A server that runs takes a new value. */
  readonly reload?: Reload;
  readonly schema: z.ZodType<T, string>;
}

const option = <T, Reload extends true | undefined = undefined>(
  spec: OptionSpec<T, Reload> & { default: string },
): OptionSpec<T, Reload> => spec;
const optional = <T, Reload extends true | undefined = undefined>(
  spec: OptionSpec<T, Reload>,
): OptionSpec<T | undefined, Reload> => ({
  ...spec,
  schema: spec.schema,
});

declare module 'zod' {
  interface GlobalMeta {
    kind?: OptionKind;
  }
}

const whole = (least: number, greatest: number = Number.MAX_SAFE_INTEGER) =>
  z
    .string()
    .transform((text, context) => {
      const fault = wholeFault(text, least, greatest);
      if (fault === undefined) return Number(text);
      context.addIssue(fault);
      return z.NEVER;
    })
    .meta({ kind: 'integer' });

function wholeFault(text: string, least: number, greatest: number): string | undefined {
  if (!/^-?\d+$/.test(text)) return 'is not a whole number';
  const range = `it may be from ${least} to ${greatest}`;
  if (text.startsWith('-') || Number(text) < least) return `is less than ${least}: ${range}`;
  return Number(text) > greatest ? `is more than ${greatest}: ${range}` : undefined;
}

const word = z.string().min(1, 'is empty');
/** As in an URL, an IPv6 address may have its brackets. */
const host = word.transform((text) => text.replace(/^\[(.*)\]$/, '$1'));
const httpUrl = z.url({ protocol: /^https?$/, error: 'is not an http or https URL' });
const yesNo = z
  .enum(['true', 'false'], 'is neither true nor false')
  .transform((value) => value === 'true')
  .meta({ kind: 'switch' });
/** In milliseconds; `never` is 0. */
const duration = z
  .string()
  .transform((text, context) => {
    try {
      return (parseDuration(text) ?? 0) * 1000;
    } catch {
      context.addIssue('is not a duration such as 7d, 24h, 15m or 90s, or never');
      return z.NEVER;
    }
  })
  .meta({ kind: 'duration' });
const list = z.string().transform((value) =>
  value
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== ''),
);

/** Schemes of addresses from which no page comes that names them as its origin. */
const NO_PAGE = /^(ftp|ws|wss|file|data|blob|about|javascript|mailto):/i;

/** Origins, or `*`; others can never match. */
const origins = list
  .refine((entries) => entries.length < 2 || !entries.includes('*'), {
    error: 'has "*" beside other origins, by which any page may call: leave out the * or the others',
  })
  .transform((entries, context) =>
    entries.map((entry) => {
      if (NO_PAGE.test(entry)) {
        context.addIssue(`has ${JSON.stringify(entry)}, which no page has as its origin: write http:// or https://`);
        return z.NEVER;
      }
      const origin = entry === '*' ? entry : canonicalOrigin(entry);
      if (origin !== undefined) return origin;
      context.addIssue(
        `has ${JSON.stringify(entry)}, which is no origin such as https://app.example or http://localhost:5173`,
      );
      return z.NEVER;
    }),
  )
  .meta({ kind: 'list' });

/** Addresses and networks of proxies. */
const networks = list
  .transform((entries, context) => {
    try {
      toNetworks(entries);
    } catch (error) {
      context.addIssue(`has ${error instanceof Error ? error.message : String(error)}`);
    }
    return entries;
  })
  .meta({ kind: 'list' });

/** `host:port`, one or several. */
const brokers = z
  .string()
  .regex(
    /^\s*(?:\[[\da-fA-F:]+\]|[^\s,:]+):\d{1,5}(?:\s*,\s*(?:\[[\da-fA-F:]+\]|[^\s,:]+):\d{1,5})*\s*$/,
    'is not host:port, or several of them separated by commas',
  )
  .transform((text) => text.replace(/\s+/g, ''));

/** What a hub has a view of: all, none, or names that may end in `*`. */
const view = z
  .string()
  .transform((text) =>
    text
      .split(',')
      .map((name) => name.trim())
      .join(','),
  )
  .refine((text) => text.split(',').every((name) => name !== ''), 'has an empty name')
  .refine((text) => !/[^,]*\*[^,]/.test(text), 'has a * that does not end a name')
  .refine((text) => !/,(?:all|none)(?:,|$)|^(?:all|none),/.test(text), 'has all or none beside names');

const address = z.string().regex(/^(?:\[[\da-fA-F:]+\]|[^\s,:/]+):\d{1,5}$/, 'is not host:port');

/** What is easily guessed protects nothing. */
const SHORTEST_KEY = 32;

const keys = list.refine(
  (entries) => entries.length > 0 && entries.every((entry) => entry.length >= SHORTEST_KEY),
  `is no list of secrets of ${SHORTEST_KEY} characters or more`,
);

/** The longest delay of a Node.js timer, in milliseconds. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** Stock clients give up on a poll after 100 s; milliseconds. */
const LONGEST_POLL = 95_000;

/** Revocations outlive their tokens by this much, milliseconds. */
const LONGEST_CLOCK_TOLERANCE = 60_000;

/** Every option of `writer-hub serve`. The README has the same table, and a test compares the two. */
export const options = {
  host: option({
    env: 'HOST',
    flag: 'host',
    default: '127.0.0.1',
    meaning: 'Address to listen on; `0.0.0.0` or `::` opens the server to the network.',
    schema: host,
  }),
  port: option({
    env: 'PORT',
    flag: 'port',
    default: '8080',
    meaning: 'TCP port to listen on; 0 picks a free one.',
    schema: whole(0, 65_535),
  }),
  tlsCertFile: optional({
    env: 'WRITER_HUB_TLS_CERT_FILE',
    flag: 'tls-cert-file',
    reload: true,
    example: '/etc/writer-hub/tls/fullchain.pem',
    meaning:
      'PEM file with the certificate chain; with `tls-key-file` the server speaks https and wss, not http and ws.',
    schema: word,
  }),
  tlsKeyFile: optional({
    env: 'WRITER_HUB_TLS_KEY_FILE',
    flag: 'tls-key-file',
    reload: true,
    example: '/etc/writer-hub/tls/privkey.pem',
    meaning: 'PEM file with the private key of that certificate.',
    schema: word,
  }),
  dataDir: option({
    env: 'WRITER_HUB_DATA_DIR',
    flag: 'data-dir',
    default: './data',
    meaning: 'Directory of the database and of the secret that is created when none is set.',
    schema: word,
  }),
  metricsPort: optional({
    env: 'WRITER_HUB_METRICS_PORT',
    flag: 'metrics-port',
    example: '9464',
    meaning:
      'TCP port of `/metrics`, which is then not at the other one; 0 picks a free one; absent: one port for all.',
    schema: whole(0, 65_535),
  }),
  metricsHost: optional({
    env: 'WRITER_HUB_METRICS_HOST',
    flag: 'metrics-host',
    example: '127.0.0.1',
    meaning: 'Address that port is on; absent: that of `host`.',
    schema: host,
  }),
  store: option({
    env: 'WRITER_HUB_STORE',
    flag: 'store',
    default: 'sqlite',
    meaning:
      'Engine that keeps the events: `sqlite` on this machine, or `kafka`: a cluster, of which the data directory has a ' +
      'view.',
    schema: z.enum(['sqlite', 'kafka'], 'is not a store this version has (sqlite, kafka)'),
  }),
  kafkaBrokers: optional({
    env: 'WRITER_HUB_KAFKA_BROKERS',
    flag: 'kafka-brokers',
    example: 'kafka-1:9092,kafka-2:9092,kafka-3:9092',
    meaning: 'Some brokers of the cluster, `host:port`, separated by commas; needed with `kafka`.',
    schema: brokers,
  }),
  kafkaPrefix: option({
    env: 'WRITER_HUB_KAFKA_PREFIX',
    flag: 'kafka-prefix',
    default: 'writer-hub-',
    meaning: 'What the names of the Kafka topics begin with; all hubs with the same one are one store.',
    schema: z
      .string()
      .regex(/^[A-Za-z0-9._-]{1,100}$/, 'has something else than letters, digits, ., _ and -, or too much'),
  }),
  kafkaReplication: option({
    env: 'WRITER_HUB_KAFKA_REPLICATION',
    flag: 'kafka-replication',
    default: '3',
    meaning: 'On how many brokers each Kafka topic that is made lies.',
    schema: whole(1, 100),
  }),
  kafkaMaxRecordBytes: option({
    env: 'WRITER_HUB_KAFKA_MAX_RECORD_BYTES',
    flag: 'kafka-max-record-bytes',
    default: '1048576',
    unit: 'bytes',
    meaning: 'Largest record that the cluster takes: what is larger is written in chunks, and read whole.',
    schema: whole(128 * 1024, 512 * 1024 * 1024),
  }),
  kafkaCompression: option({
    env: 'WRITER_HUB_KAFKA_COMPRESSION',
    flag: 'kafka-compression',
    default: 'lz4',
    meaning: 'How records are compressed for the cluster: `none`, `gzip`, `snappy`, `lz4` or `zstd`.',
    schema: z.enum(['none', 'gzip', 'snappy', 'lz4', 'zstd'], 'is none of none, gzip, snappy, lz4 and zstd'),
  }),
  kafkaStateBytes: option({
    env: 'WRITER_HUB_KAFKA_STATE_BYTES',
    flag: 'kafka-state-bytes',
    default: '67108864',
    unit: 'bytes',
    meaning:
      'After so many bytes stored in a topic its state is put into its Kafka topic, which begins there as soon as ' +
      'nothing older is kept; 0: Kafka topics are kept whole.',
    schema: whole(0, 1024 ** 4),
  }),
  kafkaMinInsyncReplicas: option({
    env: 'WRITER_HUB_KAFKA_MIN_INSYNC_REPLICAS',
    flag: 'kafka-min-insync-replicas',
    default: '2',
    meaning: 'On how many of them something lies at least before it is acknowledged.',
    schema: whole(1, 100),
  }),
  kafkaAllowUnsafe: option({
    env: 'WRITER_HUB_KAFKA_ALLOW_UNSAFE',
    flag: 'kafka-allow-unsafe',
    default: 'false',
    meaning: 'Whether that may be one broker, with which what was acknowledged may be lost.',
    schema: yesNo,
  }),
  kafkaTls: option({
    env: 'WRITER_HUB_KAFKA_TLS',
    flag: 'kafka-tls',
    default: 'false',
    meaning: 'Whether the brokers are spoken to over TLS.',
    schema: yesNo,
  }),
  kafkaCaFile: optional({
    env: 'WRITER_HUB_KAFKA_CA_FILE',
    flag: 'kafka-ca-file',
    example: '/etc/writer-hub/kafka-ca.pem',
    meaning: 'PEM file of the authorities that brokers must have their certificates of; absent: those of the system.',
    schema: word,
  }),
  kafkaSasl: optional({
    env: 'WRITER_HUB_KAFKA_SASL',
    flag: 'kafka-sasl',
    example: 'scram-sha-512',
    meaning: 'How the hub says who it is: `plain`, `scram-sha-256` or `scram-sha-512`; absent: it does not.',
    schema: z.enum(['plain', 'scram-sha-256', 'scram-sha-512'], 'is none of plain, scram-sha-256 and scram-sha-512'),
  }),
  kafkaUsername: optional({
    env: 'WRITER_HUB_KAFKA_USERNAME',
    flag: 'kafka-username',
    example: 'writer-hub',
    meaning: 'Its name there.',
    schema: word,
  }),
  kafkaPassword: optional({
    env: 'WRITER_HUB_KAFKA_PASSWORD',
    flag: 'kafka-password',
    secret: true,
    example: 'a-password-of-its-own',
    meaning: 'Its password there.',
    schema: z.string().trim().min(1, 'is empty'),
  }),
  forwardingHost: optional({
    env: 'WRITER_HUB_FORWARDING_HOST',
    flag: 'forwarding-host',
    example: '10.0.0.5',
    meaning:
      'Address of this machine at which the other hubs reach it. Then requests of SignalR clients may come to any hub: ' +
      'the one that has the connection answers them.',
    schema: host,
  }),
  forwardingPort: option({
    env: 'WRITER_HUB_FORWARDING_PORT',
    flag: 'forwarding-port',
    default: '0',
    meaning: 'Port for that; 0: any that is free.',
    schema: whole(0, 65_535),
  }),
  forwardingAddress: optional({
    env: 'WRITER_HUB_FORWARDING_ADDRESS',
    flag: 'forwarding-address',
    example: 'hub-1.internal:7000',
    meaning: '`host:port` at which the others reach it, where that is another one.',
    schema: address,
  }),
  view: option({
    env: 'WRITER_HUB_VIEW',
    flag: 'view',
    default: 'all',
    example: 'cars,trains-*',
    meaning:
      'What this hub has a view of: `all`, `none`, or names of topics and data sources, which may end in `*`, separated ' +
      'by commas. For all others it asks hubs that have one; both need `WRITER_HUB_FORWARDING_HOST`.',
    schema: view,
  }),
  viewPort: option({
    env: 'WRITER_HUB_VIEW_PORT',
    flag: 'view-port',
    default: '0',
    meaning: 'Port at that address at which other hubs ask for what they have no view of; 0: any that is free.',
    schema: whole(0, 65_535),
  }),
  forwardingKeys: optional({
    env: 'WRITER_HUB_FORWARDING_KEYS',
    flag: 'forwarding-keys',
    secret: true,
    example: 'what `openssl rand -base64 32` prints',
    meaning:
      'Secrets that all hubs have, of 32 characters or more, separated by commas: the first signs, all are recognised. ' +
      'Absent: one that is made of `WRITER_HUB_JWT_SECRET`.',
    schema: keys,
  }),
  logFormat: option({
    env: 'WRITER_HUB_LOG_FORMAT',
    flag: 'log-format',
    default: 'auto',
    meaning: 'How log lines are written: `json`, `pretty` (for people), or `auto`: pretty on a terminal, else JSON.',
    schema: z.enum(['auto', 'pretty', 'json'], 'is none of auto, pretty and json'),
  }),
  logLevel: option({
    env: 'WRITER_HUB_LOG_LEVEL',
    flag: 'log-level',
    reload: true,
    default: 'info',
    meaning: 'Lowest level of the log lines on stderr: `trace`, `debug`, `info`, `warn`, `error`, `fatal` or `silent`.',
    schema: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], 'is not a log level'),
  }),
  jwtSecret: optional({
    env: 'WRITER_HUB_JWT_SECRET',
    flag: 'jwt-secret',
    reload: true,
    secret: true,
    example: 'what `openssl rand -base64 32` prints',
    meaning: 'Secret of HS256 tokens, at least 32 bytes; absent: one is created in the data directory.',
    // Files of secrets end with a line break, which is no part of them.
    schema: z
      .string()
      .trim()
      .min(1, 'is empty')
      .refine((text) => secretFault(text) === undefined, { error: ({ input }) => secretFault(String(input)) }),
  }),
  metricsToken: optional({
    env: 'WRITER_HUB_METRICS_TOKEN',
    flag: 'metrics-token',
    example: 'a-token-of-your-own',
    secret: true,
    meaning:
      'Bearer token that `/metrics` asks for, at least 16 characters; a token with the scope `metrics` or `admin` will ' +
      'do as well; absent: none is needed.',
    schema: z
      .string()
      .trim()
      .regex(/^[\x21-\x7e]{16,}$/, 'is not 16 printable ASCII characters or more, without spaces'),
  }),
  jwksUrl: optional({
    env: 'WRITER_HUB_JWKS_URL',
    flag: 'jwks-url',
    reload: true,
    example: 'https://login.example/.well-known/jwks.json',
    meaning: 'Where the public keys of RS, PS, ES and EdDSA tokens are published; absent: such tokens are refused.',
    schema: httpUrl,
  }),
  jwtIssuer: optional({
    env: 'WRITER_HUB_JWT_ISSUER',
    flag: 'jwt-issuer',
    reload: true,
    example: 'https://login.example/',
    meaning: 'Issuer (`iss`) every token must name; absent: any or none.',
    schema: word,
  }),
  jwtAudience: optional({
    env: 'WRITER_HUB_JWT_AUDIENCE',
    flag: 'jwt-audience',
    reload: true,
    example: 'writer-hub',
    meaning: 'Audience (`aud`) every token must name; absent: any or none.',
    schema: word,
  }),
  clockTolerance: option({
    env: 'WRITER_HUB_CLOCK_TOLERANCE_MS',
    flag: 'clock-tolerance-ms',
    reload: true,
    default: '60000',
    unit: 'milliseconds',
    meaning:
      'How far the clocks of those who issue tokens may be off: a token counts so much longer, and so much sooner.',
    schema: whole(0, LONGEST_CLOCK_TOLERANCE),
  }),
  closeOnTokenExpiry: option({
    env: 'WRITER_HUB_CLOSE_ON_TOKEN_EXPIRY',
    flag: 'close-on-token-expiry',
    reload: true,
    default: 'true',
    meaning: 'Whether a hub connection is closed when its token expires.',
    schema: yesNo,
  }),
  tokenMemory: option({
    env: 'WRITER_HUB_TOKEN_MEMORY',
    flag: 'token-memory',
    reload: true,
    default: '10000',
    meaning: 'How many verified tokens are remembered.',
    schema: whole(1),
  }),
  corsOrigins: option({
    env: 'WRITER_HUB_CORS_ORIGINS',
    flag: 'cors-origins',
    reload: true,
    default: '',
    meaning: 'Origins of the pages that may call, separated by commas; empty or `*`: any.',
    schema: origins,
  }),
  trustedProxies: option({
    env: 'WRITER_HUB_TRUSTED_PROXIES',
    flag: 'trusted-proxies',
    reload: true,
    default: '',
    meaning:
      'Addresses and networks of the proxies in front, separated by commas, or `loopback`: what their headers say of ' +
      'the client and of the public address is believed; empty: nobody.',
    schema: networks,
  }),
  maxMessageBytes: option({
    env: 'WRITER_HUB_MAX_MESSAGE_BYTES',
    flag: 'max-message-bytes',
    reload: true,
    default: '10485760',
    unit: 'bytes',
    meaning: 'Largest hub message and HTTP body, as sent and inflated.',
    schema: whole(1024, 512 * 1024 * 1024),
  }),
  maxHeldBytes: option({
    env: 'WRITER_HUB_MAX_HELD_BYTES',
    flag: 'max-held-bytes',
    reload: true,
    default: '0',
    unit: 'bytes',
    meaning:
      'Size of all that is held for callers: bodies, unfinished messages, answers not taken yet; one more gets 503. ' +
      '0: a quarter of the memory, at most 512 MiB.',
    schema: whole(0),
  }),
  minDataRate: option({
    env: 'WRITER_HUB_MIN_DATA_RATE',
    flag: 'min-data-rate',
    reload: true,
    default: '240',
    unit: 'bytes',
    meaning:
      'Bytes a second that a body or a hub message has to bring over 5 s, or it is refused with 408 or a Close message. ' +
      '0: any number.',
    schema: whole(0),
  }),
  sendTimeout: option({
    env: 'WRITER_HUB_SEND_TIMEOUT_MS',
    flag: 'send-timeout-ms',
    reload: true,
    default: '30000',
    unit: 'milliseconds',
    meaning: 'How long a caller may take nothing of an answer that waits for it before it is cut off.',
    schema: whole(1, LONGEST_TIMER),
  }),
  headersTimeout: option({
    env: 'WRITER_HUB_HEADERS_TIMEOUT_MS',
    flag: 'headers-timeout-ms',
    reload: true,
    default: '15000',
    unit: 'milliseconds',
    meaning: 'How long a connection may take for the headers of its first request.',
    schema: whole(1, LONGEST_TIMER),
  }),
  idleTimeout: option({
    env: 'WRITER_HUB_IDLE_TIMEOUT_MS',
    flag: 'idle-timeout-ms',
    reload: true,
    default: '75000',
    unit: 'milliseconds',
    meaning:
      'How long a connection is kept open between two requests: longer than proxies in front keep theirs, or they send ' +
      'a request into one that is just being closed.',
    schema: whole(1, LONGEST_TIMER),
  }),
  maxAnonymousSockets: option({
    env: 'WRITER_HUB_MAX_ANONYMOUS_SOCKETS',
    flag: 'max-anonymous-sockets',
    reload: true,
    default: '1000',
    meaning: 'Connections that have shown no valid token yet; with one more the oldest of them is cut.',
    schema: whole(1),
  }),
  maxJsonDepth: option({
    env: 'WRITER_HUB_MAX_JSON_DEPTH',
    flag: 'max-json-depth',
    reload: true,
    default: '64',
    meaning: 'Deepest nesting of arrays and objects in a JSON text.',
    schema: whole(4, 900),
  }),
  maxTags: option({
    env: 'WRITER_HUB_MAX_TAGS',
    flag: 'max-tags',
    reload: true,
    default: '1000',
    meaning: 'How many tags an event may have.',
    schema: whole(0),
  }),
  maxQueueBytes: option({
    env: 'WRITER_HUB_MAX_QUEUE_BYTES',
    flag: 'max-queue-bytes',
    reload: true,
    default: '67108864',
    unit: 'bytes',
    meaning: 'Size of the events waiting for the disk at which sockets are paused and HTTP callers get 503.',
    schema: whole(1024),
  }),
  maxTopics: option({
    env: 'WRITER_HUB_MAX_TOPICS',
    flag: 'max-topics',
    reload: true,
    default: '10000',
    meaning: 'How many topics the server holds.',
    schema: whole(1),
  }),
  maxStreamsPerTopic: option({
    env: 'WRITER_HUB_MAX_STREAMS_PER_TOPIC',
    flag: 'max-streams-per-topic',
    reload: true,
    default: '1000000',
    meaning: 'How many streams a topic holds.',
    schema: whole(1),
  }),
  maxDatabaseBytes: option({
    env: 'WRITER_HUB_MAX_DATABASE_BYTES',
    flag: 'max-database-bytes',
    default: '0',
    unit: 'bytes',
    meaning: 'Largest size of the database file and its write-ahead log; 0: as large as the disk.',
    schema: whole(0),
  }),
  checkInterval: option({
    env: 'WRITER_HUB_CHECK_INTERVAL_MS',
    flag: 'check-interval-ms',
    default: '86400000',
    unit: 'milliseconds',
    meaning: 'How often the pages of all tables are checked for damage, a minute after the start first; 0: never.',
    schema: whole(0, LONGEST_TIMER),
  }),
  maxLogBytes: option({
    env: 'WRITER_HUB_MAX_LOG_BYTES',
    flag: 'max-log-bytes',
    default: '268435456',
    unit: 'bytes',
    meaning:
      'Size of the write-ahead log at which new queries wait until it is emptied; at twice that, running ones stop.',
    schema: whole(65_536),
  }),
  retentionAge: optional({
    env: 'WRITER_HUB_RETENTION_AGE',
    flag: 'retention-age',
    reload: true,
    example: '30d',
    meaning:
      'How long topics keep what is stored in them, such as `7d` or `24h`, unless a topic has a retention of its own; absent: for ever.',
    schema: duration,
  }),
  retentionBytes: option({
    env: 'WRITER_HUB_RETENTION_BYTES',
    flag: 'retention-bytes',
    reload: true,
    default: '0',
    unit: 'bytes',
    meaning: 'Bytes of text, about, that a topic keeps, unless it has a retention of its own; 0: no limit.',
    schema: whole(0),
  }),
  maxFollowers: option({
    env: 'WRITER_HUB_MAX_FOLLOWERS',
    flag: 'max-followers',
    reload: true,
    default: '10000',
    meaning: 'How many readers may follow topics live at a time; one more gets 429 or 503.',
    schema: whole(1),
  }),
  activeFor: option({
    env: 'WRITER_HUB_ACTIVE_STREAM_MS',
    flag: 'active-stream-ms',
    default: '90000',
    unit: 'milliseconds',
    meaning:
      'How long a stream counts as active after its events or properties were sent: longer than the pauses of its ' +
      'senders, of which a hidden page sends once a minute.',
    schema: whole(1000, LONGEST_TIMER),
  }),
  maxActiveStreams: option({
    env: 'WRITER_HUB_MAX_ACTIVE_STREAMS',
    flag: 'max-active-streams',
    reload: true,
    default: '100000',
    meaning: 'How many streams of all topics are known as active; others are stored as ever, but not shown as active.',
    schema: whole(1),
  }),
  workspace: optional({
    env: 'WRITER_HUB_WORKSPACE',
    flag: 'workspace',
    example: 'demo-production',
    meaning:
      'Workspace in the ids of topics that clients of Quix know: `<workspace>-<topic>` means the topic; absent: the id is the name.',
    schema: word,
  }),
  maxSubscriptions: option({
    env: 'WRITER_HUB_MAX_SUBSCRIPTIONS',
    flag: 'max-subscriptions',
    reload: true,
    default: '1000',
    meaning: 'How many subscriptions one hub connection may have; one more gets `over_share`.',
    schema: whole(1),
  }),
  feedBufferBytes: option({
    env: 'WRITER_HUB_FEED_BUFFER_BYTES',
    flag: 'feed-buffer-bytes',
    reload: true,
    default: '16777216',
    unit: 'bytes',
    meaning:
      'Size of the latest events that are kept for live readers; one that is further behind reads from the store.',
    schema: whole(0),
  }),
  busyTimeout: option({
    env: 'WRITER_HUB_BUSY_TIMEOUT_MS',
    flag: 'busy-timeout-ms',
    default: '2000',
    unit: 'milliseconds',
    meaning: 'How long a commit waits for another process that writes to the database.',
    schema: whole(0, LONGEST_TIMER),
  }),
  maxPropertiesBytes: option({
    env: 'WRITER_HUB_MAX_PROPERTIES_BYTES',
    flag: 'max-properties-bytes',
    default: '65536',
    unit: 'bytes',
    meaning: 'Largest JSON text of the properties of a stream.',
    schema: whole(256),
  }),
  maxDefinitionsBytes: option({
    env: 'WRITER_HUB_MAX_DEFINITIONS_BYTES',
    flag: 'max-definitions-bytes',
    reload: true,
    default: '524288',
    unit: 'bytes',
    meaning: 'Largest JSON text of the definitions of the parameters, or of the events, of a stream.',
    schema: whole(256),
  }),
  maxParameters: option({
    env: 'WRITER_HUB_MAX_PARAMETERS',
    flag: 'max-parameters',
    reload: true,
    default: '10000',
    meaning: 'How many parameters a package of parameter data, and a topic, may have.',
    schema: whole(1, 1_000_000),
  }),
  createDataSources: option({
    env: 'WRITER_HUB_CREATE_DATA_SOURCES',
    flag: 'create-data-sources',
    reload: true,
    default: 'true',
    meaning: 'Whether rows posted to an unknown data source create it, if the token may; `false`: only a schema does.',
    schema: yesNo,
  }),
  maxColumns: option({
    env: 'WRITER_HUB_MAX_COLUMNS',
    flag: 'max-columns',
    reload: true,
    default: '500',
    meaning: 'How many columns a data source may have.',
    schema: whole(1, 1900),
  }),
  maxSchemaBytes: option({
    env: 'WRITER_HUB_MAX_SCHEMA_BYTES',
    flag: 'max-schema-bytes',
    reload: true,
    default: '262144',
    unit: 'bytes',
    meaning: 'Longest text of the schema of a data source, given or inferred.',
    schema: whole(1024),
  }),
  maxRereads: option({
    env: 'WRITER_HUB_MAX_REREADS',
    flag: 'max-rereads',
    reload: true,
    default: '8',
    meaning:
      'How often the bytes of a row may be read again because columns of different types take the same field; a row that needs more is quarantined.',
    schema: whole(0),
  }),
  maxQuarantinedRows: option({
    env: 'WRITER_HUB_MAX_QUARANTINED_ROWS',
    flag: 'max-quarantined-rows',
    reload: true,
    default: '100000',
    meaning: 'How many rows of one request may be quarantined; a request with more is refused as a whole.',
    schema: whole(0),
  }),
  workThreads: option({
    env: 'WRITER_HUB_WORK_THREADS',
    flag: 'work-threads',
    default: '2',
    meaning: 'How many threads check large bodies and inflate zstd; one subject has all but one of them.',
    schema: whole(1, 64),
  }),
  maxWaitingBodies: option({
    env: 'WRITER_HUB_MAX_WAITING_BODIES',
    flag: 'max-waiting-bodies',
    default: '1000',
    meaning: 'How many large bodies may wait for one of those threads; one more gets 429 or 503.',
    schema: whole(1),
  }),
  maxBodyWait: option({
    env: 'WRITER_HUB_MAX_BODY_WAIT_MS',
    flag: 'max-body-wait-ms',
    reload: true,
    default: '60000',
    unit: 'milliseconds',
    meaning: 'How long a large body may wait for one of those threads before it gets 503.',
    schema: whole(1, LONGEST_TIMER),
  }),
  idempotencyWindow: option({
    env: 'WRITER_HUB_IDEMPOTENCY_WINDOW_MS',
    flag: 'idempotency-window-ms',
    reload: true,
    default: '86400000',
    unit: 'milliseconds',
    meaning: 'How long an idempotency key is remembered.',
    schema: whole(1000),
  }),
  maxTokenRequestRate: option({
    env: 'WRITER_HUB_MAX_TOKEN_REQUEST_RATE',
    flag: 'max-token-request-rate',
    reload: true,
    default: '0',
    meaning: 'Requests per second that one token may post to the Events API; 0: no limit.',
    schema: whole(0),
  }),
  maxTokenByteRate: option({
    env: 'WRITER_HUB_MAX_TOKEN_BYTE_RATE',
    flag: 'max-token-byte-rate',
    reload: true,
    default: '0',
    unit: 'bytes',
    meaning: 'Inflated bytes per second that one token may post to the Events API; 0: no limit.',
    schema: whole(0),
  }),
  maxDataSourceRequestRate: option({
    env: 'WRITER_HUB_MAX_DATA_SOURCE_REQUEST_RATE',
    flag: 'max-data-source-request-rate',
    reload: true,
    default: '0',
    meaning: 'Requests per second that one data source accepts; 0: no limit.',
    schema: whole(0),
  }),
  maxDataSourceByteRate: option({
    env: 'WRITER_HUB_MAX_DATA_SOURCE_BYTE_RATE',
    flag: 'max-data-source-byte-rate',
    reload: true,
    default: '0',
    unit: 'bytes',
    meaning: 'Inflated bytes per second that one data source accepts; 0: no limit.',
    schema: whole(0),
  }),
  sqlTimeout: option({
    env: 'WRITER_HUB_SQL_TIMEOUT_MS',
    flag: 'sql-timeout-ms',
    reload: true,
    default: '10000',
    unit: 'milliseconds',
    meaning: 'How long a query may run before it is stopped.',
    schema: whole(1, LONGEST_TIMER),
  }),
  sqlProcesses: option({
    env: 'WRITER_HUB_SQL_PROCESSES',
    flag: 'sql-processes',
    default: '3',
    meaning: 'How many queries run at once, each in a process of its own; one subject has all but one of them.',
    schema: whole(1, 64),
  }),
  maxSqlBytes: option({
    env: 'WRITER_HUB_MAX_SQL_BYTES',
    flag: 'max-sql-bytes',
    reload: true,
    default: '65536',
    unit: 'bytes',
    meaning: 'Longest text of a query.',
    schema: whole(64, 1_000_000),
  }),
  maxSqlMemoryBytes: option({
    env: 'WRITER_HUB_MAX_SQL_MEMORY_BYTES',
    flag: 'max-sql-memory-bytes',
    reload: true,
    default: '268435456',
    unit: 'bytes',
    meaning: 'Memory the database engine may use for a query.',
    schema: whole(16 * 1024 * 1024),
  }),
  maxSqlTempBytes: option({
    env: 'WRITER_HUB_MAX_SQL_TEMP_BYTES',
    flag: 'max-sql-temp-bytes',
    reload: true,
    default: '4294967296',
    unit: 'bytes',
    meaning: 'Temporary files a query may write in the data directory to sort and group; 0: it does with memory.',
    schema: whole(0),
  }),
  maxResultRows: option({
    env: 'WRITER_HUB_MAX_RESULT_ROWS',
    flag: 'max-result-rows',
    reload: true,
    default: '1000000',
    meaning: 'How many rows the result of a query may have.',
    schema: whole(1),
  }),
  maxResultBytes: option({
    env: 'WRITER_HUB_MAX_RESULT_BYTES',
    flag: 'max-result-bytes',
    reload: true,
    default: '104857600',
    unit: 'bytes',
    meaning: 'Largest result of a query, as it is sent.',
    schema: whole(1024, 512 * 1024 * 1024),
  }),
  maxConnections: option({
    env: 'WRITER_HUB_MAX_CONNECTIONS',
    flag: 'max-connections',
    reload: true,
    default: '20000',
    meaning:
      'How many hub connections may be open at once; one more gets 503. One subject gets three quarters of them at most, then 429.',
    schema: whole(1),
  }),
  maxParallelInvocations: option({
    env: 'WRITER_HUB_MAX_PARALLEL_INVOCATIONS',
    flag: 'max-parallel-invocations',
    default: '256',
    meaning: 'Invocations of one hub connection that may wait for their completion before its socket is paused.',
    schema: whole(1),
  }),
  maxParallelBytes: option({
    env: 'WRITER_HUB_MAX_PARALLEL_BYTES',
    flag: 'max-parallel-bytes',
    default: '1048576',
    unit: 'bytes',
    meaning: 'Size of those waiting invocations at which the socket is paused as well.',
    schema: whole(1),
  }),
  maxSendBufferBytes: option({
    env: 'WRITER_HUB_MAX_SEND_BUFFER_BYTES',
    flag: 'max-send-buffer-bytes',
    default: '1048576',
    unit: 'bytes',
    meaning: 'Size of the answers waiting for a hub client that does not read, at which it is disconnected.',
    schema: whole(16_384),
  }),
  handshakeTimeout: option({
    env: 'WRITER_HUB_HANDSHAKE_TIMEOUT_MS',
    flag: 'handshake-timeout-ms',
    reload: true,
    default: '15000',
    unit: 'milliseconds',
    meaning: 'How long a hub client may take for its handshake.',
    schema: whole(1, LONGEST_TIMER),
  }),
  pollTimeout: option({
    env: 'WRITER_HUB_POLL_TIMEOUT_MS',
    flag: 'poll-timeout-ms',
    reload: true,
    default: '55000',
    unit: 'milliseconds',
    meaning:
      'How long a poll of long polling waits for something to send: shorter than proxies wait for an answer, and than ' +
      'the 100 s of the clients.',
    schema: whole(1, LONGEST_POLL),
  }),
  keepAliveInterval: option({
    env: 'WRITER_HUB_KEEP_ALIVE_INTERVAL_MS',
    flag: 'keep-alive-interval-ms',
    default: '15000',
    unit: 'milliseconds',
    meaning: 'How long nothing is sent to a hub client before it is pinged.',
    schema: whole(1, LONGEST_TIMER),
  }),
  clientTimeout: option({
    env: 'WRITER_HUB_CLIENT_TIMEOUT_MS',
    flag: 'client-timeout-ms',
    default: '30000',
    unit: 'milliseconds',
    meaning: 'How long a hub client that pings may be silent before it is closed.',
    schema: whole(1, LONGEST_TIMER),
  }),
  shutdownTimeout: option({
    env: 'WRITER_HUB_SHUTDOWN_TIMEOUT_MS',
    flag: 'shutdown-timeout-ms',
    reload: true,
    default: '10000',
    unit: 'milliseconds',
    meaning: 'How long the server waits for requests in progress when it stops.',
    schema: whole(0, LONGEST_TIMER),
  }),
  detailedErrors: option({
    env: 'WRITER_HUB_DETAILED_ERRORS',
    flag: 'detailed-errors',
    reload: true,
    default: 'false',
    meaning: 'Whether hub clients see the text of unexpected errors; for development.',
    schema: yesNo,
  }),
} as const;

export type OptionName = keyof typeof options;

/** The options of which a server that runs takes a new value. */
export type ReloadableName = {
  [K in OptionName]: true extends (typeof options)[K]['reload'] ? K : never;
}[OptionName];

/** The checked value of every option. */
export type Config = {
  readonly [K in OptionName]: (typeof options)[K] extends OptionSpec<infer T> ? T : never;
};

/** How the value of an option is written in a configuration file. */
export function kindOf(spec: OptionSpec<unknown>): OptionKind {
  return spec.schema.meta()?.kind ?? 'text';
}

/** Options cannot be used. The message has one line for each, which names the flag, the variable or the line. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}
