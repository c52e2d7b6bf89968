import { type Audience, NOBODY, pickClients } from '../clients/audience';
import { checkResultOptions } from '../clients/client-results';
import type { ClientInvokeOptions } from '../clients/clients';
import type { NamesObserver } from '../clients/hub-connection-store';
import type { PreparedSend, RemoteCall, RemoteClients } from '../clients/remote-clients';
import { OwnMessage, type SharedMessage } from '../clients/shared-message';
import type { Clock } from '../clock';
import type { Logger } from '../logger';
import { MESSAGE_TYPE } from '../protocol/hub-messages';
import type { HubProtocol } from '../protocol/hub-protocol';
import type { Backplane, BackplaneLink, BackplaneListener } from './backplane';
import { encodeForms, RemoteMessage } from './encoded-forms';
import { decodeFrame, encodeFrame, type Frame, type HeartbeatFrame, type SendFrame } from './frames';
import { LinkHealth } from './link-health';
import { callRemotely, changeRemotely, doesNotExist, type RequestLink, type Statement } from './remote-calls';
import { RemoteRequests } from './remote-requests';
import { type ServedClients, ServedRequests } from './served-requests';
import { createServerId, serverOf } from './server-ids';
import { BEATS_UNTIL_GONE, ServerRegistry } from './server-registry';
import { Subscriptions } from './subscriptions';

/** The channel of all servers. */
const ALL = 'all';

const serverChannel = (id: string): string => `server:${id}`;
const groupChannel = (name: string): string => `group:${name}`;
const userChannel = (id: string): string => `user:${id}`;

/** The channels that every server listens to: that of all and its own. */
const OWN_CHANNELS = 2;

const NOTHING: PreparedSend = { publish: () => true };

/** What is seen of a backplane, for metrics. */
export interface BackplaneStatus {
  /** Whether other servers are reached. */
  readonly connected: boolean;
  /** How many other servers there are. */
  readonly servers: number;
  /** How many groups and users this server listens for. */
  readonly subscriptions: number;
  /** How many requests to other servers, and results of clients for them, are waiting. */
  readonly waiting: number;
  /** How many requests and WebSockets of other servers' connections pass through this one. */
  readonly forwarded: number;
  /** How often messages to or from other servers may have been lost. */
  readonly gaps: number;
  /** How many messages to other servers were not sent. */
  readonly lostMessages: number;
}

/** The options of a server that concern the others. */
export interface ScaleoutOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly serverTimeout: number;
  readonly clientResultTimeout: number;
}

/** The protocols of a server: those that are offered, and all others. */
export interface ScaleoutProtocols {
  readonly offered: readonly HubProtocol[];
  readonly others: readonly HubProtocol[];
}

/** Joins one server with the others that serve the same hub. */
export class Scaleout implements RemoteClients, NamesObserver, BackplaneListener, RequestLink {
  readonly id = createServerId();
  readonly requests = new RemoteRequests();
  readonly registry = new ServerRegistry();
  readonly clock: Clock;
  /** How many requests are being forwarded. */
  countForwarded: () => number = () => 0;
  /** Called when another server is gone. */
  onServerGone: (server: string) => void = () => undefined;
  /** Where other servers reach this one, if they do. */
  #address: string | undefined;
  readonly #options: ScaleoutOptions;
  readonly #protocols: ScaleoutProtocols;
  readonly #health: LinkHealth;
  readonly #subscriptions: Subscriptions;
  #clients: ServedClients | undefined;
  #served: ServedRequests | undefined;
  #link: BackplaneLink | undefined;
  #up = false;
  #lastRequest = 0;
  #stopTimer: (() => void) | undefined;

  constructor(options: ScaleoutOptions, protocols: ScaleoutProtocols) {
    this.clock = options.clock;
    this.#options = options;
    this.#protocols = protocols;
    this.#health = new LinkHealth(options.logger, {
      onGap: () => {
        this.registry.pause();
        this.requests.giveUp('lost');
      },
    });
    this.#subscriptions = new Subscriptions(
      () => this.#link!,
      (error) => {
        options.logger.warn({ err: error }, 'subscribing to the backplane failed');
      },
    );
  }

  /** Begins to serve clients together with others; without clients, it only knows who and where the others are. */
  start(backplane: Backplane, clients?: ServedClients): void {
    if (clients !== undefined) this.#serve(clients);
    this.#subscriptions.want(ALL, true);
    this.#subscriptions.want(serverChannel(this.id), true);
    this.#link = backplane.connect(this);
    this.#stopTimer = this.clock.every(this.#options.serverTimeout / BEATS_UNTIL_GONE, () => {
      this.#beat();
    });
  }

  #serve(clients: ServedClients): void {
    this.#clients = clients;
    this.#served = new ServedRequests(clients, (server, id, outcome) => {
      this.tell(server, { kind: 'answer', id, outcome });
    });
  }

  /** Says goodbye; nothing is waited for any more. */
  close(): void {
    this.#stopTimer?.();
    // Whoever cannot be told misses this server soon enough.
    this.#link?.publish(ALL, this.#encode({ kind: 'goodbye' }));
    this.registry.close();
    this.requests.giveUp('lost');
    this.#subscriptions.want(ALL, false);
    this.#subscriptions.want(serverChannel(this.id), false);
    this.#subscriptions.down();
    this.#link?.close();
  }

  /** Others reach this server at an address from now on. */
  announceAt(address: string): void {
    this.#address = address;
    if (this.#up) this.#announce(false);
  }

  get status(): BackplaneStatus {
    return {
      connected: this.#health.healthy,
      servers: this.registry.size,
      subscriptions: this.#subscriptions.size - OWN_CHANNELS,
      waiting: this.requests.size + (this.#served?.size ?? 0),
      forwarded: this.countForwarded(),
      gaps: this.#health.gaps,
      lostMessages: this.#health.lostFrames,
    };
  }

  owns(connectionId: string): boolean {
    const server = serverOf(connectionId);
    return server !== undefined && server !== this.id;
  }

  prepare(audience: Audience, message: SharedMessage): PreparedSend {
    if (audience.to === 'connections') return this.#prepareForConnections(audience, message);
    if (audience.to !== 'all' && audience.names.length === 0) return NOTHING;
    const frame = this.#encode({ kind: 'send', audience, forms: this.#forms(message) });
    const channel = channelOf(audience);
    return { publish: () => this.#publish(channel, frame) };
  }

  async invoke(connectionId: string, call: RemoteCall, options: ClientInvokeOptions): Promise<unknown> {
    const server = this.#serverOf(connectionId);
    if (server === undefined) throw doesNotExist(connectionId);
    checkResultOptions(options);
    const id = this.#newRequestId();
    const forms = this.#forms(new OwnMessage({ type: MESSAGE_TYPE.Invocation, invocationId: id, ...call }));
    const statement = { kind: 'invoke', id, connectionId, forms, returns: options.returns } as const;
    const { timeout = this.#options.clientResultTimeout, signal } = options;
    return callRemotely(this, { server, connectionId, statement }, { timeout, signal });
  }

  add(connectionId: string, group: string): Promise<void> {
    return this.#change('add', connectionId, group);
  }

  remove(connectionId: string, group: string): Promise<void> {
    return this.#change('remove', connectionId, group);
  }

  listening(group: string): Promise<void> {
    return this.#subscriptions.settled(groupChannel(group));
  }

  /** As `listening`, for what is sent to a user. */
  listeningTo(userId: string): Promise<void> {
    return this.#subscriptions.settled(userChannel(userId));
  }

  onGroup(name: string, present: boolean): void {
    this.#subscriptions.want(groupChannel(name), present);
  }

  onUser(userId: string, present: boolean): void {
    this.#subscriptions.want(userChannel(userId), present);
  }

  tell(server: string, statement: Statement): boolean {
    return this.#say(serverChannel(server), statement);
  }

  onUp(): void {
    this.#up = true;
    this.#subscriptions.up();
    void this.#listen();
  }

  onDown(reason: Error | undefined): void {
    this.#up = false;
    this.#subscriptions.down();
    this.#health.down(reason);
  }

  onLost(reason: Error | undefined): void {
    this.#health.lost(reason);
  }

  onFrame(bytes: Uint8Array): void {
    try {
      const frame = decodeFrame(bytes);
      if (frame.server !== this.id) this.#receive(frame);
      else if (frame.kind === 'heartbeat') this.#health.heard();
    } catch (error) {
      this.#options.logger.warn({ err: error }, 'a frame of the backplane cannot be read');
    }
  }

  /** Others are heard once the channels of all and of this server are subscribed to. */
  async #listen(): Promise<void> {
    await this.#subscriptions.settled(ALL);
    await this.#subscriptions.settled(serverChannel(this.id));
    if (!this.#up || this.#health.healthy) return;
    this.#health.up();
    this.registry.joined();
    this.#announce(true);
  }

  #beat(): void {
    this.#health.beat();
    this.registry.tick();
    if (this.#health.healthy) {
      for (const server of this.registry.beat()) this.#onGone(server);
      this.requests.beat((server) => this.registry.find(server) !== undefined);
    } else {
      // Nobody is gone only because this server hears nobody.
      this.registry.pause();
      if (this.#health.silent) this.#subscriptions.up();
    }
    this.#subscriptions.retry();
    if (this.#up) this.#announce(false);
  }

  #announce(asks: boolean): void {
    const address = this.#address === undefined ? {} : { address: this.#address };
    this.#say(ALL, { kind: 'heartbeat', gaps: this.#health.gaps, asks, ...address });
  }

  #receive(frame: Frame): void {
    const { server } = frame;
    switch (frame.kind) {
      case 'heartbeat':
        this.#onHeartbeat(frame);
        return;
      case 'goodbye':
        this.registry.leave(server);
        this.#onGone(server);
        return;
      case 'send':
        this.#deliver(frame);
        return;
      case 'invoke':
        this.#served?.invoke(frame);
        return;
      case 'add':
      case 'remove':
        this.#served?.changeGroup(frame);
        return;
      case 'cancel':
        this.#served?.cancel(server, frame.id);
        return;
      case 'answer':
        this.requests.answer(server, frame.id, frame.outcome);
    }
  }

  #onHeartbeat({ server, gaps, asks, address }: HeartbeatFrame): void {
    if (this.registry.hear(server, gaps, address)) this.requests.giveUp('lost', server);
    if (asks) this.#announce(false);
  }

  #onGone(server: string): void {
    this.onServerGone(server);
    this.requests.giveUp('gone', server);
    this.#served?.forget(server);
  }

  #deliver({ server, audience, forms }: SendFrame): void {
    if (this.#clients === undefined) return;
    const message = new RemoteMessage(forms);
    let failed = false;
    for (const client of pickClients(this.#clients.store, audience)) {
      try {
        client?.sendShared(message);
      } catch (error) {
        if (!failed) this.#options.logger.error({ err: error, server }, 'a message of another server cannot be sent');
        failed = true;
      }
    }
  }

  #prepareForConnections({ names }: Audience, message: SharedMessage): PreparedSend {
    let all = true;
    const byServer = new Map<string, string[]>();
    for (const id of names) {
      if (this.#clients?.store.find(id) !== undefined) continue;
      const server = this.#serverOf(id);
      const named = server === undefined ? undefined : byServer.get(server);
      if (server === undefined) all = false;
      else if (named === undefined) byServer.set(server, [id]);
      else named.push(id);
    }
    if (byServer.size === 0) return { publish: () => all };
    const forms = this.#forms(message);
    const frames = [...byServer].map(([server, named]) => {
      const audience: Audience = { to: 'connections', names: named, except: NOBODY };
      return { channel: serverChannel(server), frame: this.#encode({ kind: 'send', audience, forms }) };
    });
    return {
      publish: () => {
        for (const { channel, frame } of frames) all = this.#publish(channel, frame) && all;
        return all;
      },
    };
  }

  /** The other server of a connection; `undefined` when it is none, or one that is gone. */
  #serverOf(connectionId: string): string | undefined {
    const server = serverOf(connectionId);
    return server === undefined || server === this.id || this.registry.isGone(server) ? undefined : server;
  }

  async #change(kind: 'add' | 'remove', connectionId: string, group: string): Promise<void> {
    const server = this.#serverOf(connectionId);
    if (server === undefined) return;
    const statement = { kind, id: this.#newRequestId(), connectionId, group };
    await changeRemotely(this, { server, connectionId, statement });
  }

  #newRequestId(): string {
    return `${this.id}-${++this.#lastRequest}`;
  }

  #forms(message: SharedMessage): SendFrame['forms'] {
    return encodeForms(message, this.#protocols.offered, this.#protocols.others);
  }

  #say(channel: string, statement: Statement): boolean {
    return this.#publish(channel, this.#encode(statement));
  }

  #encode(statement: Statement): Uint8Array {
    return encodeFrame({ ...statement, server: this.id });
  }

  #publish(channel: string, frame: Uint8Array): boolean {
    const published = this.#link?.publish(channel, frame) === true;
    if (!published) this.#health.lost(undefined);
    return published;
  }
}

/** Where a call is published: to those who have the one group or user, or to all, once for several names. */
function channelOf({ to, names }: Audience): string {
  const [name] = names;
  if (name === undefined || names.length > 1) return ALL;
  return to === 'groups' ? groupChannel(name) : userChannel(name);
}
