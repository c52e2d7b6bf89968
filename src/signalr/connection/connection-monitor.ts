import type { ConnectionLifetime } from './connection-lifetime';
import type { ConnectionLimits } from './connection-limits';
import type { KeepAlive } from './keep-alive';
import type { MessageSender } from './message-sender';
import type { Outbox } from './outbox';
import { TimeoutError } from '../exceptions';
import { MESSAGE_TYPE } from '../protocol/hub-messages';
import type { ResolvedOptions } from '../options';
import type { TransportConnection } from '../transports/transport-connection';
import { ReconnectableConnection } from '../transports/reconnectable';
import { SendTimeoutError } from '../transports/send-timeout-error';

/** The parts of a connection that a monitor looks after. */
export interface MonitoredParts {
  readonly transport: TransportConnection;
  readonly outbox: Outbox;
  readonly keepAlive: KeepAlive;
  readonly lifetime: ConnectionLifetime;
  readonly sender: MessageSender;
  readonly limits: ConnectionLimits;
}

/** Checks an open connection at every heartbeat: pings the client, and ends the connection when the client is gone. */
export class ConnectionMonitor {
  #authenticatedUntil: number | undefined;
  readonly #options: ResolvedOptions;
  readonly #parts: MonitoredParts;

  constructor(options: ResolvedOptions, parts: MonitoredParts, authenticatedUntil: number | undefined) {
    this.#options = options;
    this.#parts = parts;
    this.#authenticatedUntil = authenticatedUntil;
  }

  /** A further request of the client was authenticated, until `expiresAt`. */
  renew(expiresAt: number | undefined): void {
    this.#authenticatedUntil = expiresAt;
  }

  /**
   * Ends the connection of a client that takes nothing or whose authentication has expired. Returns whether it stays
   * open.
   */
  checkClient(now: number): boolean {
    const { transport, outbox, lifetime, limits } = this.#parts;
    if (!transport.hasInherentKeepAlive && !this.#interrupted && outbox.isStuck(now)) {
      limits.strike('sendTimeout', outbox.unsent);
      lifetime.drop(new SendTimeoutError('takes nothing of what is sent to it'));
      return false;
    }
    const { clock, closeOnAuthenticationExpiration, closeTimeout, logger } = this.#options;
    const expiresAt = closeOnAuthenticationExpiration ? this.#authenticatedUntil : undefined;
    if (expiresAt === undefined || clock.date() < expiresAt) return true;
    logger.debug({ connectionId: this.#parts.sender.connectionId }, 'authentication expired');
    // What was received before is still answered.
    lifetime.drain({ allowReconnect: true }, closeTimeout);
    return false;
  }

  /** Sends a ping when one is due. */
  ping(now: number): void {
    if (!this.#parts.transport.hasInherentKeepAlive) this.#parts.keepAlive.ping(now, this.#sendPing);
  }

  /** Ends the connection of a client that is silent. `reading` says whether the server is reading from it. */
  checkSilence(now: number, reading: boolean): void {
    const { keepAlive, lifetime } = this.#parts;
    if (!keepAlive.timedOut(now, reading && !this.#interrupted)) return;
    const error = new TimeoutError('the client has sent nothing, not even a ping: clientTimeout has passed');
    lifetime.error = error;
    lifetime.close({ error: lifetime.describe(error), allowReconnect: true });
  }

  readonly #sendPing = (): void => {
    this.#parts.sender.send({ type: MESSAGE_TYPE.Ping });
  };

  get #interrupted(): boolean {
    const { transport } = this.#parts;
    return transport instanceof ReconnectableConnection && transport.interrupted;
  }
}
