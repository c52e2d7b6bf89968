import { DataRate } from './data-rate';
import { TimeoutError } from '../exceptions';
import type { ConnectionRequest } from '../hub/connection-request';
import type { Identity } from './hub-host';
import type { Instruments } from '../instruments';
import type { LimitWatch } from './limit-watch';
import type { TransportName } from '../names';
import type { Authentication, LimitName, ResolvedOptions } from '../options';
import { type FlushQueue, Outbox } from './outbox';
import { RawInput } from './raw-input';
import { RawEncoder, type RawFormat } from './raw-output';
import { MemoryAccount } from '../transports/memory-account';
import { SendTimeoutError } from '../transports/send-timeout-error';
import type { TransportConnection, TransportListener } from '../transports/transport-connection';

export type { RawFormat } from './raw-output';

/**
 * One client, as bytes in both directions: what it sends is iterated, in pieces of any size. The iteration ends when
 * the client leaves, and throws when the connection is lost. While nobody iterates, nothing more is read.
 */
export interface RawConnection<P = undefined> extends AsyncIterable<Uint8Array> {
  readonly connectionId: string;
  /** What `authenticate` returned for the latest request. */
  readonly principal: P;
  readonly userId: string | undefined;
  /** The request that began the connection, with its transport. */
  readonly request: ConnectionRequest;
  readonly transport: TransportName;
  /** Values that the application keeps with the connection. */
  readonly items: Map<unknown, unknown>;
  /** Aborted when the connection is gone. */
  readonly signal: AbortSignal;
  /**
   * What a WebSocket carries to the client: `text`, which has to be UTF-8, or `binary`. Long polling carries any bytes,
   * Server-Sent Events only text. Default `text`.
   */
  transferFormat: RawFormat;
  /**
   * Sends one piece. Resolves to true when there is room for more, and to false when the connection has ended. Whoever
   * does not wait may lose the connection: at `maximumSendBufferSize`.
   * @throws TypeError when bytes that are not UTF-8 are to be sent as text.
   */
  send(data: string | Uint8Array): Promise<boolean>;
  /** Ends the connection once the client has taken what was sent. */
  close(): void;
  /** Ends the connection at once; the client takes it for lost. */
  abort(): void;
}

/** What a raw connection needs to know of its server. */
export interface RawHost<P> {
  readonly options: ResolvedOptions;
  readonly limits: LimitWatch;
  readonly instruments: Instruments;
  readonly flushQueue: FlushQueue;
  /** Milliseconds of the heartbeat. */
  readonly now: number;
  readonly closing: boolean;
  /** Serves the client; the connection ends when this does. */
  readonly onConnected: (connection: RawConnection<P>) => unknown;
}

/** One client of a connection endpoint. */
export class ServedConnection<P> implements RawConnection<P>, TransportListener {
  principal: P;
  readonly connectionId: string;
  readonly userId: string | undefined;
  readonly request: ConnectionRequest;
  readonly transport: TransportName;
  readonly #host: RawHost<P>;
  readonly #carrier: TransportConnection;
  readonly #onGone: () => void;
  readonly #holder: string | undefined;
  readonly #input: RawInput;
  readonly #encoder: RawEncoder;
  readonly #outbox: Outbox;
  readonly #incoming: MemoryAccount;
  readonly #outgoing: MemoryAccount;
  readonly #rate: DataRate;
  readonly #startedAt: number;
  readonly #controller = new AbortController();
  #items: Map<unknown, unknown> | undefined;
  #expiresAt: number | undefined;
  /** Who waits until there is room to send. */
  #waiting: ((open: boolean) => void)[] = [];
  #state: 'open' | 'closing' | 'gone' = 'open';
  /** When the client must have closed its side. */
  #deadline = Infinity;
  /** Why the connection ends, unless in good order. */
  #error: Error | undefined;

  /** `onGone` is called once, when the connection is gone. */
  constructor(host: RawHost<P>, carrier: TransportConnection, identity: Identity<P>, onGone: () => void) {
    const { options, now } = host;
    this.#host = host;
    this.#carrier = carrier;
    this.#onGone = onGone;
    this.principal = identity.principal;
    this.connectionId = identity.connectionId;
    this.userId = identity.userId;
    this.request = identity.request;
    this.transport = identity.transport;
    this.#holder = identity.holder;
    this.#expiresAt = identity.expiresAt;
    this.#input = new RawInput(carrier);
    this.#encoder = new RawEncoder(identity.transport);
    this.#outbox = new Outbox(carrier, host.flushQueue, options.sendTimeout);
    this.#incoming = new MemoryAccount(options.memory, identity.holder ?? '');
    this.#outgoing = new MemoryAccount(options.memory, identity.holder ?? '');
    this.#rate = new DataRate(options, now);
    this.#startedAt = host.instruments.now;
  }

  get items(): Map<unknown, unknown> {
    return (this.#items ??= new Map());
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get transferFormat(): RawFormat {
    return this.#encoder.format;
  }

  set transferFormat(format: RawFormat) {
    this.#encoder.format = format;
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    return { next: () => this.#input.next() };
  }

  send(data: string | Uint8Array): Promise<boolean> {
    if (this.#state !== 'open') return Promise.resolve(false);
    const piece = this.#encoder.encode(data);
    if (piece.length === 0) return Promise.resolve(true);
    const { unsent } = this.#outbox;
    if (unsent > this.#host.options.maximumSendBufferSize) {
      return this.#lose('maximumSendBufferSize', new Error('maximumSendBufferSize was exceeded'));
    }
    const refusal = this.#outgoing.update(unsent + piece.length);
    if (refusal !== undefined) {
      return this.#lose(refusal === 'share' ? 'memoryShare' : 'memory', new Error('there is no memory for more'));
    }
    this.#outbox.write(piece);
    this.#outbox.flush();
    if (!this.#outbox.congested) return Promise.resolve(true);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  close(): void {
    if (this.#state !== 'open') return;
    this.#beginClosing();
    this.#carrier.close();
  }

  abort(): void {
    this.#drop(undefined);
  }

  /** Begins to serve the client. */
  open(): void {
    this.#carrier.open(this);
    this.#serve().then(
      () => {
        this.close();
      },
      (error: unknown) => {
        this.#onFailed(error);
      },
    );
  }

  /** A further request of the client was authenticated. */
  renew({ principal, expiresAt }: Authentication<P>): void {
    this.principal = principal;
    this.#expiresAt = expiresAt;
  }

  carry(): void {
    // Bytes have no sender of their own.
  }

  onRefreshed(): void {
    // Whoever serves the connection sees its principal.
  }

  /** Does what is due. */
  tick(now: number): void {
    this.#carrier.tick(now);
    if (this.#state === 'gone') return;
    this.#outgoing.update(this.#outbox.unsent);
    this.onHeld();
    const { clock, closeOnAuthenticationExpiration } = this.#host.options;
    if (now >= this.#deadline) {
      this.#drop(undefined);
    } else if (!this.#carrier.hasInherentKeepAlive && this.#outbox.isStuck(now)) {
      void this.#lose('sendTimeout', new SendTimeoutError('takes nothing of what is sent to it'));
    } else if (this.#rate.isTooSlow(now, this.#carrier.receivedBytes, this.#carrier.receiving)) {
      this.#strike('minimumDataRate');
      this.#carrier.giveUpReceiving();
      this.#drop(new TimeoutError('something came in more slowly than minimumDataRate'));
    } else if (closeOnAuthenticationExpiration && clock.date() >= (this.#expiresAt ?? Infinity)) {
      this.close();
    }
  }

  onData(bytes: Buffer): void {
    this.#input.push(bytes);
    this.onHeld();
  }

  onHeld(): void {
    const refusal = this.#incoming.update(this.#carrier.heldBytes + this.#input.bytes);
    if (refusal === undefined || this.#state === 'gone') return;
    this.#strike(refusal === 'share' ? 'memoryShare' : 'memory');
    this.#drop(new Error('there is no memory for what came in'));
  }

  onEnding(): void {
    if (this.#state === 'open') this.#state = 'closing';
    this.#input.close(this.#error);
  }

  onBroken(error: Error): void {
    this.#error ??= error;
    this.onEnding();
  }

  onSent(): void {
    if (this.#outbox.onSent()) this.#release(true);
  }

  onClosed(error: Error | undefined): void {
    if (this.#state === 'gone') return;
    if (error instanceof SendTimeoutError) this.#strike('sendTimeout', this.#outbox.unsent);
    this.#state = 'gone';
    this.#error ??= error;
    this.#input.close(this.#error);
    this.#release(false);
    this.#incoming.close();
    this.#outgoing.close();
    this.#controller.abort(this.#error);
    const { connectionId, transport } = this;
    const { instruments, closing } = this.#host;
    const ended = { connectionId, transport, protocol: undefined, error: this.#error };
    instruments.connectionEnded(ended, this.#startedAt, closing);
    this.#onGone();
  }

  async #serve(): Promise<void> {
    await this.#host.onConnected(this);
  }

  #onFailed(error: unknown): void {
    // That the connection is lost is no failure of the application.
    const isLoss = this.#state === 'gone' && (error === this.#error || error === this.signal.reason);
    if (!isLoss) {
      this.#host.options.logger.error({ connectionId: this.connectionId, err: error }, 'onConnected failed');
    }
    const reason = error instanceof Error ? error : new Error('onConnected failed', { cause: error });
    if (this.#state !== 'open') {
      this.#drop(reason);
      return;
    }
    this.#error ??= reason;
    this.#beginClosing();
    this.#carrier.fail();
  }

  /** Nothing more is read; the client has `closeTimeout` to take what was sent and to close its side. */
  #beginClosing(): void {
    this.#state = 'closing';
    this.#deadline = this.#host.now + this.#host.options.closeTimeout;
    this.#input.close(this.#error);
  }

  #lose(limit: LimitName, error: Error): Promise<boolean> {
    this.#strike(limit, this.#outbox.unsent);
    this.#drop(error);
    return Promise.resolve(false);
  }

  #drop(error: Error | undefined): void {
    if (this.#state === 'gone') return;
    this.#error ??= error;
    this.#state = 'closing';
    this.#carrier.terminate();
  }

  #release(open: boolean): void {
    for (const resolve of this.#waiting.splice(0)) resolve(open);
  }

  #strike(limit: LimitName, lostBytes = 0): void {
    const { limits, instruments } = this.#host;
    const { connectionId, transport, request } = this;
    limits.strike(limit, { holder: this.#holder, remoteAddress: request.remoteAddress, connectionId });
    if (lostBytes === 0 || !instruments.listens('messagesDropped')) return;
    const lost = { hub: instruments.hub, connectionId, transport, reason: limit, bytes: lostBytes };
    instruments.emit('messagesDropped', lost);
  }
}
