import { readFileSync } from 'node:fs';
import { Server as TlsServer } from 'node:https';
import { totalmem } from 'node:os';
import { createSecureContext } from 'node:tls';
import type { Revocations } from './auth/revocations';
import type { Principal } from './auth/principal';
import type { TokenVerifier } from './auth/token-verifier';
import { type Config, ConfigError, type ReloadableName } from './config';
import type { FeedBudget } from './feed/feed-budget';
import type { AnonymousSockets } from './http/anonymous-sockets';
import type { Callers } from './http/callers';
import type { HttpServer } from './http/http-server';
import type { OriginPolicy } from './http/origins';
import type { RateLimits, RateLimitOptions } from './http/rate-limits';
import type { TrustedProxies } from './http/trusted-proxies';
import type { Followers } from './limits/followers';
import type { HeldBytes } from './limits/held-bytes';
import type { ConfigTaker, PrepareChange } from './settings/reloader';
import type { ChangeableOptions, HubServer } from './signalr';
import type { ChangeableLimits, SqliteStore } from './store/sqlite/sqlite-store';
import type { SqlLimits } from './store/sqlite/sql/sqlite-sql-engine';

/** The parts of a server that take new values. */
export interface TakingParts {
  readonly store: Pick<SqliteStore, 'setLimits'>;
  /** What queries are carried out with here. */
  readonly sql: SqliteStore['sql'];
  readonly server: HttpServer;
  readonly hub: Pick<HubServer<Principal>, 'configure'>;
  readonly held: HeldBytes;
  readonly anonymous: AnonymousSockets;
  readonly followers: Followers;
  readonly feedBudget: FeedBudget;
  readonly rates: RateLimits;
  readonly origins: OriginPolicy;
  readonly proxies: TrustedProxies;
  readonly callers: Callers;
  readonly revocations: Pick<Revocations, 'endAll'>;
  /** Throws when the secret cannot be used. */
  readonly newVerifier: (config: Config) => TokenVerifier;
  readonly setLogLevel: (level: string) => void;
  /** Told when the store could not be told. */
  readonly onFailed: (error: unknown) => void;
}

/**
 * Who takes a new value of each option: a part below that is told, or whoever reads the option each time it is used. An
 * option that is reloadable and stands nowhere here does not compile.
 */
const TAKEN_BY = {
  logLevel: 'log',
  shutdownTimeout: 'reader',
  tlsCertFile: 'certificate',
  tlsKeyFile: 'certificate',
  jwtSecret: 'tokens',
  jwksUrl: 'tokens',
  jwtIssuer: 'tokens',
  jwtAudience: 'tokens',
  clockTolerance: 'verifier',
  tokenMemory: 'verifier',
  corsOrigins: 'origins',
  trustedProxies: 'proxies',
  maxTopics: 'store',
  maxStreamsPerTopic: 'store',
  retentionAge: 'store',
  retentionBytes: 'store',
  maxQueueBytes: 'store',
  maxParameters: 'store',
  idempotencyWindow: 'reader',
  maxTags: 'reader',
  maxJsonDepth: 'reader',
  maxDefinitionsBytes: 'reader',
  maxSubscriptions: 'reader',
  maxActiveStreams: 'reader',
  maxBodyWait: 'reader',
  createDataSources: 'reader',
  maxColumns: 'reader',
  maxSchemaBytes: 'reader',
  maxRereads: 'reader',
  maxQuarantinedRows: 'reader',
  maxHeldBytes: 'memory',
  maxAnonymousSockets: 'sockets',
  maxFollowers: 'followers',
  feedBufferBytes: 'feeds',
  headersTimeout: 'http',
  idleTimeout: 'http',
  maxTokenRequestRate: 'rates',
  maxTokenByteRate: 'rates',
  maxDataSourceRequestRate: 'rates',
  maxDataSourceByteRate: 'rates',
  sqlTimeout: 'sql',
  maxSqlBytes: 'sql',
  maxSqlMemoryBytes: 'sql',
  maxSqlTempBytes: 'sql',
  maxResultRows: 'sql',
  maxResultBytes: 'sql',
  handshakeTimeout: 'hub',
  pollTimeout: 'hub',
  sendTimeout: 'hub',
  minDataRate: 'hub',
  maxMessageBytes: 'hub',
  maxConnections: 'hub',
  closeOnTokenExpiry: 'hub',
  detailedErrors: 'hub',
} as const satisfies Record<ReloadableName, string>;

type Taker = (typeof TAKEN_BY)[ReloadableName];

/** The takers of a server. */
export function configTakers(parts: TakingParts): ConfigTaker[] {
  const { server, held, anonymous, followers, feedBudget, rates, origins, proxies, hub, setLogLevel } = parts;
  const prepare: Readonly<Record<Taker, PrepareChange>> = {
    reader: () => () => undefined,
    log: later(({ logLevel }) => {
      setLogLevel(logLevel);
    }),
    certificate: ({ tlsCertFile, tlsKeyFile }) => prepareCertificate(server, tlsCertFile, tlsKeyFile),
    tokens: (next) => {
      const replace = prepareVerifier(parts, next);
      return () => {
        replace();
        parts.revocations.endAll();
      };
    },
    verifier: (next) => prepareVerifier(parts, next),
    origins: later(({ corsOrigins }) => {
      origins.replace(corsOrigins);
    }),
    proxies: later(({ trustedProxies }) => {
      proxies.replace(trustedProxies);
    }),
    store: later((next) => {
      parts.store.setLimits(storeLimits(next)).catch(parts.onFailed);
    }),
    memory: later((next) => {
      held.resize(next.maxHeldBytes || defaultHeldBytes());
    }),
    sockets: later(({ maxAnonymousSockets }) => {
      anonymous.resize(maxAnonymousSockets);
    }),
    followers: later(({ maxFollowers }) => {
      followers.resize(maxFollowers);
    }),
    feeds: later(({ feedBufferBytes }) => {
      feedBudget.resize(feedBufferBytes);
    }),
    http: later(({ headersTimeout, idleTimeout }) => {
      server.headersTimeout = headersTimeout;
      server.keepAliveTimeout = idleTimeout;
    }),
    rates: later((next) => {
      rates.replace(rateLimits(next));
    }),
    sql: later((next) => {
      parts.sql?.setLimits(sqlLimits(next));
    }),
    hub: later((next) => {
      hub.configure(hubLimits(next));
    }),
  };
  const names = Object.keys(TAKEN_BY) as ReloadableName[];
  return (Object.keys(prepare) as Taker[]).map((taker) => ({
    options: names.filter((name) => TAKEN_BY[name] === taker),
    prepare: prepare[taker],
    // A certificate is renewed under the same name.
    always: taker === 'certificate',
  }));
}

/** Whether a server speaks TLS is settled when it starts. */
export function fixedOptions(before: Config, next: Config): readonly ReloadableName[] {
  const isSame = (before.tlsCertFile === undefined) === (next.tlsCertFile === undefined);
  return isSame ? [] : ['tlsCertFile', 'tlsKeyFile'];
}

export function rateLimits(config: Config): RateLimitOptions {
  return {
    tokenRequests: config.maxTokenRequestRate,
    tokenBytes: config.maxTokenByteRate,
    sourceRequests: config.maxDataSourceRequestRate,
    sourceBytes: config.maxDataSourceByteRate,
  };
}

export function storeLimits(config: Config): ChangeableLimits {
  return {
    maxQueueBytes: config.maxQueueBytes,
    maxTopics: config.maxTopics,
    maxStreamsPerTopic: config.maxStreamsPerTopic,
    maxParametersPerTopic: config.maxParameters,
    retention: { age: config.retentionAge ?? 0, bytes: config.retentionBytes },
  };
}

export function sqlLimits(config: Config): SqlLimits {
  return {
    timeout: config.sqlTimeout,
    maxTextBytes: config.maxSqlBytes,
    maxMemoryBytes: config.maxSqlMemoryBytes,
    maxTemporaryBytes: config.maxSqlTempBytes,
    maxResultRows: config.maxResultRows,
    maxResultBytes: config.maxResultBytes,
  };
}

export function hubLimits(config: Config): Required<ChangeableOptions> {
  return {
    closeOnAuthenticationExpiration: config.closeOnTokenExpiry,
    detailedErrors: config.detailedErrors,
    handshakeTimeout: config.handshakeTimeout,
    sendTimeout: config.sendTimeout,
    pollTimeout: config.pollTimeout,
    maximumConnections: config.maxConnections,
    minimumDataRate: config.minDataRate,
    maximumReceiveMessageSize: config.maxMessageBytes,
  };
}

/** The most bytes that are held for callers by default. */
const MOST_HELD_BYTES = 512 * 1024 * 1024;

/** A quarter of the memory this process may use, at most 512 MiB. */
export function defaultHeldBytes(): number {
  // 0 where there is no limit, or a number beyond all memory.
  const constrained = process.constrainedMemory() || Infinity;
  return Math.min(Math.min(totalmem(), constrained) / 4, MOST_HELD_BYTES);
}

/** A change that needs nothing made ready. */
function later(change: (next: Config) => void): PrepareChange {
  return (next) => () => {
    change(next);
  };
}

function prepareVerifier({ callers, newVerifier }: TakingParts, next: Config): () => void {
  const verifier = orConfigError('the secret of tokens', () => newVerifier(next));
  return () => {
    callers.replaceVerifier(verifier);
  };
}

/** Reads a certificate and its key, and sees whether they fit together. */
function prepareCertificate(server: HttpServer, certFile: string | undefined, keyFile: string | undefined): () => void {
  if (!(server instanceof TlsServer) || certFile === undefined || keyFile === undefined) return () => undefined;
  const pair = orConfigError(`the certificate ${certFile} with the key ${keyFile}`, () => {
    const read = { cert: readFileSync(certFile), key: readFileSync(keyFile) };
    createSecureContext(read);
    return read;
  });
  return () => {
    server.setSecureContext(pair);
  };
}

function orConfigError<T>(what: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    throw new ConfigError(`${what} cannot be used: ${error instanceof Error ? error.message : String(error)}`);
  }
}
