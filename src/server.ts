import { accessSync, constants, mkdirSync, rmSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { resolve } from 'node:path';
import { KeySet } from './auth/key-set';
import type { Principal } from './auth/principal';
import { EVERY_TOKEN, Revocations } from './auth/revocations';
import { loadOrCreateSecret, refuseUnusableSecret } from './auth/secret-file';
import { tokenIssuer, type TokenIssuer } from './auth/token-issuer';
import { TokenVerifier } from './auth/token-verifier';
import { type Config, type OptionName, options } from './config';
import { configTakers, defaultHeldBytes, fixedOptions, hubLimits, rateLimits } from './config-takers';
import { openRowServices, type RowServices } from './datasources/row-services';
import { isFault, WriterHubError } from './errors';
import { EventService } from './events/event-service';
import { TopicIds } from './events/topic-ids';
import { type EarlyNotice, WriteGate } from './events/write-gate';
import { Activity } from './feed/activity';
import { CatalogueFeed } from './feed/catalogue-feed';
import { DefinitionFeed } from './feed/definition-feed';
import { EventFeed } from './feed/event-feed';
import type { FeedOptions } from './feed/feed';
import { FeedBudget } from './feed/feed-budget';
import { PackageFeed } from './feed/package-feed';
import { RowFeed } from './feed/row-feed';
import { TopicService } from './events/topic-service';
import { createApp } from './http/app';
import { AnonymousSockets } from './http/anonymous-sockets';
import { Callers } from './http/callers';
import { answerClientErrors, type UnreadRequest } from './http/client-error';
import { answerHalfClosed } from './http/half-closed';
import { closeServer, countAnonymous, createHttpServer, listen, urlOf, type HttpServer } from './http/http-server';
import { OriginPolicy } from './http/origins';
import { Refusals } from './http/refusals';
import { MetricsPage, METRICS_PATH } from './http/metrics-page';
import { startMetricsServer, type MetricsServer } from './http/metrics-server';
import { askedPathOf } from './http/request-target';
import { TrustedProxies } from './http/trusted-proxies';
import type { Compressed } from './http/inflate';
import { createReadPlaces } from './http/route-context';
import { RateLimits } from './http/rate-limits';
import { HUB_PATHS } from './http/routes/hub-routes';
import { closeWaitingResponses } from './http/waiting-responses';
import { authenticateWith } from './hub/authenticate';
import type { ActivityParts } from './hub/activity-methods';
import { connectionHooks } from './hub/connection-hooks';
import { connectionLog } from './hub/connection-log';
import { HubCallers } from './hub/hub-callers';
import { HubErrors, hubErrorText } from './hub/hub-errors';
import type { ReaderParts } from './hub/reader-methods';
import type { RowReaderParts } from './hub/row-methods';
import { ReaderItems } from './hub/reader-items';
import type { SubscribeParts } from './hub/subscribe-methods';
import { eventKind, parameterKind } from './hub/subscribed-kinds';
import { Subscriptions } from './hub/subscriptions';
import { TopicWatch } from './hub/topic-watch';
import { writerHub } from './hub/writer-hub';
import { Followers } from './limits/followers';
import { HeldBytes } from './limits/held-bytes';
import { LimitWatch, type OnStrike } from './limits/limit-watch';
import { Turns } from './limits/turns';
import { LiveConfig } from './live-config';
import { createLogger, type Logger } from './log';
import type { Metrics } from './metrics/metrics';
import { ParameterService } from './parameters/parameter-service';
import { createMetrics } from './server-metrics';
import { fileInTheWay } from './settings/file-in-the-way';
import { Reloader, type ReloadOutcome } from './settings/reloader';
import { completeConfig } from './settings/settings';
import { createHubServer, type HubServer } from './signalr';
import { OutcomeUnknown } from './store/contract/outcome-unknown';
import type { Store } from './store/contract/store';
import { checkNativeModule } from './store/sqlite/file/native-module';
import { KafkaStore } from './store/kafka/kafka-store';
import { type HubForwarding, openForwarding } from './hub-forwarding';
import { localSql, openStore, type ServedStore } from './open-store';
import { ThreadedWork } from './threads/threaded-work';
import { WorkThreads } from './threads/work-threads';
import { openTracing } from './tracing/open-tracing';
import type { Tracing } from './tracing/tracing';
import { version } from './version';

export { ConfigError, options, type Config } from './config';
export type { ReloadOutcome } from './settings/reloader';
export { loadConfig } from './settings/settings';
export { WriterHubError, errorKinds, type ErrorCode, type Problem } from './errors';

/** A server that runs. */
export interface WriterHub {
  readonly version: string;
  /** Address it is reached at from this machine, without a slash at the end. */
  readonly url: string;
  /** Where the metrics are: `/metrics` there, or on a port of their own. */
  readonly metricsUrl: string;
  /** Absolute path of the data directory. */
  readonly dataDir: string;
  /** A token that may do everything for 30 days; only when this start made the secret. */
  readonly developmentToken: string | undefined;
  /**
   * Puts other settings in force, which `load` gives: all of them that can change while the server runs, or none when
   * `load` throws a `ConfigError` or they cannot be used. Options that are not given have their defaults. What became
   * of it is logged, counted and returned.
   */
  reload(load: () => Partial<Config>): ReloadOutcome;
  /**
   * Accepts nothing more, commits and answers what was accepted, closes every connection, releases the data directory.
   */
  close(): Promise<void>;
}

/** Largest argument of a hub method that is parsed; parsing it takes a few milliseconds at most. */
const MAX_PARSED_BYTES = 128 * 1024;

/** What the clients of a token that is revoked are told. */
const REVOKED = { error: 'unauthenticated: the token was revoked' };

/** What all clients are told when other tokens are good: those whose token still is come back. */
const OTHER_TOKENS = { error: 'unauthenticated: the rules for tokens have changed', allowReconnect: true };

const QUEUE_FULL = 'the queue in front of the disk is full; sockets are paused';

/**
 * The token of a first start. It may do everything: it goes to the terminal of whoever can read the secret and so make
 * any token, and the console shows all of the server with it.
 */
const DEVELOPMENT_TOKEN = { scopes: ['admin'], expiresIn: 30 * 24 * 3600, subject: 'development' };

/**
 * Starts a server. Options that are not given have the defaults of the table in the README. Rejects when the data
 * directory is in use, the address is taken, the secret is too short, or the database cannot be opened.
 */
export async function startWriterHub(settings: Partial<Config> = {}, log?: Logger): Promise<WriterHub> {
  const config = completeConfig(settings);
  const live = new LiveConfig(config);
  const logger = log ?? createLogger(config.logLevel, { format: config.logFormat });
  checkNativeModule();
  const dataDir = resolve(config.dataDir);
  prepareDirectory(dataDir);
  if (config.jwtSecret === undefined) refuseUnusableSecret(dataDir);
  const several = openForwarding(config, logger);
  // The store is opened first of what holds something: it locks the directory.
  const store = await openStore(config, dataDir, logger, several).catch(async (error: unknown) => {
    await several?.channel.close();
    throw error;
  });
  try {
    const secret = findSecret(config, dataDir, logger);
    const hub = await serve(live, store, { dataDir, secret: secret.value, several }, logger).catch((error: unknown) => {
      // Nobody has seen its token: the next start is the first one again.
      if (secret.made !== undefined) rmSync(secret.made);
      throw error;
    });
    logger.info({ url: hub.url, metricsUrl: hub.metricsUrl, dataDir }, 'listening');
    const token = secret.made === undefined ? undefined : issuerOf(config, secret.value)(DEVELOPMENT_TOKEN).token;
    return { version, dataDir, developmentToken: token, ...hub };
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** Makes the data directory, unless it is there. Throws `store_unavailable` when this user cannot use it. */
function prepareDirectory(dataDir: string): void {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    accessSync(dataDir, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    const file = fileInTheWay(dataDir);
    if (file !== undefined) {
      throw new WriterHubError('store_unavailable', `${file} is a file, not a directory`, { cause: error });
    }
    // What node:fs throws names the path once more.
    const reason = (error as NodeJS.ErrnoException).message.replace(/, \w+ '.*'$/s, '');
    const user = process.getuid === undefined ? 'this user' : `uid ${process.getuid()}`;
    const message = `the data directory ${dataDir} cannot be used by ${user}: ${reason}`;
    throw new WriterHubError('store_unavailable', message, { cause: error });
  }
}

/** What is known before anything above the store is made. */
interface ServedWith {
  readonly dataDir: string;
  readonly secret: string;
  readonly several: HubForwarding | undefined;
}

/** Everything above the store, in the order an event passes it on its way up from the disk. */
async function serve(
  live: LiveConfig,
  store: ServedStore,
  { dataDir, secret, several }: ServedWith,
  logger: Logger,
): Promise<Pick<WriterHub, 'url' | 'metricsUrl' | 'reload' | 'close'>> {
  const config = live.current;
  const tracing = openTracing(version, logger);
  const limits = new LimitWatch({
    count: (limit) => {
      metrics.refusals.strike(limit);
    },
    warn: (limit, who) => {
      logger.warn({ limit, who }, 'a limit that callers share has struck');
    },
    now: Date.now,
  });
  const lifecycle = { stopping: false };
  const turns = new Turns();
  const proxies = new TrustedProxies(config.trustedProxies);
  const refusals = new Refusals();
  const heldLimit = (): number => live.current.maxHeldBytes || defaultHeldBytes();
  const held = new HeldBytes(heldLimit(), limits.strike);
  const anonymous = new AnonymousSockets(config.maxAnonymousSockets, limits.strike, proxies);
  const metrics: Metrics = createMetrics({ live, heldLimit }, () => ({
    ...{ store, hub, held, anonymous, threads, turns, followers, feed, packageFeed, rowFeed, definitionFeed },
    ...{ catalogue, activity, subscriptions, verifier, sql: localSql(store) },
  }));
  const readPlaces = createReadPlaces(limits.strike);
  const feedBudget = new FeedBudget(config.feedBufferBytes);
  const feedOptions: FeedOptions = {
    budget: feedBudget,
    onDelivered: (delay) => {
      metrics.delivered(delay);
    },
    inTurn: (holder, read) => readPlaces.run(read, { holder }),
  };
  const feed: EventFeed = new EventFeed(store, feedOptions);
  const packageFeed: PackageFeed = new PackageFeed(store, feedOptions);
  const definitionFeed: DefinitionFeed = new DefinitionFeed(store, feedOptions);
  const catalogue: CatalogueFeed = new CatalogueFeed(store, feedOptions);
  const topicIds = new TopicIds(config.workspace);
  const activity: Activity = new Activity(
    store,
    live.view(
      { activeFor: 'activeFor', maxStreams: 'maxActiveStreams', maxTopics: 'maxTopics' },
      {
        onFull: (topic: string) => {
          limits.strike('active_streams', topic);
        },
        topicIdOf: (topic: string) => topicIds.idOf(topic),
      },
    ),
  );
  const followers = new Followers(config.maxFollowers, { onStrike: limits.strike });
  const threads = createThreads(live, limits.strike, logger);
  const work = new ThreadedWork(threads);
  observeStore(store, metrics, limits.strike, logger);
  const revocations = new Revocations({
    revoked: await store.tokens.revokedTokens(),
    persist: (tokenId, expiresAt) => store.tokens.revokeToken(tokenId, expiresAt),
  });
  if (store instanceof KafkaStore) {
    store.onRevoked((tokenId, until) => {
      revocations.learn(tokenId, until ?? undefined);
    });
  }
  const verifier = createVerifier(config, secret, revocations);
  // That of the data directory is read once: tokens are made with the one that they are verified with.
  let own = config.jwtSecret === undefined ? secret : undefined;
  const secretOf = (next: Config): string => next.jwtSecret ?? (own ??= findSecret(next, dataDir, logger).value);
  const onEarly = ({ topic, streamId, count, warning }: EarlyNotice): void => {
    metrics.intake.earlyTimestamps(count);
    if (warning !== undefined) logger.warn({ topic, streamId, warning }, 'timestamps seem to be in another unit');
  };
  const gate = new WriteGate(store, live.view({ idempotencyWindow: 'idempotencyWindow' }, { onEarly }));
  // Its appends are parts of what they are called for.
  const traced = tracing.watch(store);
  const scanLimits = { maxDepth: 'maxJsonDepth', maxTags: 'maxTags' } as const;
  const textLimits = { maxPropertiesBytes: 'maxPropertiesBytes', maxDefinitionsBytes: 'maxDefinitionsBytes' } as const;
  const service = new EventService(traced, gate, live.view({ ...scanLimits, ...textLimits }, { work }));
  const packageLimits = { ...scanLimits, maxParameters: 'maxParameters' } as const;
  const parameters = new ParameterService(traced, gate, live.view(packageLimits, { work }));
  const topics = new TopicService(store);
  const origins = new OriginPolicy(config.corsOrigins);
  const rows = await openRows(live, traced, work, { turns, metrics, logger });
  const rowFeed: RowFeed = new RowFeed(store, (name, page) => rows.dataSources.columnsOf(name, page), feedOptions);
  const callers = new Callers(verifier, anonymous);
  const hubCallers = new HubCallers(revocations);
  const items = new ReaderItems(topicIds);
  const subscriptions: Subscriptions = new Subscriptions({
    ...{ followers, held, turns, log: store.log, callers: hubCallers, definitions: definitionFeed },
    watch: new TopicWatch(store),
    kinds: { events: eventKind(feed, items), parameters: parameterKind(packageFeed, items) },
    limits: live.view({ maxSubscriptions: 'maxSubscriptions' }, {}),
    onStrike: (holder) => {
      limits.strike('subscriptions', holder);
    },
    close: (connectionId, error) => {
      closeConnection(hub, connectionId, error);
    },
  });
  const hubLogger = logger.child({ part: 'signalr' });
  const hub: HubServer<Principal> = createHub(config, {
    ...{ service, parameters, callers, origins, proxies, refusals, metrics, tracing, logger, hubLogger },
    reader: {
      ...{ service, feed, packageFeed, rowFeed, dataSources: rows.dataSources },
      ...{ followers, held, turns, callers: hubCallers, subscriptions, topicIds, activity, catalogue },
    },
    memory: held.budget,
    several,
  });
  pauseUnderPressure(store, hub);
  revocations.onRevoked((tokenId) => {
    if (tokenId === EVERY_TOKEN) hub.closeConnections(() => true, OTHER_TOKENS);
    else hub.closeConnections(({ principal }) => principal.tokenId === tokenId, REVOKED);
  });

  const metricsPage = new MetricsPage({ metrics, callers, token: config.metricsToken });
  // It knows its path by itself, however that is escaped.
  const mounts = [{ path: '/', handler: hub.handler }];
  const rates = new RateLimits(rateLimits(config));
  const { listener, fail } = createApp({
    version,
    service,
    parameters,
    topics,
    intake: rows.intake,
    dataSources: rows.dataSources,
    engine: store.sql === undefined ? undefined : metrics.watchSql(store.sql),
    // A hub that others do not know cannot answer for a connection whose next request goes to one of them.
    probe: async () => {
      several?.channel.probe();
      await store.probe();
    },
    revocations,
    issue: (order) => issuerOf(live.current, secretOf(live.current))(order),
    rates,
    bodyLimits: live.view(
      { maxBytes: 'maxMessageBytes', maxDepth: 'maxJsonDepth' },
      { inflate: (body: Compressed, holder: string) => work.inflate(body, holder) },
    ),
    limits: live.view({ maxSqlBytes: 'maxSqlBytes', sendTimeout: 'sendTimeout', minDataRate: 'minDataRate' }, {}),
    held,
    readPlaces,
    feed,
    packageFeed,
    rowFeed,
    catalogueFeed: catalogue,
    followers,
    topicIds,
    turns,
    callers,
    proxies,
    refusals,
    lifecycle,
    onStrike: limits.strike,
    mounts,
    origins,
    metrics,
    metricsPage: config.metricsPort === undefined ? metricsPage : undefined,
    tracing,
    logger,
  });
  const server = createHttpServer(config, listener);
  const onRefused = ({ socket, ...refused }: UnreadRequest): void => {
    logger.info({ ...refused, remote: proxies.clientBehind(socket) }, 'request refused');
  };
  answerClientErrors(server, origins, { fail, onRefused });
  answerHalfClosed(server);
  closeWaitingResponses(server);
  countAnonymous(server, anonymous);
  for (const path of HUB_PATHS) hub.attach(server, path);
  let metricsServer: MetricsServer | undefined;
  try {
    metricsServer = await openMetricsPort(config, metricsPage);
    await listen(server, config);
  } catch (error) {
    await Promise.all([metricsServer?.close(), hub.close()]);
    await several?.channel.close();
    throw error;
  }
  const url = urlOf(server, config);
  const reloader = new Reloader({
    live,
    fixed: fixedOptions,
    takers: configTakers({
      ...{ store, server, hub, held, anonymous, followers, feedBudget, rates, origins, proxies, callers, revocations },
      sql: localSql(store),
      newVerifier: (next) => createVerifier(next, secretOf(next), revocations),
      setLogLevel: (level) => {
        for (const each of [logger, hubLogger]) each.level = level;
      },
      onFailed: (error) => {
        logger.error({ err: error }, 'the store could not be told its new limits; it has them when it starts again');
      },
    }),
    onReloaded: (outcome) => {
      metrics.reloads.reloaded(outcome.result);
      logReload(outcome, logger);
    },
  });
  return {
    url,
    metricsUrl: `${metricsServer?.url ?? url}${METRICS_PATH}`,
    reload: (load) => reloader.reload(load),
    close: () =>
      stop(
        {
          ...{
            server,
            metricsServer,
            anonymous,
            hub,
            hubCallers,
            several,
            gate,
            topics,
            rows,
            threads,
            store,
            lifecycle,
          },
          feeds: [feed, packageFeed, rowFeed, definitionFeed, catalogue, activity],
        },
        live.current.shutdownTimeout,
      ),
  };
}

/** The port of the metrics, if they have one of their own. */
async function openMetricsPort(config: Config, page: MetricsPage): Promise<MetricsServer | undefined> {
  const { metricsPort: port, metricsHost: host = config.host } = config;
  return port === undefined ? undefined : startMetricsServer({ ...config, host, port }, page.listener);
}

/** Says what another configuration has changed, and what of it waits; or why it was not taken. */
function logReload({ error, changed, waiting }: ReloadOutcome, logger: Logger): void {
  if (error !== undefined) {
    logger.error({ reason: error.message }, 'the configuration cannot be used; the old one stays in force');
    return;
  }
  const flagsOf = (names: readonly OptionName[]): string[] => names.map((name) => options[name].flag);
  logger.info({ changed: flagsOf(changed) }, 'the configuration was read again');
  if (waiting.length === 0) return;
  logger.warn({ options: flagsOf(waiting) }, 'options were changed that take effect when the server is started again');
}

/** Logs and counts what the store tells. */
function observeStore(store: Store, metrics: Metrics, onStrike: OnStrike, logger: Logger): void {
  store.observe({
    onPressure(full, holder) {
      // A share is struck as often as a sender is faster than the disk.
      if (holder !== undefined && full) onStrike('queue', holder);
      if (holder === undefined) logger.warn({ full }, full ? QUEUE_FULL : 'the queue has drained');
    },
    onTopicRefused(creator) {
      onStrike('topics', creator);
    },
    onCommit(commit) {
      metrics.intake.committed(commit);
    },
    onWritable(failure) {
      if (failure === undefined) logger.info('the store can write again');
      else logger.error({ err: failure }, 'the store cannot write');
    },
  });
}

/**
 * Under pressure the sockets are not read, so that senders slow down; HTTP callers are refused by the event service.
 */
function pauseUnderPressure(store: Store, hub: HubServer<Principal>): void {
  store.observe({
    onPressure(full, holder) {
      if (full) hub.pauseReading(holder);
      else hub.resumeReading(holder);
    },
  });
}

/** What takes rows in, and what looks after the data sources they go to. */
function openRows(
  live: LiveConfig,
  store: Store,
  work: ThreadedWork,
  { turns, metrics, logger }: Pick<HubParts, 'metrics' | 'logger'> & { readonly turns: Turns },
): Promise<RowServices> {
  const limits = {
    maxDepth: 'maxJsonDepth',
    maxColumns: 'maxColumns',
    maxSchemaBytes: 'maxSchemaBytes',
    maxRereads: 'maxRereads',
    maxQuarantinedRows: 'maxQuarantinedRows',
    createDataSources: 'createDataSources',
    idempotencyWindow: 'idempotencyWindow',
  } as const;
  const parts = {
    work,
    turns,
    now: Date.now,
    onStored: (stored: { readonly rows: number; readonly quarantined: number }): void => {
      metrics.intake.rowsStored(stored);
    },
    onUnread: (error: unknown): void => {
      logger.warn({ reason: String(error) }, 'data sources cannot be read now; that is tried again');
    },
    isLater: store instanceof KafkaStore,
    onGivenUp: (rows: number, error: WriterHubError): void => {
      metrics.intake.rowsGivenUp(rows);
      const details = { rows, code: error.code, err: error.cause ?? error };
      if (error instanceof OutcomeUnknown) logger.error(details, 'rows that were accepted may be stored or not');
      else logger.error(details, 'rows that were accepted cannot be stored');
    },
  };
  return openRowServices(store, live.view(limits, parts));
}

/** The threads for what would hold up this one. */
function createThreads(live: LiveConfig, onStrike: OnStrike, logger: Logger): WorkThreads {
  const parts = {
    onRefused: (_: unknown, holder: string): void => {
      onStrike('waiting_bodies', holder);
    },
    onDied: (cause: unknown): void => {
      logger.error({ err: cause }, 'a thread that checks large bodies ended; another one is started when it is needed');
    },
  };
  const limits = { threads: 'workThreads', maxWaiting: 'maxWaitingBodies', maxWait: 'maxBodyWait' } as const;
  return new WorkThreads(live.view(limits, parts));
}

/** Names what a function of the composition needs. */
interface HubParts {
  readonly service: EventService;
  readonly parameters: ParameterService;
  readonly reader: ReaderParts & RowReaderParts & SubscribeParts & ActivityParts;
  readonly callers: Callers;
  readonly origins: OriginPolicy;
  readonly proxies: TrustedProxies;
  readonly refusals: Refusals;
  readonly metrics: Metrics;
  readonly tracing: Tracing;
  /** What may be held for callers, of which hub clients are some. */
  readonly memory: HeldBytes['budget'];
  readonly logger: Logger;
  /** That of the SignalR server. */
  readonly hubLogger: Logger;
  readonly several: HubForwarding | undefined;
}

function createHub(config: Config, parts: HubParts): HubServer<Principal> {
  const { service, parameters, reader, callers, origins, proxies, refusals, metrics, tracing, memory, logger } = parts;
  const { several } = parts;
  const onRefused = (error: WriterHubError): void => {
    metrics.refusals.error(error.code);
    if (!isFault(error)) return;
    logger.error({ code: error.code, ...tracing.current(), err: error.cause ?? error }, 'invocation failed');
  };
  const hooks = connectionHooks(connectionLog(logger), reader.callers, metrics.hub);
  const hub = writerHub({ service, parameters, reader, errors: new HubErrors(onRefused), hooks });
  metrics.hub.declare(hub.methodNames);
  return createHubServer(hub, {
    metrics: metrics.hub.hooks,
    traceInvocation: tracing.invocation,
    authenticate: authenticateWith(
      (request, token) => callers.identify(request, token),
      (error, request) => {
        onRefused(error);
        return refusals.note(request, error);
      },
    ),
    remoteAddressOf: (request) => proxies.clientOf(request),
    onRefused: ({ request, isUpgrade, status, reason }) => {
      refusals.noteStatus(request, status, reason);
      // All other requests have a line from where HTTP is served.
      if (isUpgrade) logRefusedUpgrade(request, status, parts);
    },
    isOriginAllowed: (_, request) => origins.allows(request),
    // A token of the same subject alone: the rights and their end are replaced together.
    enableAuthenticationRefresh: true,
    ...hubLimits(config),
    keepAliveInterval: config.keepAliveInterval,
    clientTimeout: config.clientTimeout,
    maximumParallelInvocations: config.maxParallelInvocations,
    maximumParallelInvocationBytes: config.maxParallelBytes,
    maximumSendBufferSize: config.maxSendBufferBytes,
    shareConnections: true,
    memory,
    // Whatever is parsed into objects: names and the properties of a stream. Events and definitions are not.
    maximumParsedSize: Math.max(MAX_PARSED_BYTES, 2 * config.maxPropertiesBytes),
    onLimit: ({ limit }) => {
      metrics.refusals.hubStrike(limit);
    },
    logger: parts.hubLogger,
    ...(several && { backplane: several.channel, forwarding: several.forwarding }),
  });
}

/** Ends one connection of the hub, whose client is told why, and comes back. */
function closeConnection(hub: HubServer<Principal>, connectionId: string, reason: unknown): void {
  const error =
    reason instanceof WriterHubError ? hubErrorText(reason) : 'internal: what was subscribed to cannot be read';
  hub.closeConnections((connection) => connection.connectionId === connectionId, { error, allowReconnect: true });
}

/** Logs a request for a WebSocket that was not let in. */
function logRefusedUpgrade(request: IncomingMessage, status: number, parts: HubParts): void {
  const { callers, proxies, refusals, tracing, logger } = parts;
  const asked = { method: request.method, path: askedPathOf(request), status, remote: proxies.clientOf(request) };
  const who = { subject: callers.subjectOf(request), ...tracing.fieldsOf(request) };
  logger.info({ ...asked, ...refusals.of(request), ...who }, 'upgrade refused');
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
    clockTolerance: config.clockTolerance / 1000,
    revocations,
  });
}

/** Makes tokens that a server with these options and this secret accepts. */
function issuerOf({ jwtIssuer: issuer, jwtAudience: audience }: Config, secret: string): TokenIssuer {
  return tokenIssuer(secret, { issuer, audience });
}

interface RunningParts {
  readonly server: HttpServer;
  readonly metricsServer: MetricsServer | undefined;
  readonly anonymous: AnonymousSockets;
  readonly hub: HubServer<Principal>;
  readonly hubCallers: HubCallers;
  readonly several: HubForwarding | undefined;
  /** Whoever waits for something new is told that there will be none. */
  readonly feeds: readonly { stop(): void }[];
  readonly gate: WriteGate;
  readonly topics: TopicService;
  readonly rows: RowServices;
  readonly threads: WorkThreads;
  readonly store: Store;
  readonly lifecycle: { stopping: boolean };
}

/**
 * Ends from the sockets inwards: nothing new comes in, what is under way is finished and committed, then the store is
 * closed.
 */
async function stop(
  {
    server,
    metricsServer,
    anonymous,
    hub,
    hubCallers,
    several,
    feeds,
    gate,
    topics,
    rows,
    threads,
    store,
    lifecycle,
  }: RunningParts,
  timeout: number,
): Promise<void> {
  const deadline = performance.now() + timeout;
  lifecycle.stopping = true;
  for (const feed of feeds) feed.stop();
  await hubCallers.endStreams();
  // While hub clients are told, they can still be heard: a long polling one takes its leave with another request.
  await hub.close({ allowReconnect: true, timeout });
  gate.stop();
  topics.stop();
  rows.intake.stop();
  rows.dataSources.stop();
  await closeServer(server, anonymous, Math.max(0, deadline - performance.now()));
  await rows.accepted.close();
  await threads.close();
  await metricsServer?.close();
  await store.close();
  await several?.channel.close();
}
