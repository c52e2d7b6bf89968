import type { IncomingMessage } from 'node:http';
import type { AnyClientMethods } from './clients/clients';
import { type Clock, systemClock } from './clock';
import type { HubFilter } from './hub/filters';
import { EVENT_CHANNELS, type HubMetrics } from './instruments';
import { LOG_LEVELS, type Logger, silentLogger } from './logger';
import { checkNames, describe, didYouMean } from './mistakes';
import { PROTOCOL_NAMES, type ProtocolName, TRANSPORT_NAMES, type TransportName } from './names';
import type { Backplane } from './scaleout/backplane';
import { forwardingFault, type ForwardingOptions } from './scaleout/forwarding/forwarding-options';
import type { MemoryBudget } from './transports/memory-account';

/** The authenticated sender of a request. */
export interface Authentication<P> {
  readonly principal: P;
  /**
   * Identifies the user. All requests of one connection must come from the same user; a request of another user that
   * has got hold of the connection's token is answered with 403.
   */
  readonly userId?: string | undefined;
  /**
   * Who answers for what the request takes of what all share: connections, memory. Also who may go on with a connection
   * that names no user. Default: `userId`.
   */
  readonly holder?: string | undefined;
  /** When the authentication expires, in milliseconds since the Unix epoch; without it, never. */
  readonly expiresAt?: number | undefined;
}

/** Why a request is not let in: what it is answered with. */
export interface AuthenticationRefusal {
  readonly refusal: {
    /** 401, or another status of an error. */
    readonly status: number;
    /** The text that the client is told; stock clients show it. */
    readonly reason: string;
    /**
     * What is wrong with the token, in the words of RFC 6750: `WWW-Authenticate` says it, with `reason` as its
     * description. Without it, a 401 says `Bearer` alone, which is for a request without a token.
     */
    readonly error?: 'invalid_request' | 'invalid_token' | 'insufficient_scope';
    readonly headers?: Readonly<Record<string, string>>;
  };
}

/**
 * Authenticates the sender of a request. When that fails: an `AuthenticationRefusal`, or `undefined` for a 401 without
 * a reason.
 */
export type Authenticate<P> = (request: IncomingMessage) => Admission<P> | Promise<Admission<P>>;

export type Admission<P> = Authentication<P> | AuthenticationRefusal | undefined;

/** A connection that is open is to have another token. */
export interface RefreshRequest<P> {
  readonly request: IncomingMessage;
  readonly connectionId: string;
  /** The principal that is in force, and the one that is to replace it; both are of the same user. */
  readonly previousPrincipal: P;
  readonly principal: P;
  /** When the new authentication expires, in milliseconds since the Unix epoch; without it, never. */
  readonly expiresAt: number | undefined;
}

/** Whether a connection may have another token. */
export type AllowRefresh<P> = (refresh: RefreshRequest<P>) => boolean | Promise<boolean>;

/** A request that was answered with an error. */
export interface RefusedRequest {
  readonly request: IncomingMessage;
  /** Whether it asked for an upgrade to a WebSocket; other requests are seen by whatever serves HTTP, too. */
  readonly isUpgrade: boolean;
  readonly status: number;
  /** The text that it was answered with. */
  readonly reason: string;
}

/** Where a client is to negotiate instead. TransportProtocols: POST [endpoint-base]/negotiate. */
export interface NegotiateRedirect {
  readonly url: string;
  /** The bearer token that the client is to use there. */
  readonly accessToken?: string | undefined;
}

/**
 * Limits of a hub server. Durations are in milliseconds and are checked once a second, or as often as the shortest of
 * them; `Infinity` turns one off. Names and defaults are those of ASP.NET Core where it has the same limit.
 */
export interface HubLimits {
  /** How long a client may take until its handshake request is complete. Default 15,000. */
  readonly handshakeTimeout: number;
  /** A client that was sent nothing for this long is sent a ping. Default 15,000; clients give up after 30,000. */
  readonly keepAliveInterval: number;
  /** A client that has pinged at least once and then is silent for this long is considered gone. Default 30,000. */
  readonly clientTimeout: number;
  /** How long a negotiated connection waits for its transport. Default 15,000. */
  readonly negotiationTimeout: number;
  /** How long a poll waits for something to send. Default 90,000; clients give up after 100,000. */
  readonly pollTimeout: number;
  /** How long a connection is kept without a poll, or without a socket during a stateful reconnect. Default 15,000. */
  readonly disconnectTimeout: number;
  /** A client that takes nothing of what is waiting for it is dropped after this long. Default 10,000. */
  readonly sendTimeout: number;
  /** How long running invocations, and after them the client, may take when a connection closes. Default 5,000. */
  readonly closeTimeout: number;
  /**
   * How many bytes per second a message or the body of a POST that was begun must bring. Every byte that comes earns
   * the time it may take, up to `clientTimeout`; a client that is slower is told and its connection ends. 0: as slowly
   * as it likes. Default 240, as Kestrel's `MinRequestBodyDataRate`.
   */
  readonly minimumDataRate: number;
  /** How long a message may take before its rate counts. Default 5,000. */
  readonly dataRateGracePeriod: number;
  /** The greatest size of one message in bytes, with its separator. Default 32,768. */
  readonly maximumReceiveMessageSize: number;
  /**
   * The greatest size in bytes of an encoded value that is parsed into objects: an argument of a kind other than
   * `rawJson`, an item, a result, headers. A greater one fails its invocation or stream without being parsed. Default
   * `Infinity`.
   */
  readonly maximumParsedSize: number;
  /** A client for which more than this many bytes are waiting is dropped. Default 1 MiB. */
  readonly maximumSendBufferSize: number;
  /**
   * How many bytes of sent messages are kept until the client has acknowledged them, for stateful reconnect. Default
   * 100,000.
   */
  readonly statefulReconnectBufferSize: number;
  /**
   * How many invocations of one connection run in parallel. Default 1: each starts when the one before has completed.
   */
  readonly maximumParallelInvocations: number;
  /**
   * No invocation of a connection starts while the messages of its running ones had this many bytes or more. The same
   * goes, separately, for invocations with streams in either direction, and nothing is read from a connection while
   * this many bytes of its upload streams are waiting. Default 1 MiB.
   */
  readonly maximumParallelInvocationBytes: number;
  /**
   * How many items of an upload stream wait for its method before nothing more is read from the connection. Default 10.
   */
  readonly streamBufferCapacity: number;
  /**
   * How many streams of a connection run at once in each direction; more are rejected. Also how many of its invocations
   * may wait for results of the client without counting as parallel. Default 100.
   */
  readonly maximumStreamsPerConnection: number;
  /** How many groups a connection may be in. Default 1,000. */
  readonly maximumGroupsPerConnection: number;
  /** How long the server waits for the result of a client's method. Default `Infinity`. */
  readonly clientResultTimeout: number;
  /**
   * With a backplane: how long another server may be silent until it is gone, with all that waits for it. It is heard
   * five times as often. Default 5,000.
   */
  readonly serverTimeout: number;
  /** How many connections are served at once, and how many more may be negotiated and waiting. Default 10,000. */
  readonly maximumConnections: number;
}

/** The limits that report whom they strike. */
export const LIMIT_NAMES = [
  'memory',
  'memoryShare',
  'minimumDataRate',
  'maximumParsedSize',
  'sendTimeout',
  'maximumSendBufferSize',
  'connections',
  'connectionShare',
  'negotiations',
  'negotiationShare',
] as const;

/** A limit that reports whom it strikes. A share is what one holder may have of what all have together. */
export type LimitName = (typeof LIMIT_NAMES)[number];

/** A limit has struck somebody. */
export interface LimitStrike {
  readonly limit: LimitName;
  /** The holder that `authenticate` returned. */
  readonly holder: string | undefined;
  readonly remoteAddress: string | undefined;
  /** The connection, if there is one already. */
  readonly connectionId?: string | undefined;
}

/** Options of `createHubServer` that do not depend on the principal. */
export interface HubServerSettings extends Partial<HubLimits> {
  /**
   * Whether pages of this origin may negotiate and connect. Called when a request has an `Origin` header; false is
   * answered with 403, a throw with 500 and logged. Default: every origin may.
   */
  readonly isOriginAllowed?: (origin: string, request: IncomingMessage) => boolean;
  /** The transports that are offered. Default: all. */
  readonly transports?: readonly TransportName[];
  /** The encodings a client may choose. Default: both. */
  readonly protocols?: readonly ProtocolName[];
  /** Whether a client that asks for it may replace a lost WebSocket without losing messages. Default false. */
  readonly allowStatefulReconnects?: boolean;
  /** Redirects a client that negotiates. A throw is answered with 500 and logged. Default: no client is redirected. */
  readonly redirect?: (
    request: IncomingMessage,
  ) => NegotiateRedirect | undefined | Promise<NegotiateRedirect | undefined>;
  /** Whether a connection is closed when its authentication has expired. Default false. */
  readonly closeOnAuthenticationExpiration?: boolean;
  /**
   * Whether clients may give a connection another token of the same user while it is open, with `POST …/refresh`, as
   * those of .NET 11 do before theirs expires. Default false.
   */
  readonly enableAuthenticationRefresh?: boolean;
  /** Whether clients get the text of every error, not only of a `HubException`. Default false; not for production. */
  readonly detailedErrors?: boolean;
  /**
   * A budget for all bytes that are held for clients: unfinished messages, POSTs, answers that were not taken. A client
   * for which there is no more is told and its connection ends. Default: only the limits of each connection hold.
   */
  readonly memory?: MemoryBudget;
  /**
   * Whether no holder gets all connections: each may have three times as many as are left, so one alone gets three
   * quarters of `maximumConnections`. Default false.
   */
  readonly shareConnections?: boolean;
  /** Called each time one of these limits strikes somebody; the log says so once a minute. Default: nothing. */
  readonly onLimit?: (strike: LimitStrike) => void;
  /**
   * The address of the client that a request comes from, for hub contexts and reports, where that is not its socket's,
   * as behind a proxy.
   */
  readonly remoteAddressOf?: (request: IncomingMessage) => string | undefined;
  /** Functions that are told of connections and invocations, to count and measure. Default: none. */
  readonly metrics?: HubMetrics;
  /** Called for each request that is answered with an error. Default: nothing. */
  readonly onRefused?: (refused: RefusedRequest) => void;
  /** Joins this server with others that serve the same hub. Default: it is alone. */
  readonly backplane?: Backplane;
  /**
   * With a backplane: has a request that comes to another server than its connection's answered by that one, so that no
   * balancer needs to know which belong together. Default: it is answered with 404.
   */
  readonly forwarding?: ForwardingOptions;
  /** Where the server logs; false: nowhere. Default: warnings and errors go to stderr, as text for people. */
  readonly logger?: Logger | false;
  /** Default: the machine's clock. */
  readonly clock?: Clock;
}

/**
 * Options of `createHubServer`. `authenticate` is called for every request, including every poll and every POST: a
 * refusal is answered with its text, `undefined` with 401 and an empty body, a throw with 500 and logged. Without it,
 * every request is accepted and the principal is `undefined`.
 */
export type HubServerOptions<P, C = AnyClientMethods> = AnyHubServerOptions<P, C> &
  (undefined extends P ? object : { readonly authenticate: Authenticate<P> });

/** Options of `createHubServer` for a principal of any type. */
export interface AnyHubServerOptions<P, C> extends HubServerSettings {
  readonly authenticate?: Authenticate<P>;
  /**
   * Called before a connection gets another token; false keeps the old one and is answered with 403, as a throw is,
   * which is logged. Default: every token of the same user is accepted.
   */
  readonly onAuthenticationRefresh?: AllowRefresh<P>;
  /** The filters around the methods and hooks of the hub. Default: none. */
  readonly filters?: readonly HubFilter<P, C>[];
}

/** All options, each with a value. */
export type ResolvedOptions = HubLimits & {
  readonly isOriginAllowed: (origin: string, request: IncomingMessage) => boolean;
  readonly transports: readonly TransportName[];
  readonly protocols: readonly ProtocolName[];
  readonly allowStatefulReconnects: boolean;
  readonly redirect: NonNullable<HubServerSettings['redirect']>;
  readonly closeOnAuthenticationExpiration: boolean;
  readonly enableAuthenticationRefresh: boolean;
  readonly detailedErrors: boolean;
  readonly memory: MemoryBudget | undefined;
  readonly shareConnections: boolean;
  readonly onLimit: (strike: LimitStrike) => void;
  readonly remoteAddressOf: (request: IncomingMessage) => string | undefined;
  readonly onRefused: (refused: RefusedRequest) => void;
  readonly metrics: HubMetrics;
  readonly backplane: Backplane | undefined;
  readonly forwarding: ForwardingOptions | undefined;
  readonly logger: Logger;
  readonly clock: Clock;
};

const MEBIBYTE = 1024 * 1024;

const defaults: ResolvedOptions = {
  handshakeTimeout: 15_000,
  keepAliveInterval: 15_000,
  clientTimeout: 30_000,
  negotiationTimeout: 15_000,
  pollTimeout: 90_000,
  disconnectTimeout: 15_000,
  sendTimeout: 10_000,
  closeTimeout: 5_000,
  minimumDataRate: 240,
  dataRateGracePeriod: 5_000,
  maximumReceiveMessageSize: 32 * 1024,
  maximumParsedSize: Infinity,
  maximumSendBufferSize: MEBIBYTE,
  statefulReconnectBufferSize: 100_000,
  maximumParallelInvocations: 1,
  maximumParallelInvocationBytes: MEBIBYTE,
  streamBufferCapacity: 10,
  maximumStreamsPerConnection: 100,
  maximumGroupsPerConnection: 1_000,
  clientResultTimeout: Infinity,
  serverTimeout: 5_000,
  maximumConnections: 10_000,
  isOriginAllowed: () => true,
  transports: TRANSPORT_NAMES,
  protocols: PROTOCOL_NAMES,
  allowStatefulReconnects: false,
  redirect: () => undefined,
  closeOnAuthenticationExpiration: false,
  enableAuthenticationRefresh: false,
  detailedErrors: false,
  memory: undefined,
  shareConnections: false,
  onLimit: () => undefined,
  remoteAddressOf: ({ socket }) => socket.remoteAddress,
  onRefused: () => undefined,
  metrics: {},
  backplane: undefined,
  forwarding: undefined,
  logger: silentLogger,
  clock: systemClock,
};

const DURATIONS = [
  'handshakeTimeout',
  'keepAliveInterval',
  'clientTimeout',
  'negotiationTimeout',
  'pollTimeout',
  'disconnectTimeout',
  'sendTimeout',
  'closeTimeout',
  'dataRateGracePeriod',
] as const;

/** Durations with a timer of their own. */
const TIMERS = ['clientResultTimeout', 'serverTimeout'] as const;

const AMOUNTS = [
  'maximumReceiveMessageSize',
  'maximumSendBufferSize',
  'statefulReconnectBufferSize',
  'maximumParallelInvocations',
  'maximumParallelInvocationBytes',
  'streamBufferCapacity',
  'maximumStreamsPerConnection',
  'maximumGroupsPerConnection',
  'maximumConnections',
] as const;

const SWITCHES = [
  'allowStatefulReconnects',
  'closeOnAuthenticationExpiration',
  'enableAuthenticationRefresh',
  'detailedErrors',
  'shareConnections',
] as const;

const FUNCTIONS = ['isOriginAllowed', 'redirect', 'onLimit', 'onRefused', 'remoteAddressOf'] as const;

const FILTER_NAMES = ['invoke', 'connected', 'disconnected'];

const OPTION_NAMES = [...Object.keys(defaults), 'authenticate', 'onAuthenticationRefresh', 'filters'];

const LONGEST_TICK = 1000;

/** The options that depend on the principal. */
interface PrincipalSettings {
  readonly authenticate?: unknown;
  readonly onAuthenticationRefresh?: unknown;
  readonly filters?: unknown;
}

/** Fills in defaults. @throws TypeError that names an option which is unknown or has a wrong value. */
export function resolveOptions(
  settings: HubServerSettings & PrincipalSettings,
  defaultLogger: Logger = silentLogger,
): ResolvedOptions {
  checkIsObject(settings);
  const given = Object.entries(settings).filter(([, value]) => value !== undefined);
  for (const [name] of given) {
    if (!OPTION_NAMES.includes(name)) refuse(name, `does not exist${didYouMean(name, OPTION_NAMES)}`);
  }
  checkAuthentication(settings);
  if (settings.filters !== undefined) checkFilters(settings.filters);
  const { logger = defaultLogger, ...others } = Object.fromEntries(given) as HubServerSettings;
  const options: ResolvedOptions = { ...defaults, ...others, logger: logger === false ? silentLogger : logger };
  for (const name of [...DURATIONS, ...TIMERS]) {
    if (typeof options[name] !== 'number' || !(options[name] > 0))
      refuse(name, 'must be a positive number of milliseconds');
  }
  for (const name of AMOUNTS) {
    if (!Number.isSafeInteger(options[name]) || options[name] < 1) refuse(name, 'must be a positive integer');
  }
  if (typeof options.minimumDataRate !== 'number' || !(options.minimumDataRate >= 0)) {
    refuse('minimumDataRate', 'must be a number of bytes per second');
  }
  if (
    options.maximumParsedSize !== Infinity &&
    !(Number.isSafeInteger(options.maximumParsedSize) && options.maximumParsedSize > 0)
  ) {
    refuse('maximumParsedSize', 'must be a positive integer or Infinity');
  }
  if (options.memory !== undefined) checkMethodsOf('memory', options.memory, ['take', 'release']);
  checkMetrics(options.metrics);
  checkMethodsOf('logger', options.logger, LOG_LEVELS, 'be false, or ');
  checkMethodsOf('clock', options.clock, ['now', 'date', 'every']);
  if (options.backplane !== undefined && typeof (options.backplane as Partial<Backplane>).connect !== 'function') {
    refuse('backplane', 'must be one that createRedisBackplane makes, or have connect');
  }
  if (options.forwarding !== undefined) {
    const fault = options.backplane === undefined ? 'needs a backplane' : forwardingFault(options.forwarding);
    if (fault !== undefined) refuse('forwarding', fault);
  }
  for (const name of SWITCHES) {
    if (typeof options[name] !== 'boolean') refuse(name, 'must be true or false');
  }
  for (const name of FUNCTIONS) {
    if (typeof options[name] !== 'function') refuse(name, 'must be a function');
  }
  checkKnown('transports', options.transports, TRANSPORT_NAMES);
  checkKnown('protocols', options.protocols, PROTOCOL_NAMES);
  return options;
}

function checkAuthentication(settings: HubServerSettings & PrincipalSettings): void {
  const { authenticate, enableAuthenticationRefresh: refreshes, onAuthenticationRefresh } = settings;
  if (authenticate !== undefined && typeof authenticate !== 'function') refuse('authenticate', 'must be a function');
  if (refreshes === true && authenticate === undefined) refuse('enableAuthenticationRefresh', 'needs authenticate');
  if (onAuthenticationRefresh === undefined) return;
  if (typeof onAuthenticationRefresh !== 'function') refuse('onAuthenticationRefresh', 'must be a function');
  if (refreshes !== true) refuse('onAuthenticationRefresh', 'needs enableAuthenticationRefresh');
}

function checkMetrics(metrics: unknown): void {
  if (typeof metrics !== 'object' || metrics === null) refuse('metrics', 'must be an object of functions');
  for (const [name, hook] of Object.entries(metrics)) {
    if (!Object.hasOwn(EVENT_CHANNELS, name)) {
      refuse('metrics', `has no '${name}', but ${Object.keys(EVENT_CHANNELS).join(', ')}`);
    }
    if (hook !== undefined && typeof hook !== 'function') refuse('metrics', `must have a function for '${name}'`);
  }
}

function checkIsObject(settings: unknown): void {
  if (typeof settings === 'object' && settings !== null && !Array.isArray(settings)) return;
  throw new TypeError(
    `createHubServer: options are an object, such as { detailedErrors: true }, not ${describe(settings)}`,
  );
}

function checkMethodsOf(option: string, value: unknown, names: readonly string[], otherwise = ''): void {
  const object = value as Record<string, unknown> | null;
  const missing = names.filter((name) => typeof object?.[name] !== 'function');
  if (missing.length === 0) return;
  refuse(option, `must ${otherwise}have the methods ${names.join(', ')}; ${missing.join(', ')} is missing`);
}

function checkFilters(filters: unknown): void {
  if (!Array.isArray(filters)) refuse('filters', `must be a list, not ${describe(filters)}`);
  for (const filter of filters) {
    checkNames("createHubServer: option 'filters'", filter, FILTER_NAMES);
    const wrong = Object.entries(filter as object).find(([, part]) => part !== undefined && typeof part !== 'function');
    if (wrong !== undefined) refuse('filters', `must have functions, but '${wrong[0]}' is ${describe(wrong[1])}`);
  }
}

function checkKnown(option: string, names: unknown, known: readonly unknown[]): void {
  if (!Array.isArray(names) || names.length === 0 || !names.every((name) => known.includes(name))) {
    refuse(option, `must be a list of some of ${known.join(', ')}`);
  }
}

/** How often durations are checked. */
export function tickInterval(options: HubLimits): number {
  return Math.min(LONGEST_TICK, ...DURATIONS.map((name) => options[name]));
}

function refuse(name: string, rule: string): never {
  throw new OptionError(name, rule);
}

/** An option has a wrong value. */
export class OptionError extends TypeError {
  readonly #option: string;
  readonly #rule: string;

  constructor(option: string, rule: string, caller = 'createHubServer') {
    super(`${caller}: option '${option}' ${rule}`);
    this.#option = option;
    this.#rule = rule;
  }

  /** The same, as another function is told it. */
  of(caller: string): OptionError {
    return new OptionError(this.#option, this.#rule, caller);
  }
}
