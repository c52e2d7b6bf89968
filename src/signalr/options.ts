import type { IncomingMessage } from 'node:http';
import { type Clock, systemClock } from './clock';
import { type Logger, silentLogger } from './logger';

/** Who a request comes from. */
export interface Authentication<P> {
  readonly principal: P;
  /** When that ends to be true, in milliseconds since the Unix epoch; without it, never. */
  readonly expiresAt?: number | undefined;
}

/** Says who a request comes from, `undefined` when it may not come in. */
export type Authenticate<P> = (
  request: IncomingMessage,
) => Authentication<P> | undefined | Promise<Authentication<P> | undefined>;

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
  /** How long a negotiated connection waits for its WebSocket. Default 15,000. */
  readonly negotiationTimeout: number;
  /** A peer that takes nothing of what waits for it for so long is dropped. Default 10,000. */
  readonly sendTimeout: number;
  /** How long running invocations, and after them the peer, may take when a connection closes. Default 5,000. */
  readonly closeTimeout: number;
  /** Bytes of one message, with its separator. Default 32,768. */
  readonly maximumReceiveMessageSize: number;
  /** A peer for which more than so many bytes wait is dropped. Default 1 MiB. */
  readonly maximumSendBufferSize: number;
  /** How many invocations of one connection run at once. Default 1: each starts when the one before has completed. */
  readonly maximumParallelInvocations: number;
  /** No invocation of a connection starts while its running ones came in so many bytes or more. Default 1 MiB. */
  readonly maximumParallelInvocationBytes: number;
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
 * Options of `createHubServer`. `authenticate` is asked at negotiation and again at the WebSocket upgrade: `undefined`
 * is answered 401 with an empty body, a throw 500 and logged. Without it everyone may come in and the principal is `undefined`.
 */
export type HubServerOptions<P> = HubServerSettings &
  (undefined extends P ? { readonly authenticate?: Authenticate<P> } : { readonly authenticate: Authenticate<P> });

/** All options with a value each. */
export type ResolvedOptions = HubLimits & {
  readonly isOriginAllowed: (origin: string, request: IncomingMessage) => boolean;
  readonly closeOnAuthenticationExpiration: boolean;
  readonly detailedErrors: boolean;
  readonly logger: Logger;
  readonly clock: Clock;
};

const mebibyte = 1024 * 1024;

const defaults: ResolvedOptions = {
  handshakeTimeout: 15_000,
  keepAliveInterval: 15_000,
  clientTimeout: 30_000,
  negotiationTimeout: 15_000,
  sendTimeout: 10_000,
  closeTimeout: 5_000,
  maximumReceiveMessageSize: 32 * 1024,
  maximumSendBufferSize: mebibyte,
  maximumParallelInvocations: 1,
  maximumParallelInvocationBytes: mebibyte,
  maximumConnections: 10_000,
  isOriginAllowed: () => true,
  closeOnAuthenticationExpiration: false,
  detailedErrors: false,
  logger: silentLogger,
  clock: systemClock,
};

const durations = [
  'handshakeTimeout',
  'keepAliveInterval',
  'clientTimeout',
  'negotiationTimeout',
  'sendTimeout',
  'closeTimeout',
] as const;

const amounts = [
  'maximumReceiveMessageSize',
  'maximumSendBufferSize',
  'maximumParallelInvocations',
  'maximumParallelInvocationBytes',
  'maximumConnections',
] as const;

const switches = ['closeOnAuthenticationExpiration', 'detailedErrors'] as const;

const longestTick = 1000;

/** Fills in defaults. @throws TypeError that names the option which has a wrong value or is unknown. */
export function resolveOptions(settings: HubServerSettings & { readonly authenticate?: unknown }): ResolvedOptions {
  const given = Object.entries(settings).filter(([, value]) => value !== undefined);
  for (const [name] of given) {
    if (name !== 'authenticate' && !Object.hasOwn(defaults, name)) refuse(name, 'is no option');
  }
  if (settings.authenticate !== undefined && typeof settings.authenticate !== 'function') {
    refuse('authenticate', 'must be a function');
  }
  const options: ResolvedOptions = { ...defaults, ...(Object.fromEntries(given) as HubServerSettings) };
  for (const name of durations) {
    if (typeof options[name] !== 'number' || !(options[name] > 0))
      refuse(name, 'must be a positive number of milliseconds');
  }
  for (const name of amounts) {
    if (!Number.isSafeInteger(options[name]) || options[name] < 1) refuse(name, 'must be a positive integer');
  }
  for (const name of switches) {
    if (typeof options[name] !== 'boolean') refuse(name, 'must be true or false');
  }
  if (typeof options.isOriginAllowed !== 'function') refuse('isOriginAllowed', 'must be a function');
  return options;
}

/** How often durations are looked at. */
export function tickInterval(options: HubLimits): number {
  return Math.min(longestTick, ...durations.map((name) => options[name]));
}

function refuse(name: string, rule: string): never {
  throw new TypeError(`createHubServer: option '${name}' ${rule}.`);
}
