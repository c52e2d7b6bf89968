import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { type ConnectionIds, PLAIN_IDS } from './endpoint/connection-ids';
import { NegotiatedConnections } from './endpoint/negotiated-connections';
import { ServerGroups } from './clients/groups';
import { HubConnectionStore } from './clients/hub-connection-store';
import { ClientResults } from './clients/client-results';
import type { AnyClientMethods, GroupManager, HubClients } from './clients/clients';
import { filterHooks, filterInvocations, type InvocationHandler } from './hub/filters';
import { RequestAuthenticator } from './endpoint/request-authenticator';
import { Heartbeat } from './connection/heartbeat';
import { HttpEndpoint } from './endpoint/http-endpoint';
import { AllClients } from './clients/hub-clients';
import { HubConnection } from './connection/hub-connection';
import { HolderGroups } from './connection/holder-groups';
import { LimitWatch } from './connection/limit-watch';
import { PlaceShares } from './endpoint/place-shares';
import { ReadTurns } from './transports/read-turns';
import type { HubContext } from './hub/hub-context';
import type { CloseOptions, HubHost, Identity } from './connection/hub-host';
import type { Hub, HubHooks } from './hub/hub';
import { listenFirst } from './hub/listening-hooks';
import {
  type AnyHubServerOptions,
  type Authentication,
  type HubServerOptions,
  PROTOCOL_NAMES,
  type ProtocolName,
  type ResolvedOptions,
  resolveOptions,
  tickInterval,
} from './options';
import { FlushQueue } from './connection/outbox';
import type { HubProtocol } from './protocol/hub-protocol';
import { JsonProtocol } from './protocol/json-protocol';
import { MessagePackProtocol } from './protocol/messagepack-protocol';
import { normalizePath } from './endpoint/request-path';
import { Forwarding } from './scaleout/forwarding/forwarding';
import { type BackplaneStatus, Scaleout, type ScaleoutProtocols } from './scaleout/scaleout';
import { createConnectionId } from './scaleout/server-ids';
import type { TransportConnection } from './transports/transport-connection';
import type { RequestForwarder } from './endpoint/request-forwarder';
import { UpgradeEndpoint } from './endpoint/upgrade-endpoint';
import { type UpgradeHandler, UpgradeRouter } from './endpoint/upgrade-router';

/** How a server closes. */
export interface ServerCloseOptions extends CloseOptions {
  /**
   * How many milliseconds running invocations and clients may take before their sockets are closed. Default:
   * `closeTimeout`.
   */
  readonly timeout?: number | undefined;
}

/** A request handler for Express, connect and plain `http.createServer`. */
export type HubRequestHandler = (
  request: IncomingMessage,
  response: ServerResponse,
  next?: (error?: unknown) => void,
) => void;

/** Serves one hub to many clients. Made by `createHubServer`. */
export interface HubServer<P = undefined, C = AnyClientMethods> {
  /** How many connections there are. */
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
  return new HostedHub(hub, resolveOptions(options), options);
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
  readonly places: PlaceShares;
  readonly negotiated: NegotiatedConnections;
  /** Normalized paths the hub is attached at. */
  readonly paths = new Set<string>();
  closing = false;
  readingPaused = false;
  readonly #connections = new Set<HubConnection<P, C>>();
  readonly #heartbeat: Heartbeat;
  readonly #http: HttpEndpoint<P>;
  readonly #upgrades: UpgradeEndpoint<P>;
  readonly #forwarding: Forwarding | undefined;
  readonly #detachers: (() => void)[] = [];
  #closed: Promise<void> | undefined;
  /** Drops the connections that are left when closing takes too long. */
  #dropOverdue: ((now: number) => void) | undefined;
  #onAllGone: (() => void) | undefined;

  constructor(
    readonly hub: Hub<P, C>,
    readonly options: ResolvedOptions,
    { authenticate = everyone, filters = [] }: AnyHubServerOptions<P, C>,
  ) {
    const { maximumConnections, shareConnections, maximumParsedSize } = options;
    this.protocols = options.protocols.map((name) => new protocols[name](maximumParsedSize));
    this.limits = new LimitWatch(options);
    this.places = new PlaceShares(maximumConnections, shareConnections);
    this.remote = options.backplane === undefined ? undefined : new Scaleout(options, this.#scaleoutProtocols());
    if (this.remote !== undefined && options.forwarding !== undefined) {
      this.#forwarding = new Forwarding(this.remote, options.forwarding, options, {
        onRequest: (request, response) => {
          this.#answered(this.#http.handleForwarded(request, response), response);
        },
        onUpgrade: (request, socket, head) => {
          this.#upgraded(this.#upgrades.handleForwarded(request, socket, head), socket);
        },
      });
    }
    const places = new PlaceShares(maximumConnections, shareConnections);
    this.negotiated = new NegotiatedConnections(places, this.#connectionIds());
    this.store = new HubConnectionStore(options.maximumGroupsPerConnection, this.remote);
    this.groups = new ServerGroups(this.store, this.remote);
    this.results = new ClientResults(options);
    this.clients = new AllClients<C>(this);
    this.filtered = filterInvocations(filters, ({ context, method, args }) => hub.invoke(method, context, args));
    const hooks = filterHooks(filters, hub.hooks);
    this.hooks = this.remote === undefined ? hooks : listenFirst(hooks, this.remote);
    const authenticator = new RequestAuthenticator(options, authenticate);
    this.#http = new HttpEndpoint(this, authenticator);
    this.#upgrades = new UpgradeEndpoint(this, authenticator);
    this.#heartbeat = new Heartbeat(options.clock, tickInterval(options), (now) => {
      this.negotiated.expire(now);
      for (const connection of this.#connections) connection.tick(now);
      this.#dropOverdue?.(now);
    });
    if (options.backplane !== undefined) this.remote?.start(options.backplane, this);
  }

  get now(): number {
    return this.#heartbeat.now;
  }

  get forwarder(): RequestForwarder | undefined {
    return this.#forwarding?.forwarder;
  }

  get backplane(): BackplaneStatus | undefined {
    return this.remote?.status;
  }

  get connections(): number {
    return this.#connections.size;
  }

  readonly handler: HubRequestHandler = (request, response, next) => {
    if (this.#http.matches(request)) {
      this.#answered(this.#http.handle(request, response), response);
    } else if (next !== undefined) {
      next();
    } else {
      response.writeHead(404, { 'Content-Type': 'text/plain' }).end('Not Found');
    }
  };

  attach(server: Server, path: string): void {
    const normalized = normalizePath(path);
    const handle: UpgradeHandler = (request, socket, head) => {
      this.#upgraded(this.#upgrades.handle(request, socket, head), socket);
    };
    const detach = UpgradeRouter.of(server).add(normalized, handle, this.#upgrades.onRefused);
    this.paths.add(normalized);
    this.#detachers.push(detach);
  }

  accept(connection: TransportConnection, identity: Identity<P>, token: string | undefined): HubConnection<P, C> {
    const hubConnection = new HubConnection(this, connection, identity, () => {
      this.#connections.delete(hubConnection);
      this.places.release(identity.holder);
      if (token !== undefined) this.negotiated.release(token);
      if (this.#connections.size === 0) this.#onAllGone?.();
    });
    this.#connections.add(hubConnection);
    this.places.take(identity.holder);
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
    for (const detach of this.#detachers) detach();
  }

  /** With other servers, ids tell whose they are. */
  #connectionIds(): ConnectionIds {
    const { remote } = this;
    if (remote === undefined) return PLAIN_IDS;
    const connectionId = (): string => createConnectionId(remote.id);
    const tokens = this.#forwarding?.tokens;
    return { connectionId, connectionToken: tokens === undefined ? connectionId : () => tokens.create() };
  }

  #answered(answering: Promise<void>, response: ServerResponse): void {
    answering.catch((error: unknown) => {
      this.options.logger.error({ err: error }, 'answering a request failed');
      response.destroy();
    });
  }

  #upgraded(upgrading: Promise<void>, socket: Duplex): void {
    upgrading.catch((error: unknown) => {
      this.options.logger.error({ err: error }, 'upgrading a request failed');
      socket.destroy();
    });
  }

  #scaleoutProtocols(): ScaleoutProtocols {
    const { maximumParsedSize } = this.options;
    const others = PROTOCOL_NAMES.filter((name) => !this.options.protocols.includes(name));
    return { offered: this.protocols, others: others.map((name) => new protocols[name](maximumParsedSize)) };
  }
}
