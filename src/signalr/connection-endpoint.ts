import type { Server } from 'node:http';
import { Heartbeat } from './connection/heartbeat';
import type { Identity } from './connection/hub-host';
import { LimitWatch } from './connection/limit-watch';
import { FlushQueue } from './connection/outbox';
import { type RawConnection, type RawHost, ServedConnection } from './connection/raw-connection';
import { hubName, Mount, type MountHost } from './endpoint/mount';
import type { HubRequestHandler } from './endpoint/request-handler';
import { NegotiatedConnections } from './endpoint/negotiated-connections';
import { PlaceShares } from './endpoint/place-shares';
import { RequestAuthenticator } from './endpoint/request-authenticator';
import { Instruments } from './instruments';
import { StderrLogger } from './logger';
import type { AllowRefresh, Authenticate, HubServerSettings, ResolvedOptions } from './options';
import { OptionError, resolveOptions, tickInterval } from './resolve-options';
import type { RequestForwarder } from './endpoint/request-forwarder';
import { joinedIds } from './joined-ids';
import { Forwarding } from './scaleout/forwarding/forwarding';
import { type BackplaneStatus, Scaleout } from './scaleout/scaleout';
import { ReadTurns } from './transports/read-turns';
import type { TransportConnection } from './transports/transport-connection';

/** The options of hub servers that mean something where there are no hub messages. */
const SHARED_OPTIONS = [
  'negotiationTimeout',
  'pollTimeout',
  'disconnectTimeout',
  'sendTimeout',
  'closeTimeout',
  'minimumDataRate',
  'dataRateGracePeriod',
  'maximumSendBufferSize',
  'maximumConnections',
  'shareConnections',
  'isOriginAllowed',
  'transports',
  'redirect',
  'closeOnAuthenticationExpiration',
  'enableAuthenticationRefresh',
  'memory',
  'onLimit',
  'onRefused',
  'remoteAddressOf',
  'metrics',
  'backplane',
  'forwarding',
  'serverTimeout',
  'logger',
  'clock',
] as const satisfies readonly (keyof HubServerSettings)[];

/** Nothing is encoded for other servers: requests alone go there. */
const NO_PROTOCOLS = { offered: [], others: [] };

/** Options of `createConnectionEndpoint` that do not depend on the principal; they mean what they do for hubs. */
export type ConnectionEndpointSettings = Pick<HubServerSettings, (typeof SHARED_OPTIONS)[number]>;

/** Options of `createConnectionEndpoint`. */
export interface ConnectionEndpointOptions<P> extends ConnectionEndpointSettings {
  /** Authenticates the sender of every request. Default: every request is accepted. */
  readonly authenticate?: Authenticate<P>;
  /** Called before a connection gets another token; false keeps the old one. Default: every one of the same user. */
  readonly onAuthenticationRefresh?: AllowRefresh<P>;
  /**
   * Serves one client. The connection ends in good order when the returned promise resolves, and is cut off when it
   * rejects, which is logged.
   */
  readonly onConnected: (connection: RawConnection<P>) => unknown;
}

/** Serves connections that are nothing but bytes. Made by `createConnectionEndpoint`. */
export interface ConnectionEndpoint {
  /** How many connections there are. */
  readonly connections: number;
  /** What is seen of the backplane; `undefined` without one. */
  readonly backplane: BackplaneStatus | undefined;
  /** Answers negotiation and the other plain HTTP requests; mounted as that of a hub server is. */
  readonly handler: HubRequestHandler;
  /** Serves the WebSockets that come to this path of an HTTP server. */
  attach(server: Server, path: string): void;
  /**
   * Accepts no new connections and closes all: iterations end, and what was sent is delivered. After `timeout`
   * milliseconds, by default `closeTimeout`, the rest is cut off. Resolves when all connections are gone.
   */
  close(options?: { readonly timeout?: number | undefined }): Promise<void>;
}

/**
 * Serves connections without hub messages, over the transports and with the negotiation of SignalR: what
 * `MapConnectionHandler` is in ASP.NET Core.
 * @throws TypeError that names the option with a wrong value.
 */
export function createConnectionEndpoint<P>(
  options: ConnectionEndpointOptions<P> & { readonly authenticate: Authenticate<P> },
): ConnectionEndpoint;
export function createConnectionEndpoint(options: ConnectionEndpointOptions<undefined>): ConnectionEndpoint;
export function createConnectionEndpoint<P>(options: ConnectionEndpointOptions<P>): ConnectionEndpoint {
  const paths = new Set<string>();
  const logger = new StderrLogger(() => hubName(paths));
  return new HostedConnections(options, resolve(options, logger), paths);
}

/** Checks all options. */
function resolve<P>(options: ConnectionEndpointOptions<P>, logger: StderrLogger): ResolvedOptions {
  const { authenticate, onAuthenticationRefresh, onConnected, ...settings } = options;
  try {
    if (typeof onConnected !== 'function') throw new OptionError('onConnected', 'must be a function');
    const known = new Set<string>(SHARED_OPTIONS);
    const unknown = Object.keys(settings).find((name) => !known.has(name));
    if (unknown !== undefined) throw new OptionError(unknown, 'does not exist');
    if (settings.backplane !== undefined && settings.forwarding === undefined) {
      throw new OptionError('backplane', 'is of use with forwarding alone');
    }
    return resolveOptions({ ...settings, authenticate, onAuthenticationRefresh }, logger);
  } catch (error) {
    throw error instanceof OptionError ? error.of('createConnectionEndpoint') : error;
  }
}

class HostedConnections<P> implements ConnectionEndpoint, MountHost<P>, RawHost<P> {
  readonly onConnected: (connection: RawConnection<P>) => unknown;
  readonly flushQueue = new FlushQueue();
  readonly readTurns = new ReadTurns();
  readonly limits: LimitWatch;
  readonly instruments: Instruments;
  readonly places: PlaceShares;
  readonly negotiated: NegotiatedConnections;
  closing = false;
  /** The other servers, if there is a backplane. */
  readonly #remote: Scaleout | undefined;
  readonly #forwarding: Forwarding | undefined;
  readonly #mount: Mount<P>;
  readonly #heartbeat: Heartbeat;
  readonly #connections = new Set<ServedConnection<P>>();
  #closed: Promise<void> | undefined;
  #deadline = Infinity;
  #onAllGone: (() => void) | undefined;

  constructor(
    { authenticate, onAuthenticationRefresh, onConnected }: ConnectionEndpointOptions<P>,
    readonly options: ResolvedOptions,
    readonly paths: Set<string>,
  ) {
    const { maximumConnections, shareConnections, clock } = options;
    this.onConnected = onConnected;
    this.limits = new LimitWatch(options);
    this.instruments = new Instruments(options, () => hubName(paths));
    this.places = new PlaceShares(maximumConnections, shareConnections);
    if (options.backplane !== undefined && options.forwarding !== undefined) {
      this.#remote = new Scaleout(options, NO_PROTOCOLS);
      this.#forwarding = new Forwarding(this.#remote, options.forwarding, options, () => this.#mount);
    }
    const places = new PlaceShares(maximumConnections, shareConnections);
    this.negotiated = new NegotiatedConnections(places, joinedIds(this.#remote, this.#forwarding));
    const everyone: Authenticate<P> = () => ({ principal: undefined as P });
    const authenticator = new RequestAuthenticator(options, authenticate ?? everyone, onAuthenticationRefresh);
    this.#mount = new Mount(this, authenticator);
    this.#heartbeat = new Heartbeat(clock, tickInterval(options), (now) => {
      this.negotiated.expire(now);
      for (const connection of [...this.#connections]) {
        if (now >= this.#deadline) connection.abort();
        connection.tick(now);
      }
    });
    if (options.backplane !== undefined) this.#remote?.start(options.backplane);
  }

  get now(): number {
    return this.#heartbeat.now;
  }

  get connections(): number {
    return this.#connections.size;
  }

  get backplane(): BackplaneStatus | undefined {
    return this.#remote?.status;
  }

  get forwarder(): RequestForwarder | undefined {
    return this.#forwarding?.forwarder;
  }

  get handler(): HubRequestHandler {
    return this.#mount.handler;
  }

  attach(server: Server, path: string): void {
    this.#mount.attach(server, path);
  }

  accept(carrier: TransportConnection, identity: Identity<P>, token: string | undefined): ServedConnection<P> {
    const connection = new ServedConnection(this, carrier, identity, () => {
      this.#connections.delete(connection);
      this.places.release(identity.holder);
      if (token !== undefined) this.negotiated.release(token);
      if (this.#connections.size === 0) this.#onAllGone?.();
    });
    this.#connections.add(connection);
    this.places.take(identity.holder);
    this.instruments.connectionStarted(identity);
    connection.open();
    return connection;
  }

  close({ timeout = this.options.closeTimeout }: { readonly timeout?: number | undefined } = {}): Promise<void> {
    this.#closed ??= this.#close(timeout);
    return this.#closed;
  }

  async #close(timeout: number): Promise<void> {
    this.closing = true;
    this.#deadline = this.now + timeout;
    for (const connection of [...this.#connections]) connection.close();
    if (this.#connections.size > 0) {
      await new Promise<void>((resolve) => {
        this.#onAllGone = resolve;
      });
    }
    this.#remote?.close();
    this.#forwarding?.close();
    this.#heartbeat.stop();
    this.#mount.detach();
  }
}
