import { randomBytes } from 'node:crypto';
import type { TransportName } from '../options';
import type { LongPollingConnection } from '../transports/long-polling';
import { PostedBytes } from '../transports/posted-bytes';
import type { ReconnectableConnection } from '../transports/reconnectable';

/** What a negotiated client gets: the id others may know, and the token that only it knows. */
export interface NegotiatedIds {
  readonly connectionId: string;
  readonly connectionToken: string;
}

/** What a client has negotiated. */
export interface Negotiation {
  /** The version of the negotiation. Version 0 knows one id for both purposes. */
  readonly version: number;
  /** Who the client is, if that is known: nobody else may use the connection. */
  readonly userId: string | undefined;
  /** Whether a lost WebSocket may be replaced. */
  readonly statefulReconnect: boolean;
  /** When it is forgotten if no transport has been started. */
  readonly expiresAt: number;
}

/** A connection from its negotiation to its end. */
export class NegotiatedConnection {
  readonly connectionId = createId();
  readonly connectionToken: string;
  readonly userId: string | undefined;
  readonly statefulReconnect: boolean;
  readonly expiresAt: number;
  /** The transport that was started. */
  transport: TransportName | undefined;
  /** What is told that a further request has authenticated the client anew. */
  hubConnection: { renew(expiresAt: number | undefined): void } | undefined;
  /** What further polls go to. */
  longPolling: LongPollingConnection | undefined;
  /** What a further WebSocket goes to. */
  webSocket: ReconnectableConnection | undefined;
  #posts: PostedBytes | undefined;

  constructor({ version, userId, statefulReconnect, expiresAt }: Negotiation) {
    this.connectionToken = version === 0 ? this.connectionId : createId();
    this.userId = userId;
    this.statefulReconnect = statefulReconnect;
    this.expiresAt = expiresAt;
  }

  /** What the client posts. Until a transport is started, it waits. */
  get posts(): PostedBytes {
    this.#posts ??= new PostedBytes();
    return this.#posts;
  }

  /** Nothing will come of it any more. */
  expire(): void {
    this.#posts?.close();
  }
}

/** The connections that were negotiated, by token, from negotiation to their end. */
export class NegotiatedConnections {
  readonly #entries = new Map<string, NegotiatedConnection>();
  /** Those without a transport, the oldest first. */
  readonly #waiting = new Set<NegotiatedConnection>();

  /** How many wait for a transport. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Makes a connection that waits for a transport. */
  negotiate(negotiation: Negotiation): NegotiatedConnection {
    const connection = new NegotiatedConnection(negotiation);
    this.#entries.set(connection.connectionToken, connection);
    this.#waiting.add(connection);
    return connection;
  }

  find(token: string): NegotiatedConnection | undefined {
    return this.#entries.get(token);
  }

  /** Starts the transport of a connection that waits for one. */
  start(connection: NegotiatedConnection, transport: TransportName): void {
    connection.transport = transport;
    this.#waiting.delete(connection);
  }

  /** Forgets a token whose connection is gone. */
  release(token: string): void {
    this.#entries.delete(token);
  }

  /** Forgets what was negotiated and never connected. */
  expire(now: number): void {
    for (const connection of this.#waiting) {
      // All wait equally long.
      if (now < connection.expiresAt) return;
      this.#waiting.delete(connection);
      this.#entries.delete(connection.connectionToken);
      connection.expire();
    }
  }
}

/** 16 random bytes as 22 characters, as ASP.NET Core's ids are. */
export function createId(): string {
  return randomBytes(16).toString('base64url');
}
