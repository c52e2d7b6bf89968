import type { Server } from 'node:http';
import { NegotiatedConnections } from './endpoint/negotiated-connections';
import { ServerGroups } from './clients/groups';
import { HubConnectionStore } from './clients/hub-connection-store';
import { ClientResults } from './clients/client-results';
import type { AnyClientMethods, GroupManager, HubClients } from './clients/clients';
import { filterHooks, filterInvocations, type InvocationHandler } from './hub/filters';
import { RequestAuthenticator } from './endpoint/request-authenticator';
import { checkHub } from './hub/declaration-check';
import { Heartbeat } from './connection/heartbeat';
import { hubName, Mount } from './endpoint/mount';
import type { HubRequestHandler } from './endpoint/request-handler';
import { AllClients } from './clients/hub-clients';
import { HubConnection } from './connection/hub-connection';
import { pingBeat } from './connection/keep-alive';
import { HolderGroups } from './connection/holder-groups';
import { LimitWatch } from './connection/limit-watch';
import { PlaceShares } from './endpoint/place-shares';
import { ReadTurns } from './transports/read-turns';
import type { HubContext } from './hub/hub-context';
import type { CloseOptions, HubHost, Identity } from './connection/hub-host';
import type { Hub, HubHooks } from './hub/hub';
import { Instruments } from './instruments';
import { StderrLogger } from './logger';
import { PROTOCOL_NAMES, type ProtocolName } from './names';
import { listenFirst } from './hub/listening-hooks';
import type {
  AnyHubServerOptions,
  Authentication,
  ChangeableOptions,
  HubServerOptions,
  ResolvedOptions,
} from './options';
import { changeOptions, resolveOptions, tickInterval } from './resolve-options';
import { FlushQueue } from './connection/outbox';
import type { HubProtocol } from './protocol/hub-protocol';
import { JsonProtocol } from './protocol/json-protocol';
import { MessagePackProtocol } from './protocol/messagepack-protocol';
import { joinedIds } from './joined-ids';
import { Forwarding } from './scaleout/forwarding/forwarding';
import { type BackplaneStatus, Scaleout, type ScaleoutProtocols } from './scaleout/scaleout';
import type { TransportConnection } from './transports/transport-connection';
import type { RequestForwarder } from './endpoint/request-forwarder';

/** How a server closes. */
export interface ServerCloseOptions extends CloseOptions {
  /**
   * How many milliseconds running invocations and clients may take before their sockets are closed. Default:
   * `closeTimeout`.
   */
  readonly timeout?: number | undefined;
}

/** Serves one hub to many clients. Made by `createHubServer`. */
export interface HubServer<P = undefined, C = AnyClientMethods> {
  /** How many connections there are, without those that are ending. */
  readonly connections: number;
  /** The clients, to be called from outside of hub methods. */
  readonly clients: HubClients<C>;
  readonly groups: GroupManager;
  /** What is seen of the backplane; `undefined` without one. */
  readonly backplane: BackplaneStatus | undefined;
  /**
   * Answers negotiation and the other plain HTTP requests to the hub. All others go to `next`, or are answered with
   * 404. Mount it at the hub's path; without a mount path it uses the paths given to `attach`.
   */
  readonly handler: HubRequestHandler;
  /** Serves the WebSockets that come to this path of an HTTP server. Several hubs may share a server. */
  attach(server: Server, path: string): void;
  /**
   * Stops and resumes reading from all connections, or from those of one holder, present and future. Running
   * invocations may complete; what was received waits. A holder that was paused stays so when all are resumed.
   */
  pauseReading(holder?: string): void;
  resumeReading(holder?: string): void;
  /**
   * Takes other values for some options. They hold for connections that begin from now on; those that there are may
   * keep what they began with. Throws a `TypeError` that names the option with a wrong value; nothing changes then.
   */
  configure(changes: ChangeableOptions): void;
  /**
   * Closes each connection that `pick` returns true for, once its running invocations have completed. Returns their
   * number.
   */
  closeConnections(pick: (context: HubContext<P, C>) => boolean, options?: CloseOptions): number;
  /**
   * Accepts no new connections, lets running invocations complete, and closes every connection with a Close message,
   * after which clients reconnect unless `allowReconnect` is false. Resolves when all connections are gone.
   */
  close(options?: ServerCloseOptions): Promise<void>;
}

/** Creates a server for a hub. @throws TypeError that names the option with a wrong value. */
export function createHubServer<P, C = AnyClientMethods>(
  hub: Hub<P, C>,
  options: HubServerOptions<NoInfer<P>, NoInfer<C>>,
): HubServer<P, C>;
export function createHubServer<C>(hub: Hub<undefined, C>): HubServer<undefined, C>;
export function createHubServer<C>(hub: Hub<unknown, C>): HubServer<unknown, C>;
export function createHubServer<P, C>(hub: Hub<P, C>, options: AnyHubServerOptions<P, C> = {}): HubServer<P, C> {
  checkHub(hub);
  const paths = new Set<string>();
  const logger = new StderrLogger(() => hubName(paths));
  return new HostedHub(hub, resolveOptions(options, logger), options, paths);
}

/** Without `authenticate`, the types say that the principal is `undefined`. */
function everyone<P>(): Authentication<P> {
  return { principal: undefined as P };
}

const protocols: Readonly<Record<ProtocolName, new (maximumParsedSize: number) => HubProtocol>> = {
  json: JsonProtocol,
  messagepack: MessagePackProtocol,
};

class HostedHub<P, C> implements HubServer<P, C>, HubHost<P, C> {
  readonly protocols: readonly HubProtocol[];
  readonly store: HubConnectionStore;
  readonly groups: GroupManager;
  /** The other servers, if there is a backplane. */
  readonly remote: Scaleout | undefined;
  readonly results: ClientResults;
  readonly clients: HubClients<C>;
  readonly filtered: InvocationHandler<P, C> | undefined;
  readonly hooks: HubHooks<P, C>;
  readonly flushQueue = new FlushQueue();
  readonly readTurns = new ReadTurns();
  readonly holders = new HolderGroups();
  readonly limits: LimitWatch;
  readonly instruments: Instruments;
  readonly places: PlaceShares;
  readonly negotiated: NegotiatedConnections;
  #options: ResolvedOptions;
  closing = false;
  readingPaused = false;
  readonly #connections = new Set<HubConnection<P, C>>();
  /** How many connections are left by their clients and not gone: a socket or an invocation is still to end. */
  #leaving = 0;
  readonly #heartbeat: Heartbeat;
  readonly #mount: Mount<P>;
  readonly #forwarding: Forwarding | undefined;
  #stopPings: (() => void) | undefined;
  #closed: Promise<void> | undefined;
  /** Drops the connections that are left when closing takes too long. */
  #dropOverdue: ((now: number) => void) | undefined;
  #onAllGone: (() => void) | undefined;

  constructor(
    readonly hub: Hub<P, C>,
    options: ResolvedOptions,
    { authenticate = everyone, onAuthenticationRefresh, filters = [] }: AnyHubServerOptions<P, C>,
    /** Normalized paths the hub is attached at. */
    readonly paths: Set<string>,
  ) {
    const { maximumConnections, shareConnections, maximumParsedSize } = options;
    this.#options = options;
    this.protocols = options.protocols.map((name) => new protocols[name](maximumParsedSize));
    this.limits = new LimitWatch(options);
    this.instruments = new Instruments(options, () => hubName(paths));
    this.places = new PlaceShares(maximumConnections, shareConnections);
    this.remote = options.backplane === undefined ? undefined : new Scaleout(options, this.#scaleoutProtocols());
    if (this.remote !== undefined && options.forwarding !== undefined) {
      this.#forwarding = new Forwarding(this.remote, options.forwarding, options, () => this.#mount);
    }
    const places = new PlaceShares(maximumConnections, shareConnections);
    this.negotiated = new NegotiatedConnections(places, joinedIds(this.remote, this.#forwarding));
    this.store = new HubConnectionStore(options.maximumGroupsPerConnection, this.remote);
    this.groups = new ServerGroups(this.store, this.remote);
    this.results = new ClientResults(options);
    this.clients = new AllClients<C>(this);
    this.filtered = filterInvocations(filters, ({ context, method, args }) => hub.invoke(method, context, args));
    const hooks = filterHooks(filters, hub.hooks);
    this.hooks = this.remote === undefined ? hooks : listenFirst(hooks, this.remote);
    this.#mount = new Mount(this, new RequestAuthenticator(options, authenticate, onAuthenticationRefresh));
    const interval = tickInterval(options);
    const beat = pingBeat(options.keepAliveInterval, interval);
    this.#heartbeat = new Heartbeat(options.clock, interval, (now) => {
      this.negotiated.expire(now);
      for (const connection of this.#connections) {
        connection.tick(now);
        if (beat === interval) connection.ping(now);
      }
      this.#dropOverdue?.(now);
    });
    if (beat < interval) this.#stopPings = options.clock.every(beat, this.#ping);
    if (options.backplane !== undefined) this.remote?.start(options.backplane, this);
  }

  get options(): ResolvedOptions {
    return this.#options;
  }

  get now(): number {
    return this.#heartbeat.now;
  }

  /** Between two beats of everything else, where pings are due more often. */
  readonly #ping = (): void => {
    const { now } = this;
    for (const connection of this.#connections) connection.ping(now);
  };

  get forwarder(): RequestForwarder | undefined {
    return this.#forwarding?.forwarder;
  }

  get backplane(): BackplaneStatus | undefined {
    return this.remote?.status;
  }

  get connections(): number {
    return this.#connections.size - this.#leaving;
  }

  get handler(): HubRequestHandler {
    return this.#mount.handler;
  }

  attach(server: Server, path: string): void {
    this.#mount.attach(server, path);
  }

  accept(connection: TransportConnection, identity: Identity<P>, token: string | undefined): HubConnection<P, C> {
    const hubConnection = new HubConnection(this, connection, identity, {
      onLeft: () => {
        this.#leaving++;
      },
      onGone: () => {
        this.#leaving--;
        this.#connections.delete(hubConnection);
        this.places.release(identity.holder);
        if (token !== undefined) this.negotiated.release(token);
        if (this.#connections.size === 0) this.#onAllGone?.();
      },
    });
    this.#connections.add(hubConnection);
    this.places.take(identity.holder);
    this.instruments.connectionStarted(identity);
    hubConnection.open();
    return hubConnection;
  }

  pauseReading(holder?: string): void {
    if (holder !== undefined) {
      this.holders.setPaused(holder, true);
      return;
    }
    this.readingPaused = true;
    for (const connection of this.#connections) connection.updateFlow();
  }

  resumeReading(holder?: string): void {
    if (holder !== undefined) {
      this.holders.setPaused(holder, false);
      return;
    }
    this.readingPaused = false;
    for (const connection of [...this.#connections]) connection.updateFlow();
  }

  configure(changes: ChangeableOptions): void {
    this.#options = changeOptions(this.#options, changes);
    this.places.resize(this.#options.maximumConnections);
    this.negotiated.places.resize(this.#options.maximumConnections);
  }

  closeConnections(pick: (context: HubContext<P, C>) => boolean, options: CloseOptions = {}): number {
    const picked = [...this.#connections].filter((connection) => pick(connection.context));
    for (const connection of picked) connection.drain(options, this.options.closeTimeout);
    return picked.length;
  }

  close(options: ServerCloseOptions = {}): Promise<void> {
    this.#closed ??= this.#close(options);
    return this.#closed;
  }

  async #close({
    error,
    allowReconnect = true,
    timeout = this.options.closeTimeout,
  }: ServerCloseOptions): Promise<void> {
    this.closing = true;
    const closeOptions = { error, allowReconnect };
    const deadline = this.now + timeout;
    this.#dropOverdue = (now) => {
      if (now < deadline) return;
      for (const connection of [...this.#connections]) {
        connection.close(closeOptions);
        connection.drop(new Error('the connection did not end in time when the server closed'));
      }
    };
    for (const connection of [...this.#connections]) connection.drain(closeOptions, timeout);
    if (this.#connections.size > 0) {
      await new Promise<void>((resolve) => {
        this.#onAllGone = resolve;
      });
    }
    this.remote?.close();
    this.#forwarding?.close();
    this.#heartbeat.stop();
    this.#stopPings?.();
    this.#mount.detach();
  }

  #scaleoutProtocols(): ScaleoutProtocols {
    const { maximumParsedSize } = this.options;
    const others = PROTOCOL_NAMES.filter((name) => !this.options.protocols.includes(name));
    return { offered: this.protocols, others: others.map((name) => new protocols[name](maximumParsedSize)) };
  }
}
