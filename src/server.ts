import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { KeySet } from './auth/key-set';
import type { Principal } from './auth/principal';
import { Revocations } from './auth/revocations';
import { loadOrCreateSecret } from './auth/secret-file';
import { mintToken } from './auth/token-minter';
import { TokenVerifier } from './auth/token-verifier';
import { completeConfig, type Config } from './config';
import { isFault, type WriterHubError } from './errors';
import { EventService } from './events/event-service';
import { createApp } from './http/app';
import { answerClientErrors } from './http/client-error';
import { OriginPolicy } from './http/origins';
import { HUB_PATH } from './http/routes/hub-routes';
import { authenticateWith } from './hub/authenticate';
import { connectionLog } from './hub/connection-log';
import { writerHub } from './hub/writer-hub';
import { createLogger, type Logger } from './log';
import { Metrics } from './metrics';
import { createRowParts, rateLimits, type RowParts } from './row-parts';
import { createSqlEngine } from './sql-parts';
import { createHubServer, type HubServer } from './signalr';
import type { EventStore, StoreListener } from './store/event-store';
import type { SqlEngine } from './store/sql-engine';
import { SqliteEventStore } from './store/sqlite/sqlite-store';
import { version } from './version';

export { ConfigError, loadConfig, options, type Config } from './config';
export { WriterHubError, errorKinds, type ErrorCode, type Problem } from './errors';

/** A server that runs. */
export interface WriterHub {
  readonly version: string;
  /** Address it is reached at from this machine, without a slash at the end. */
  readonly url: string;
  /** Absolute path of the data directory. */
  readonly dataDir: string;
  /** A token that may create, write and read everything for 30 days; only when this start made the secret. */
  readonly developmentToken: string | undefined;
  /** Stops taking anything in, commits and answers what was accepted, closes every connection, lets go of the data directory. */
  close(): Promise<void>;
}

/** How long the development token of a first start lives, in seconds. */
const DEVELOPMENT_TOKEN_SECONDS = 30 * 24 * 3600;

/**
 * Starts a server. Options that are not given have the defaults of the table in the README. Rejects when the data directory is in use,
 * the address is taken, the secret is too short, or the database cannot be opened.
 */
export async function startWriterHub(settings: Partial<Config> = {}, log?: Logger): Promise<WriterHub> {
  const config = completeConfig(settings);
  const logger = log ?? createLogger(config.logLevel);
  const dataDir = resolve(config.dataDir);
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  // The store is opened first: it locks the directory, and has listeners only when the hub above it is there.
  const listener: StoreListener = {};
  const store = await openStore(config, dataDir, listener);
  try {
    const secret = findSecret(config, dataDir, logger);
    const hub = await serve(config, { store, listener }, secret.value, logger).catch((error: unknown) => {
      // Nobody has seen its token: the next start is the first one again.
      if (secret.made !== undefined) rmSync(secret.made);
      throw error;
    });
    logger.info({ url: hub.url, dataDir }, 'listening');
    const token = secret.made === undefined ? undefined : developmentToken(config, secret.value);
    return { version, dataDir, developmentToken: token, ...hub };
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** Everything above the store, in the order an event passes it on its way up from the disk. */
async function serve(
  config: Config,
  { store, listener }: { store: EventStore; listener: StoreListener },
  secret: string,
  logger: Logger,
): Promise<Pick<WriterHub, 'url' | 'close'>> {
  const revocations = new Revocations({
    revoked: await store.revokedTokens(),
    persist: (tokenId, expiresAt) => store.revokeToken(tokenId, expiresAt),
  });
  const verifier = createVerifier(config, secret, revocations);
  const service = new EventService(store, {
    maxDepth: config.maxJsonDepth,
    maxTags: config.maxTags,
    maxPropertiesBytes: config.maxPropertiesBytes,
    idempotencyWindow: config.idempotencyWindow,
  });
  const origins = new OriginPolicy(config.corsOrigins);
  const metrics: Metrics = new Metrics({ queue: () => store.queue, connections: () => hub.connections });
  const rows = await createRowParts(config, { store, metrics, logger });
  const hub = createHub(config, { service, verifier, origins, metrics, logger });
  Object.assign(listener, storeListener(hub, metrics, logger));
  revocations.onRevoked((tokenId) => {
    hub.closeConnections(({ principal }) => principal.tokenId === tokenId);
  });

  const engine = createSqlEngine(config);
  const mounts = [{ path: HUB_PATH, handler: hub.handler }];
  const app = createApp({
    version,
    service,
    intake: rows.intake,
    dataSources: rows.dataSources,
    engine,
    store,
    verifier,
    revocations,
    rates: rateLimits(config),
    bodyLimits: {
      maxBytes: config.maxMessageBytes,
      maxDepth: config.maxJsonDepth,
      maxIncomingBytes: config.maxIncomingBytes,
    },
    // Results wait in memory for their callers: as much as bodies may, and one result at the least.
    maxWaitingResultBytes: Math.max(config.maxIncomingBytes, config.maxResultBytes),
    mounts,
    origins,
    metrics,
    logger,
  });
  const server = createDoor(config, app);
  answerClientErrors(server);
  hub.attach(server, HUB_PATH);
  try {
    await listen(server, config);
  } catch (error) {
    await hub.close();
    throw error;
  }
  return {
    url: urlOf(server, config),
    close: () => stop({ server, hub, service, rows, engine, store }, config.shutdownTimeout),
  };
}

/** Names what a function of the composition needs. */
interface HubParts {
  readonly service: EventService;
  readonly verifier: TokenVerifier;
  readonly origins: OriginPolicy;
  readonly metrics: Metrics;
  readonly logger: Logger;
}

function createHub(config: Config, { service, verifier, origins, metrics, logger }: HubParts): HubServer<Principal> {
  const onRefused = (error: WriterHubError): void => {
    metrics.error(error.code);
    if (isFault(error)) logger.error({ code: error.code, err: error.cause ?? error }, 'invocation failed');
  };
  return createHubServer(writerHub(service, onRefused, connectionLog(logger)), {
    authenticate: authenticateWith(verifier, onRefused),
    isOriginAllowed: (origin, request) => origins.allows(origin, request.headers.host),
    closeOnAuthenticationExpiration: config.closeOnTokenExpiry,
    detailedErrors: config.detailedErrors,
    handshakeTimeout: config.handshakeTimeout,
    keepAliveInterval: config.keepAliveInterval,
    clientTimeout: config.clientTimeout,
    maximumConnections: config.maxConnections,
    maximumParallelInvocations: config.maxParallelInvocations,
    maximumParallelInvocationBytes: config.maxParallelBytes,
    maximumReceiveMessageSize: config.maxMessageBytes,
    maximumSendBufferSize: config.maxSendBufferBytes,
    logger: logger.child({ part: 'signalr' }),
  });
}

/** Under pressure the sockets are not read, so that senders slow down; HTTP callers are refused by the event service. */
function storeListener(hub: HubServer<Principal>, metrics: Metrics, logger: Logger): StoreListener {
  return {
    onPressure(full) {
      logger.warn(
        { full },
        full ? 'the queue in front of the disk is full; sockets are paused' : 'the queue has drained',
      );
      if (full) hub.pauseReading();
      else hub.resumeReading();
    },
    onCommit(commit) {
      metrics.commit(commit);
    },
    onWritable(failure) {
      if (failure === undefined) logger.info('the store can write again');
      else logger.error({ err: failure }, 'the store cannot write');
    },
  };
}

function openStore(config: Config, directory: string, listener: StoreListener): Promise<SqliteEventStore> {
  const { maxQueueBytes, maxTopics, maxStreamsPerTopic, maxDatabaseBytes, busyTimeout } = config;
  return SqliteEventStore.open({
    directory,
    maxQueueBytes,
    maxTopics,
    maxStreamsPerTopic,
    maxDatabaseBytes,
    busyTimeout,
    listener,
  });
}

/** The secret tokens are signed with, and the file it was put into if it was made just now. */
function findSecret(config: Config, dataDir: string, logger: Logger): { value: string; made: string | undefined } {
  if (config.jwtSecret !== undefined) return { value: config.jwtSecret, made: undefined };
  const { secret, created, exposed, path } = loadOrCreateSecret(dataDir);
  if (exposed) logger.warn({ path }, 'others than the owner may read the secret; take that right away with chmod 600');
  return { value: secret, made: created ? path : undefined };
}

function createVerifier(config: Config, secret: string, revocations: Revocations): TokenVerifier {
  const rules = { issuer: config.jwtIssuer, audience: config.jwtAudience };
  return new TokenVerifier({
    secret: { value: secret, ...rules },
    keySet: config.jwksUrl === undefined ? undefined : { keys: new KeySet({ url: config.jwksUrl }), ...rules },
    rememberedTokens: config.tokenMemory,
    revocations,
  });
}

function developmentToken(config: Config, secret: string): string {
  const claims = { subject: 'development', issuer: config.jwtIssuer, audience: config.jwtAudience };
  return mintToken({ scopes: ['create', 'read:*'], expiresIn: DEVELOPMENT_TOKEN_SECONDS, ...claims }, secret).token;
}

/** An HTTP server, or an HTTPS one where there is a certificate. */
function createDoor({ tlsCertFile, tlsKeyFile }: Config, app: RequestListener): Server | TlsServer {
  if (tlsCertFile === undefined || tlsKeyFile === undefined) return createServer(app);
  return createTlsServer({ cert: readFileSync(tlsCertFile), key: readFileSync(tlsKeyFile) }, app);
}

async function listen(server: Server | TlsServer, { host, port }: Config): Promise<void> {
  server.listen(port, host);
  // Rejects with the error of a taken or forbidden address.
  await once(server, 'listening');
}

function urlOf(server: Server | TlsServer, { host, tlsCertFile }: Config): string {
  const { port } = server.address() as AddressInfo;
  const everywhere = host === '0.0.0.0' || host === '::';
  const name = everywhere ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host;
  return `${tlsCertFile === undefined ? 'http' : 'https'}://${name}:${port}`;
}

/** How often idle connections are looked for while the server stops, in milliseconds. */
const SWEEP_INTERVAL = 100;

interface RunningParts {
  readonly server: Server | TlsServer;
  readonly hub: HubServer<Principal>;
  readonly service: EventService;
  readonly rows: RowParts;
  readonly engine: SqlEngine;
  readonly store: EventStore;
}

/** Ends from the doors inwards: nothing new comes in, what is under way is finished and committed, then the store is closed. */
async function stop({ server, hub, service, rows, engine, store }: RunningParts, timeout: number): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  // A connection that is kept alive ends with its next answer, or as soon as it is idle.
  server.prependListener('request', (_request, response: ServerResponse) => {
    response.setHeader('Connection', 'close');
  });
  const sweep = setInterval(() => {
    server.closeIdleConnections();
  }, SWEEP_INTERVAL);
  const overdue = setTimeout(() => {
    server.closeAllConnections();
  }, timeout);
  await hub.close({ allowReconnect: true, timeout });
  service.stop();
  rows.intake.stop();
  rows.dataSources.stop();
  await closed;
  clearInterval(sweep);
  clearTimeout(overdue);
  await rows.accepted.close();
  await engine.close();
  await store.close();
}
