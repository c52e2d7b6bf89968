import type { TransportName } from '../names';
import type { Authentication } from '../options';
import type { LongPollingConnection } from '../transports/long-polling';
import { type EarlyBytes, PostedBytes, type PostLimits } from '../transports/posted-bytes';
import { type ConnectionIds, PLAIN_IDS } from './connection-ids';
import type { PlaceShares } from './place-shares';
import type { ReconnectableConnection } from '../transports/reconnectable';

/** How many connections whose transport was refused may still be started. */
const MOST_REFUSED = 1000;

/** The ids of a negotiated connection: the one that others may know, and the token that only its client knows. */
export interface NegotiatedIds {
  readonly connectionId: string;
  readonly connectionToken: string;
}

/** What a client has negotiated. */
export interface Negotiation {
  /** The negotiation version. In version 0 one id serves both purposes. */
  readonly version: number;
  /** The user that negotiated, if known: nobody else may use the connection. */
  readonly userId: string | undefined;
  /** Who answers for it, and may use it if no user is known. */
  readonly holder: string | undefined;
  /** Whether a lost WebSocket may be replaced. */
  readonly statefulReconnect: boolean;
  /** Who has negotiated. */
  readonly authentication: Authentication<unknown>;
  /** Whether its token may be refreshed: then an older one that is still on its way does not replace the new one. */
  readonly refreshable: boolean;
  /** When the connection is forgotten if no transport was started, in milliseconds of the heartbeat. */
  readonly expiresAt: number;
  /** What bounds the memory of what is posted. */
  readonly postLimits: PostLimits;
}

/** A connection whose client is authenticated again with each further request. */
export interface Renewable {
  /** A further request was authenticated. */
  renew(authentication: Authentication<unknown>): void;
  /** The token was refreshed, and the connection is renewed. */
  onRefreshed(): void;
  /** What is received from now on was sent by this client. */
  carry(authentication: Authentication<unknown>): void;
  /** Bytes were received. */
  onData(bytes: Buffer): void;
}

/** A connection from its negotiation to its end. */
export class NegotiatedConnection {
  readonly connectionId: string;
  readonly connectionToken: string;
  readonly userId: string | undefined;
  readonly holder: string | undefined;
  readonly statefulReconnect: boolean;
  readonly expiresAt: number;
  /** The transport that was started. */
  transport: TransportName | undefined;
  /** The connection that a transport carries. */
  hubConnection: Renewable | undefined;
  /** The transport for further polls. */
  longPolling: LongPollingConnection | undefined;
  /** The transport that a further WebSocket can be given to. */
  webSocket: ReconnectableConnection | undefined;
  #authentication: Authentication<unknown>;
  readonly #refreshable: boolean;
  /** How many refreshes have come, and which of them is in force. */
  #refreshes = 0;
  #refreshed = 0;
  #posts: PostedBytes | undefined;
  readonly #postLimits: PostLimits;

  constructor(negotiation: Negotiation, ids: ConnectionIds) {
    const { version, userId, holder, statefulReconnect, expiresAt, postLimits } = negotiation;
    this.#authentication = negotiation.authentication;
    this.#refreshable = negotiation.refreshable;
    this.connectionToken = ids.connectionToken();
    this.connectionId = version === 0 ? this.connectionToken : ids.connectionId();
    this.userId = userId;
    this.holder = holder;
    this.#postLimits = postLimits;
    this.statefulReconnect = statefulReconnect;
    this.expiresAt = expiresAt;
  }

  /** Of the latest request that has authenticated the client. */
  get authentication(): Authentication<unknown> {
    return this.#authentication;
  }

  /** A transport serves the client, which a request of this sender has started. */
  begin(connection: Renewable, authentication: Authentication<unknown>): void {
    this.hubConnection = connection;
    this.#authentication = authentication;
  }

  /** A further request of the client was authenticated. */
  renew(authentication: Authentication<unknown>): void {
    if (this.#refreshable && (authentication.expiresAt ?? Infinity) < (this.#authentication.expiresAt ?? Infinity)) {
      return;
    }
    this.#authentication = authentication;
    this.hubConnection?.renew(authentication);
  }

  /** A refresh has come. Returns its number. */
  beginRefresh(): number {
    return ++this.#refreshes;
  }

  /** The sender of a refresh was authenticated. It does not replace one that has come later. */
  refresh(order: number, authentication: Authentication<unknown>): void {
    if (order < this.#refreshed) return;
    this.#refreshed = order;
    this.#authentication = authentication;
    this.hubConnection?.renew(authentication);
    // What comes over a WebSocket has no other sender.
    if (this.transport === 'webSockets') this.hubConnection?.carry(authentication);
    this.hubConnection?.onRefreshed();
  }

  /** What the client posts. It waits until a transport is started. */
  get posts(): PostedBytes {
    this.#posts ??= new PostedBytes(this.#postLimits);
    return this.#posts;
  }

  /** What was posted before there was a transport. Nothing more may be posted. */
  endPosts(): readonly EarlyBytes[] {
    const early = this.#posts?.takeEarly() ?? [];
    this.#posts?.close();
    return early;
  }
}

/** The negotiated connections by token, from their negotiation to their end. */
export class NegotiatedConnections {
  readonly #entries = new Map<string, NegotiatedConnection>();
  /** The connections without a transport, oldest first. */
  readonly #waiting = new Set<NegotiatedConnection>();
  /** Those of them whose transport was refused, which have no place any more; in the order in which that was. */
  readonly #refused = new Set<NegotiatedConnection>();

  /** `places`: how many connections may wait for a transport. */
  constructor(
    readonly places: PlaceShares,
    readonly ids: ConnectionIds = PLAIN_IDS,
  ) {}

  /** Creates a connection that waits for a transport. */
  negotiate(negotiation: Negotiation): NegotiatedConnection {
    const connection = new NegotiatedConnection(negotiation, this.ids);
    this.#entries.set(connection.connectionToken, connection);
    this.#waiting.add(connection);
    this.places.take(connection.holder);
    return connection;
  }

  find(token: string): NegotiatedConnection | undefined {
    return this.#entries.get(token);
  }

  /** A transport of a waiting connection starts. */
  start(connection: NegotiatedConnection, transport: TransportName): void {
    connection.transport = transport;
    this.#leave(connection);
  }

  /**
   * The transport of a waiting connection was refused: its place is free again. It may still be started in time, as by
   * a client that fetches a new token when it is refused, or when it was somebody else who was refused.
   */
  refuse(token: string | undefined): void {
    const connection = token === undefined ? undefined : this.#entries.get(token);
    if (connection === undefined || !this.#waiting.has(connection)) return;
    this.#leave(connection);
    this.#refused.add(connection);
    const [oldest] = this.#refused;
    if (this.#refused.size > MOST_REFUSED && oldest !== undefined) this.#forget(oldest);
  }

  /** Forgets a connection that is gone. */
  release(token: string): void {
    this.#entries.delete(token);
  }

  /** Forgets the connections whose transport was not started in time. */
  expire(now: number): void {
    // All of them wait for the same time.
    for (const connection of this.#waiting) {
      if (now < connection.expiresAt) break;
      this.#forget(connection);
    }
    for (const connection of this.#refused) {
      if (now < connection.expiresAt) continue;
      this.#forget(connection);
    }
  }

  #forget(connection: NegotiatedConnection): void {
    this.#leave(connection);
    this.#entries.delete(connection.connectionToken);
    connection.endPosts();
  }

  #leave(connection: NegotiatedConnection): void {
    this.#refused.delete(connection);
    if (this.#waiting.delete(connection)) this.places.release(connection.holder);
  }
}
