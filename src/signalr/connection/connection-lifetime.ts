import type { CloseOptions } from './hub-host';
import type { Outbox } from './outbox';
import { describeError, InvalidDataException } from '../exceptions';
import type { ResolvedOptions } from '../options';
import type { TransportConnection } from '../transports/transport-connection';
import { ReconnectableConnection } from '../transports/reconnectable';

/**
 * The state of a connection; it never goes back. `draining`: running invocations may still complete, then it closes.
 * `finishing`: the client has closed in good order, and what it sent before is still dispatched. `closing`: nothing is
 * left but to wait for the client to close its side.
 */
export type ConnectionState = 'handshake' | 'open' | 'draining' | 'finishing' | 'closing' | 'gone';

/** What a lifetime needs to know of its server. */
export interface LifetimeHost {
  readonly options: Pick<ResolvedOptions, 'closeTimeout' | 'detailedErrors' | 'logger'>;
  /** Milliseconds of the heartbeat. */
  readonly now: number;
}

/** The invocations of the connection. */
export interface LifetimeInvocations {
  /** How many have started and not completed, not counting those that return a stream. */
  readonly running: number;
  /** Starts no other invocation, and lets those that run complete. */
  drain(): void;
  /** Nothing more can be sent: ends the streams to the client. */
  stopStreams(): void;
  /** The client sends nothing more: ends its upload streams and the wait for its results. */
  endInput(): void;
}

/** The connection whose lifetime it is. */
export interface LifetimeOwner {
  readonly connectionId: string;
  readonly transport: TransportConnection;
  readonly outbox: Outbox;
  readonly invocations: LifetimeInvocations;
  /** Writes the last message: a Close message, or a handshake response that says it was canceled. */
  writeClose(options: CloseOptions): void;
  /** Discards what was received and has not been dispatched. */
  discardReceived(): void;
  /** Reads on or stops reading, as the state now allows. */
  updateFlow(): void;
  /**
   * Nothing reaches the client from now on: it can no longer be called, and the hub hears that it has left. May be
   * called again. `error` says why unless that was in good order.
   */
  onDisconnected(error: Error | undefined): void;
  /** What still runs is told to end. May be called again. */
  cancelRunning(): void;
  /** The connection and its transport are gone; called once. */
  onGone(): void;
}

/** The state of one connection: how it ends, from either side, and how long that may take. */
export class ConnectionLifetime {
  /** Why the connection ends, for `onDisconnected`; `undefined` when it ends in good order. */
  error: Error | undefined;
  #state: ConnectionState = 'handshake';
  /** When a state that is limited in time ends. */
  #deadline = 0;
  /** What the client is told when draining has ended. */
  #closeOptions: CloseOptions = {};
  #transportClosed = false;
  readonly #host: LifetimeHost;
  readonly #owner: LifetimeOwner;

  constructor(host: LifetimeHost, owner: LifetimeOwner) {
    this.#host = host;
    this.#owner = owner;
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** Whether messages can be sent to the client. */
  get maySend(): boolean {
    return this.#state === 'open' || this.#state === 'draining';
  }

  /** Whether the client has left in good order, so that only the received messages are left. */
  get onlyReceivedLeft(): boolean {
    return this.#state === 'finishing';
  }

  /** The handshake has succeeded. */
  open(): void {
    this.#move('open');
  }

  /** Ends the connection: what was written is sent, then the Close message. Harmless when it is ending already. */
  close(options: CloseOptions): void {
    if (this.#state !== 'handshake' && !this.maySend) return;
    this.#owner.writeClose(options);
    this.closeTransport();
  }

  /** Sends what was written and closes the transport. */
  closeTransport(): void {
    const { outbox, transport } = this.#owner;
    outbox.flush();
    this.#waitForTransport();
    this.#owner.updateFlow();
    transport.close();
  }

  /**
   * Ends the connection once running invocations have completed, or after `timeout` milliseconds. No other one starts.
   */
  drain(options: CloseOptions, timeout: number): void {
    const { invocations, transport } = this.#owner;
    if (this.#state !== 'open' || invocations.running === 0) {
      this.close(options);
      return;
    }
    this.#closeOptions = options;
    this.#deadline = this.#host.now + timeout;
    this.#move('draining');
    this.#owner.discardReceived();
    invocations.drain();
    if (transport instanceof ReconnectableConnection) transport.forbidReconnect();
    this.#owner.updateFlow();
  }

  /** Nothing more that the client sends matters; the invocations it has sent may complete. */
  stopReceiving(options: CloseOptions): void {
    if (this.#state === 'finishing') this.#owner.discardReceived();
    else this.drain(options, this.#host.options.closeTimeout);
  }

  /** Closes a connection that is draining. */
  endDrain(): void {
    if (this.#state === 'draining') this.close(this.#closeOptions);
  }

  /** Ends the connection at once. */
  drop(error: Error): void {
    if (this.#state === 'gone') return;
    this.error ??= error;
    if (this.#transportClosed) {
      this.#leave();
      return;
    }
    this.#move('closing');
    this.#disconnect();
    this.#owner.transport.terminate();
  }

  /** The client closes the transport in good order. */
  onClientClosing(): void {
    this.#owner.outbox.flush();
    if (this.#state !== 'open') return;
    this.#renewDeadline();
    this.#move('finishing');
    this.#owner.outbox.endWait(false);
    this.#owner.invocations.stopStreams();
  }

  /** The client has broken the rules of the transport, which is closing. */
  onBroken(error: Error): void {
    if (this.#state === 'closing' || this.#state === 'gone') return;
    this.error ??= error;
    this.#waitForTransport();
  }

  /**
   * The transport has closed; `error` says why unless that was in good order. If the client has left in good order,
   * what it sent before may still have to be dispatched; then `onAllDispatched` follows.
   */
  onTransportClosed(error: Error | undefined): void {
    this.#transportClosed = true;
    if (this.#state === 'finishing' && error === undefined) return;
    if (this.#state !== 'closing') this.error ??= error;
    this.#leave();
  }

  /**
   * Everything received has been dispatched after the client left. The hub hears at once that it has: neither the
   * client's side of the socket nor what still runs is waited for. `incomplete`: it left in the middle of a message.
   */
  onAllDispatched(incomplete: boolean): void {
    // HubConnectionHandler: breaking off within a message is an error.
    if (incomplete) this.error ??= new InvalidDataException('Connection terminated while reading a message.');
    const { invocations } = this.#owner;
    invocations.endInput();
    this.#owner.onDisconnected(this.error);
    if (invocations.running > 0) return;
    if (this.#transportClosed) this.#leave();
    else this.#waitForTransport();
  }

  /** An invocation, or something else that was waited for, has ended. */
  onSettled(): void {
    if (this.#state === 'open' || this.#state === 'finishing') {
      if (this.#state === 'finishing') this.#renewDeadline();
      this.#owner.updateFlow();
    } else if (this.#owner.invocations.running === 0) {
      this.endDrain();
    }
  }

  /** What the client is told when its connection ends because of an error. */
  describe(error: unknown): string {
    return describeError('Connection closed with an error.', error, this.#host.options.detailedErrors);
  }

  /** Leaves the client no more than this many milliseconds to close its side. */
  hurry(milliseconds: number): void {
    this.#deadline = Math.min(this.#deadline, this.#host.now + milliseconds);
  }

  /** Ends a state whose time is over; called at every heartbeat. */
  tick(now: number, readingPaused: boolean): void {
    if (this.#state === 'finishing' && readingPaused) this.#renewDeadline();
    if (now < this.#deadline) return;
    if (this.#state === 'draining') this.endDrain();
    else if (this.#state === 'finishing') this.drop(new Error('invocations did not end after the client had left'));
    else if (this.#state === 'closing') this.#owner.transport.terminate();
  }

  /** Nothing is left but that the transport closes. */
  #waitForTransport(): void {
    this.#renewDeadline();
    this.#move('closing');
    this.#owner.discardReceived();
    this.#disconnect();
  }

  #leave(): void {
    if (this.#state === 'gone') return;
    this.#move('gone');
    this.#owner.discardReceived();
    this.#disconnect();
    this.#owner.onGone();
  }

  #disconnect(): void {
    this.#owner.onDisconnected(this.error);
    this.#owner.cancelRunning();
    this.#owner.invocations.drain();
  }

  #renewDeadline(): void {
    this.#deadline = this.#host.now + this.#host.options.closeTimeout;
  }

  #move(state: ConnectionState): void {
    const fields = { connectionId: this.#owner.connectionId, from: this.#state, to: state };
    this.#host.options.logger.debug(fields, 'connection state');
    this.#state = state;
  }
}
