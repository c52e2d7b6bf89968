import type { IncomingMessage } from 'node:http';
import type { AnyClientMethods } from './clients/clients';
import type { Clock } from './clock';
import type { HubFilter } from './hub/filters';
import type { HubMetrics, TraceInvocation } from './instruments';
import type { Logger } from './logger';
import type { ProtocolName, TransportName } from './names';
import type { Backplane } from './scaleout/backplane';
import type { ForwardingOptions } from './scaleout/forwarding/forwarding-options';
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
  /** Called for each invocation that starts, and must not throw. Default: none is traced. */
  readonly traceInvocation?: TraceInvocation;
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

/** The options that `HubServer.configure` takes. */
export const CHANGEABLE_OPTIONS = [
  'handshakeTimeout',
  'pollTimeout',
  'sendTimeout',
  'minimumDataRate',
  'maximumReceiveMessageSize',
  'maximumConnections',
  'closeOnAuthenticationExpiration',
  'detailedErrors',
] as const satisfies readonly (keyof HubServerSettings)[];

/** What may be changed of a server that runs. */
export type ChangeableOptions = Pick<HubServerSettings, (typeof CHANGEABLE_OPTIONS)[number]>;

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
  readonly traceInvocation: TraceInvocation | undefined;
  readonly backplane: Backplane | undefined;
  readonly forwarding: ForwardingOptions | undefined;
  readonly logger: Logger;
  readonly clock: Clock;
};
