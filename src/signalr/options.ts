import type { IncomingMessage } from 'node:http';
import type { AnyClientMethods } from './clients/clients';
import { type Clock, systemClock } from './clock';
import type { HubFilter } from './hub/filters';
import { type Logger, silentLogger } from './logger';

/** Who a request comes from. */
export interface Authentication<P> {
  readonly principal: P;
  /**
   * Names the user among others. All requests of one connection must come from the same one; a request of another user that has got
   * hold of the connection's token is answered 403.
   */
  readonly userId?: string | undefined;
  /** When that ends to be true, in milliseconds since the Unix epoch; without it, never. */
  readonly expiresAt?: number | undefined;
}

/** Says who a request comes from, `undefined` when it may not come in. */
export type Authenticate<P> = (
  request: IncomingMessage,
) => Authentication<P> | undefined | Promise<Authentication<P> | undefined>;

/** The transports there are, in the order in which they are offered. */
export const TRANSPORT_NAMES = ['webSockets', 'serverSentEvents', 'longPolling'] as const;

/** A way to carry hub messages. */
export type TransportName = (typeof TRANSPORT_NAMES)[number];

/** The encodings there are. */
export const PROTOCOL_NAMES = ['json', 'messagepack'] as const;

/** An encoding of hub messages. */
export type ProtocolName = (typeof PROTOCOL_NAMES)[number];

/** Where a client is to negotiate instead. TransportProtocols: POST [endpoint-base]/negotiate. */
export interface NegotiateRedirect {
  readonly url: string;
  /** The bearer token the client is to use there. */
  readonly accessToken?: string | undefined;
}

/**
 * Limits of a hub server. Durations are in milliseconds and are looked at once a second, or as often as the shortest of them
 * asks; `Infinity` turns one off. Names and defaults are those of ASP.NET Core where it has them.
 */
export interface HubLimits {
  /** How long a client may take until its handshake request is complete. Default 15,000. */
  readonly handshakeTimeout: number;
  /** A client that was sent nothing for so long is sent a ping. Default 15,000; clients give up after 30,000. */
  readonly keepAliveInterval: number;
  /** A client that has pinged once and then is silent for so long is taken for gone. Default 30,000. */
  readonly clientTimeout: number;
  /** How long a negotiated connection waits for its transport. Default 15,000. */
  readonly negotiationTimeout: number;
  /** How long a poll of long polling waits for something to send. Default 90,000; clients give up after 100,000. */
  readonly pollTimeout: number;
  /** How long a connection is kept without a poll, or without the socket that stateful reconnect replaces. Default 15,000. */
  readonly disconnectTimeout: number;
  /** A peer that takes nothing of what waits for it for so long is dropped. Default 10,000. */
  readonly sendTimeout: number;
  /** How long running invocations, and after them the peer, may take when a connection closes. Default 5,000. */
  readonly closeTimeout: number;
  /** Bytes of one message, with its separator. Default 32,768. */
  readonly maximumReceiveMessageSize: number;
  /** A peer for which more than so many bytes wait is dropped. Default 1 MiB. */
  readonly maximumSendBufferSize: number;
  /** Bytes of sent messages that are kept until the client has acknowledged them, for stateful reconnect. Default 100,000. */
  readonly statefulReconnectBufferSize: number;
  /** How many invocations of one connection run at once. Default 1: each starts when the one before has completed. */
  readonly maximumParallelInvocations: number;
  /**
   * No invocation of a connection starts while its running ones came in so many bytes or more. The same goes for those that stream
   * in either direction, each for themselves; and nothing is read from it while so much of its upload streams waits. Default 1 MiB.
   */
  readonly maximumParallelInvocationBytes: number;
  /** So many items of an upload stream wait for its method before nothing more is read from the connection. Default 10. */
  readonly streamBufferCapacity: number;
  /**
   * How many streams of a connection run at once, for each direction; more are refused. Also how many of its invocations may wait for
   * the client without counting as parallel ones. Default 100.
   */
  readonly maximumStreamsPerConnection: number;
  /** How many groups a connection may be in. Default 1,000. */
  readonly maximumGroupsPerConnection: number;
  /** How long the server waits for the answer of a client it has invoked. Default `Infinity`. */
  readonly clientResultTimeout: number;
  /** How many connections are served at once, and how many may be negotiated besides. Default 10,000. */
  readonly maximumConnections: number;
}

/** Options of `createHubServer` that do not depend on the principal. */
export interface HubServerSettings extends Partial<HubLimits> {
  /**
   * Whether pages of this origin may negotiate and connect; asked when a request has an `Origin` header, a refusal is
   * answered 403. Default: every origin may. A throw is answered 500 and logged.
   */
  readonly isOriginAllowed?: (origin: string, request: IncomingMessage) => boolean;
  /** The transports that are offered. Default: all. */
  readonly transports?: readonly TransportName[];
  /** The encodings a client may choose. Default: both. */
  readonly protocols?: readonly ProtocolName[];
  /** Whether a client that asks for it may replace a lost WebSocket without losing messages. Default false. */
  readonly allowStatefulReconnects?: boolean;
  /** Sends a client that negotiates elsewhere. A throw is answered 500 and logged. Default: nobody is sent away. */
  readonly redirect?: (
    request: IncomingMessage,
  ) => NegotiateRedirect | undefined | Promise<NegotiateRedirect | undefined>;
  /** Whether a connection is closed when its authentication has expired. Default false. */
  readonly closeOnAuthenticationExpiration?: boolean;
  /** Whether clients are told the text of every error, not only of a `HubException`. Default false; not for production. */
  readonly detailedErrors?: boolean;
  /** Default: nothing is logged. */
  readonly logger?: Logger;
  /** Default: the machine's clock. */
  readonly clock?: Clock;
}

/**
 * Options of `createHubServer`. `authenticate` is asked about every request, also every poll and every POST: `undefined`
 * is answered 401 with an empty body, a throw 500 and logged. Without it everyone may come in and the principal is `undefined`.
 */
export type HubServerOptions<P, C = AnyClientMethods> = AnyHubServerOptions<P, C> &
  (undefined extends P ? object : { readonly authenticate: Authenticate<P> });

/** Options of `createHubServer`, whatever the principal is. */
export interface AnyHubServerOptions<P, C> extends HubServerSettings {
  readonly authenticate?: Authenticate<P>;
  /** What surrounds the methods and hooks of the hub. Default: nothing does. */
  readonly filters?: readonly HubFilter<P, C>[];
}

/** All options with a value each. */
export type ResolvedOptions = HubLimits & {
  readonly isOriginAllowed: (origin: string, request: IncomingMessage) => boolean;
  readonly transports: readonly TransportName[];
  readonly protocols: readonly ProtocolName[];
  readonly allowStatefulReconnects: boolean;
  readonly redirect: NonNullable<HubServerSettings['redirect']>;
  readonly closeOnAuthenticationExpiration: boolean;
  readonly detailedErrors: boolean;
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
  maximumReceiveMessageSize: 32 * 1024,
  maximumSendBufferSize: MEBIBYTE,
  statefulReconnectBufferSize: 100_000,
  maximumParallelInvocations: 1,
  maximumParallelInvocationBytes: MEBIBYTE,
  streamBufferCapacity: 10,
  maximumStreamsPerConnection: 100,
  maximumGroupsPerConnection: 1_000,
  clientResultTimeout: Infinity,
  maximumConnections: 10_000,
  isOriginAllowed: () => true,
  transports: TRANSPORT_NAMES,
  protocols: PROTOCOL_NAMES,
  allowStatefulReconnects: false,
  redirect: () => undefined,
  closeOnAuthenticationExpiration: false,
  detailedErrors: false,
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
] as const;

/** Durations that have a timer of their own. */
const TIMERS = ['clientResultTimeout'] as const;

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

const SWITCHES = ['allowStatefulReconnects', 'closeOnAuthenticationExpiration', 'detailedErrors'] as const;

const LONGEST_TICK = 1000;

/** Fills in defaults. @throws TypeError that names the option which has a wrong value or is unknown. */
export function resolveOptions(
  settings: HubServerSettings & { readonly authenticate?: unknown; readonly filters?: unknown },
): ResolvedOptions {
  const given = Object.entries(settings).filter(([, value]) => value !== undefined);
  for (const [name] of given) {
    if (name !== 'authenticate' && name !== 'filters' && !Object.hasOwn(defaults, name)) refuse(name, 'does not exist');
  }
  if (settings.authenticate !== undefined && typeof settings.authenticate !== 'function') {
    refuse('authenticate', 'must be a function');
  }
  if (settings.filters !== undefined && !Array.isArray(settings.filters)) refuse('filters', 'must be a list');
  const options: ResolvedOptions = { ...defaults, ...(Object.fromEntries(given) as HubServerSettings) };
  for (const name of [...DURATIONS, ...TIMERS]) {
    if (typeof options[name] !== 'number' || !(options[name] > 0))
      refuse(name, 'must be a positive number of milliseconds');
  }
  for (const name of AMOUNTS) {
    if (!Number.isSafeInteger(options[name]) || options[name] < 1) refuse(name, 'must be a positive integer');
  }
  for (const name of SWITCHES) {
    if (typeof options[name] !== 'boolean') refuse(name, 'must be true or false');
  }
  for (const name of ['isOriginAllowed', 'redirect'] as const) {
    if (typeof options[name] !== 'function') refuse(name, 'must be a function');
  }
  checkNames('transports', options.transports, TRANSPORT_NAMES);
  checkNames('protocols', options.protocols, PROTOCOL_NAMES);
  return options;
}

function checkNames(option: string, names: unknown, known: readonly unknown[]): void {
  if (!Array.isArray(names) || names.length === 0 || !names.every((name) => known.includes(name))) {
    refuse(option, `must be a list of some of ${known.join(', ')}`);
  }
}

/** How often durations are looked at. */
export function tickInterval(options: HubLimits): number {
  return Math.min(LONGEST_TICK, ...DURATIONS.map((name) => options[name]));
}

function refuse(name: string, rule: string): never {
  throw new TypeError(`createHubServer: option '${name}' ${rule}`);
}
