import type { Authentication, TransportName } from '../options';
import type { LongPollingConnection } from '../transports/long-polling';
import { PostedBytes, type PostLimits } from '../transports/posted-bytes';
import { type ConnectionIds, PLAIN_IDS } from './connection-ids';
import type { PlaceShares } from './place-shares';
import type { ReconnectableConnection } from '../transports/reconnectable';

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
  /** When the connection is forgotten if no transport was started, in milliseconds of the heartbeat. */
  readonly expiresAt: number;
  /** What bounds the memory of what is posted. */
  readonly postLimits: PostLimits;
}

/** A connection whose client is authenticated again with each further request. */
export interface Renewable {
  /** A further request was authenticated. */
  renew(authentication: Authentication<unknown>): void;
  /** What is received from now on was sent by this client. */
  carry(authentication: Authentication<unknown>): void;
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
  /** The hub connection; it is notified when a further request has authenticated the client again. */
  hubConnection: Renewable | undefined;
  /** The transport for further polls. */
  longPolling: LongPollingConnection | undefined;
  /** The transport that a further WebSocket can be given to. */
  webSocket: ReconnectableConnection | undefined;
  #posts: PostedBytes | undefined;
  readonly #postLimits: PostLimits;

  constructor({ version, userId, holder, statefulReconnect, expiresAt, postLimits }: Negotiation, ids: ConnectionIds) {
    this.connectionToken = ids.connectionToken();
    this.connectionId = version === 0 ? this.connectionToken : ids.connectionId();
    this.userId = userId;
    this.holder = holder;
    this.#postLimits = postLimits;
    this.statefulReconnect = statefulReconnect;
    this.expiresAt = expiresAt;
  }

  /** What the client posts. It waits until a transport is started. */
  get posts(): PostedBytes {
    this.#posts ??= new PostedBytes(this.#postLimits);
    return this.#posts;
  }

  /** No transport was started in time. */
  expire(): void {
    this.#posts?.close();
  }
}

/** The negotiated connections by token, from their negotiation to their end. */
export class NegotiatedConnections {
  readonly #entries = new Map<string, NegotiatedConnection>();
  /** The connections without a transport, oldest first. */
  readonly #waiting = new Set<NegotiatedConnection>();

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

  /** Forgets a connection that is gone. */
  release(token: string): void {
    this.#entries.delete(token);
  }

  /** Forgets the connections whose transport was not started in time. */
  expire(now: number): void {
    for (const connection of this.#waiting) {
      // All of them wait for the same time.
      if (now < connection.expiresAt) return;
      this.#leave(connection);
      this.#entries.delete(connection.connectionToken);
      connection.expire();
    }
  }

  #leave(connection: NegotiatedConnection): void {
    if (this.#waiting.delete(connection)) this.places.release(connection.holder);
  }
}
