import type { ConnectionLifetime } from './connection-lifetime';
import { DataRate } from './data-rate';
import { HubException } from '../exceptions';
import type { Instruments } from '../instruments';
import type { LimitWatch } from './limit-watch';
import type { TransportName } from '../names';
import type { LimitName, LimitStrike, ResolvedOptions } from '../options';
import { type BudgetRefusal, MemoryAccount } from '../transports/memory-account';
import type { TransportConnection } from '../transports/transport-connection';

/** How long a client may take to close its side when the pieces it has sent cannot be let go before. */
const LONGEST_GOODBYE = 1000;

const TOO_SLOW = 'a message came in more slowly than minimumDataRate';
const NO_MEMORY: Readonly<Record<BudgetRefusal, string>> = {
  share: 'your share of the memory for messages on their way is used up',
  full: 'the memory for messages on their way is used up',
};

/** What the limits of a connection need to know of its server. */
export interface LimitsHost {
  readonly options: ResolvedOptions;
  readonly limits: LimitWatch;
  readonly instruments: Instruments;
  /** Milliseconds of the heartbeat. */
  readonly now: number;
}

/** The parts of a connection that its limits look at. */
export interface LimitedParts {
  readonly transport: TransportConnection;
  readonly lifetime: ConnectionLifetime;
}

/** Whom the limits of a connection strike. */
export interface LimitedClient extends Omit<LimitStrike, 'limit'> {
  readonly connectionId: string;
  readonly transport: TransportName;
}

/** Holds one connection to what it may take of the server's memory and time, and ends it when it wants more. */
export class ConnectionLimits {
  readonly #incoming: MemoryAccount;
  readonly #outgoing: MemoryAccount;
  readonly #rate: DataRate;
  readonly #host: LimitsHost;
  readonly #parts: LimitedParts;
  readonly #whom: LimitedClient;

  constructor(host: LimitsHost, parts: LimitedParts, whom: LimitedClient) {
    const { memory } = host.options;
    this.#host = host;
    this.#parts = parts;
    this.#whom = whom;
    this.#incoming = new MemoryAccount(memory, whom.holder ?? '');
    this.#outgoing = new MemoryAccount(memory, whom.holder ?? '');
    this.#rate = new DataRate(host.options, host.now);
  }

  /** So many received bytes are held now; there may be no memory for them. */
  onReceived(held: number): void {
    const refusal = this.#incoming.update(held);
    if (refusal === undefined) return;
    const { lifetime, transport } = this.#parts;
    const error = new HubException(NO_MEMORY[refusal]);
    if (lifetime.state !== 'handshake' && !lifetime.maySend) {
      // It was told to go and sends all the same.
      lifetime.drop(error);
      return;
    }
    this.strike(refusal === 'share' ? 'memoryShare' : 'memory');
    lifetime.error ??= error;
    lifetime.close({ error: lifetime.describe(error), allowReconnect: true });
    // Only the end of its socket lets go of what a WebSocket holds.
    if (transport.heldBytes > 0) lifetime.hurry(LONGEST_GOODBYE);
    transport.pause();
  }

  /** Returns whether there is memory for so many unsent bytes; otherwise the connection has ended. */
  mayHold(unsent: number): boolean {
    const refusal = this.#outgoing.update(unsent);
    if (refusal === undefined) return true;
    this.strike(refusal === 'share' ? 'memoryShare' : 'memory', unsent);
    // It reads nothing, so it cannot be told.
    this.#parts.lifetime.drop(new HubException(NO_MEMORY[refusal]));
    return false;
  }

  /** Ends the connection when a message comes in too slowly; called at every heartbeat. Returns whether it stays. */
  checkRate(now: number, unfinished: boolean): boolean {
    const { lifetime, transport } = this.#parts;
    if (!this.#rate.isTooSlow(now, transport.receivedBytes, unfinished)) return true;
    this.strike('minimumDataRate');
    const error = new HubException(TOO_SLOW);
    lifetime.error ??= error;
    lifetime.stopReceiving({ error: lifetime.describe(error), allowReconnect: true });
    transport.giveUpReceiving();
    return false;
  }

  /** A limit strikes the client, for which so many bytes that were not taken are lost. */
  strike(limit: LimitName, lostBytes = 0): void {
    const { limits, instruments } = this.#host;
    const { transport, ...whom } = this.#whom;
    limits.strike(limit, whom);
    const { connectionId } = whom;
    if (lostBytes === 0 || !instruments.listens('messagesDropped')) return;
    instruments.emit('messagesDropped', {
      hub: instruments.hub,
      connectionId,
      transport,
      reason: limit,
      bytes: lostBytes,
    });
  }

  /** The connection is gone. */
  close(): void {
    this.#incoming.close();
    this.#outgoing.close();
  }
}
