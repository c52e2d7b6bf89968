import type { WaitingMessage } from '../dispatch/backlog';
import { Carriers } from './carriers';
import { ConnectionLifetime, type LifetimeInvocations, type LifetimeOwner } from './connection-lifetime';
import { ConnectionLimits } from './connection-limits';
import { ConnectionMonitor } from './connection-monitor';
import { Dispatcher, type InvocationRelatedMessage } from '../dispatch/dispatcher';
import { HubException, InvalidDataException, TimeoutError } from '../exceptions';
import { ConnectionContext } from '../hub/hub-context';
import type { CloseOptions, HubHost, Identity } from './hub-host';
import type { HolderGroup } from './holder-groups';
import { HubLifecycle } from '../dispatch/hub-lifecycle';
import { Inbox, type InboxOwner, type ReceiveMode } from './inbox';
import { LARGE_MESSAGE, type LargeMessageOwner, LargeMessages } from './large-messages';
import { KeepAlive } from './keep-alive';
import { Outbox } from './outbox';
import { MessageTooLargeException } from '../protocol/framing';
import { type HubMessage, MESSAGE_TYPE } from '../protocol/hub-messages';
import { MessageSender } from './message-sender';
import { ServerHandshake } from './server-handshake';
import { type SessionOwner, StatefulSession } from './stateful-session';
import { ValueTooLargeException } from '../protocol/value-binding';
import type { Authentication } from '../options';
import { ACCOUNT_STEP } from '../transports/memory-account';
import type { TransportConnection, TransportEnding } from '../transports/transport-connection';
import { ReconnectableConnection, type ReconnectListener } from '../transports/reconnectable';
import { SendTimeoutError } from '../transports/send-timeout-error';

/** What a connection tells its server; each once. */
export interface ConnectionEnds {
  /** The client has left: nothing reaches it any more. */
  onLeft(): void;
  /** The connection and its transport are gone. */
  onGone(): void;
}

/**
 * One client: passes messages on between its transport and its dispatcher, in either direction. HubProtocol: Overview.
 */
export class HubConnection<P, C>
  implements ReconnectListener, InboxOwner, LargeMessageOwner, SessionOwner, LifetimeOwner
{
  readonly context: ConnectionContext<P, C>;
  readonly #host: HubHost<P, C>;
  readonly transport: TransportConnection;
  readonly outbox: Outbox;
  readonly #inbox: Inbox;
  readonly #large: LargeMessages;
  readonly #keepAlive: KeepAlive;
  readonly #dispatcher: Dispatcher<P, C>;
  readonly #lifecycle: HubLifecycle<P, C>;
  readonly #handshake: ServerHandshake;
  readonly #lifetime: ConnectionLifetime;
  readonly #monitor: ConnectionMonitor;
  readonly #sender: MessageSender;
  readonly #limits: ConnectionLimits;
  readonly #carriers: Carriers<P>;
  readonly holder: string | undefined;
  /** The connections that its holder answers for. */
  readonly #group: HolderGroup;
  /** How many bytes were handed to the inbox. */
  #delivered = 0;
  /** How many bytes had been received at the last heartbeat. */
  #receivedBefore = 0;
  readonly #ends: ConnectionEnds;
  readonly #startedAt: number;
  #left = false;
  /** What outlives a socket, if a lost one may be replaced. */
  #session: StatefulSession | undefined;

  constructor(host: HubHost<P, C>, transport: TransportConnection, identity: Identity<P>, ends: ConnectionEnds) {
    const { options, now } = host;
    this.#host = host;
    this.transport = transport;
    this.#ends = ends;
    this.#startedAt = host.instruments.now;
    this.context = new ConnectionContext(identity, host, () => {
      this.close({});
    });
    this.#inbox = new Inbox(transport, options.maximumReceiveMessageSize, this, host.readTurns);
    this.#large = new LargeMessages(host.readTurns, this);
    this.outbox = new Outbox(transport, host.flushQueue, options.sendTimeout);
    this.#keepAlive = new KeepAlive(options, now);
    this.#lifecycle = new HubLifecycle(host.hooks, this.context, options.logger);
    this.#handshake = new ServerHandshake(host, this.outbox, transport.carriesBinary);
    this.#lifetime = new ConnectionLifetime(host, this);
    const parts = { transport, outbox: this.outbox, keepAlive: this.#keepAlive, lifetime: this.#lifetime };
    const { connectionId, holder, request } = identity;
    const whom = { connectionId, holder, remoteAddress: request.remoteAddress, transport: identity.transport };
    this.#limits = new ConnectionLimits(host, parts, whom);
    this.#carriers = new Carriers(identity.principal);
    this.holder = holder;
    this.#group = host.holders.join(holder, this);
    this.#sender = new MessageSender(identity, parts, this.#lifecycle, {
      maximumBufferSize: options.maximumSendBufferSize,
      mayHold: (unsent) => this.#limits.mayHold(unsent),
      onExceeded: () => {
        this.#limits.strike('maximumSendBufferSize', this.outbox.unsent);
      },
    });
    const monitored = { ...parts, sender: this.#sender, limits: this.#limits };
    this.#monitor = new ConnectionMonitor(options, monitored, identity.expiresAt);
    this.#dispatcher = new Dispatcher(host, this.context, this.#sender, () => {
      this.#lifetime.onSettled();
    });
  }

  get connectionId(): string {
    return this.context.connectionId;
  }

  get invocations(): LifetimeInvocations {
    return this.#dispatcher;
  }

  /** A further request of the client was authenticated. Its rights and their end replace those of the one before. */
  renew({ principal, expiresAt }: Authentication<P>): void {
    this.context.principal = principal;
    this.#monitor.renew(expiresAt);
  }

  /** What is received from now on was sent with these rights. */
  carry({ principal }: Authentication<P>): void {
    this.#carriers.carry(principal, this.#delivered);
  }

  onRefreshed(): void {
    this.#lifecycle.refresh();
  }

  /** Begins to serve the client. */
  open(): void {
    this.transport.open(this);
    this.updateFlow();
  }

  /** Ends the connection: what was written is sent, then a Close message. Harmless when it is ending already. */
  close(options: CloseOptions): void {
    this.#lifetime.close(options);
  }

  /** Ends the connection once running invocations have completed, or after `timeout` milliseconds. No other starts. */
  drain(options: CloseOptions, timeout: number): void {
    this.#lifetime.drain(options, timeout);
  }

  /** Ends the connection at once. */
  drop(error: Error): void {
    this.#lifetime.drop(error);
  }

  /** Does what is due. */
  tick(now: number): void {
    this.transport.tick(now);
    const { state } = this.#lifetime;
    if (state !== 'gone') this.#countHeld();
    this.outbox.checkWait(now);
    if (state === 'handshake') {
      if (!this.#handshake.isOverdue(now, this.#readingPaused)) return;
      this.#lifetime.error ??= new TimeoutError('handshakeTimeout has passed');
      this.close({});
    } else if (state !== 'open') {
      this.#lifetime.tick(now, this.#readingPaused);
    } else if (this.#limits.checkRate(now, this.#unfinished) && this.#monitor.checkClient(now)) {
      this.#session?.acknowledge();
      this.#monitor.checkSilence(now, this.receiveMode() === 'read');
    }
  }

  /** Sends a ping when one is due; called at every beat of pings. */
  ping(now: number): void {
    if (this.#lifetime.state === 'open') this.#monitor.ping(now);
  }

  updateFlow(): void {
    this.#session?.dispatchBacklog();
    this.#inbox.updateFlow();
    this.#leaveIfAllDispatched();
  }

  onData(bytes: Buffer): void {
    this.#keepAlive.onReceived();
    this.#delivered += bytes.length;
    this.#inbox.push(bytes);
    // A long message may wait to be parsed or dispatched; short ones that wait are in the inbox.
    if (this.#inbox.waiting > 0 || bytes.length >= ACCOUNT_STEP) this.#limits.onReceived(this.#heldBytes);
  }

  onHeld(): void {
    this.#limits.onReceived(this.#heldBytes);
  }

  onSent(): void {
    if (this.outbox.onSent()) this.onCongestionEnded();
  }

  onInterrupted(): void {
    this.#log('socket lost');
    // The client sends again what was received and not counted.
    this.#inbox.clear();
    this.#large.clear();
    this.#session?.suspend();
    this.updateFlow();
  }

  onReconnected(): void {
    this.#log('socket replaced');
    this.#inbox.clear();
    this.#large.clear();
    this.#session?.resume();
  }

  onEnding(how: TransportEnding): void {
    if (how === 'tooLarge') {
      this.fail(new MessageTooLargeException(this.#host.options.maximumReceiveMessageSize));
      this.#lifetime.endDrain();
    } else if (how === 'broken') {
      this.outbox.flush();
    } else {
      this.#lifetime.onClientClosing();
      this.#leaveIfAllDispatched();
    }
  }

  onBroken(error: Error): void {
    this.#log('transport error', { reason: error.message });
    this.#lifetime.onBroken(error);
    this.updateFlow();
  }

  onClosed(error: Error | undefined): void {
    if (error instanceof SendTimeoutError) this.#limits.strike('sendTimeout', this.outbox.unsent);
    this.#lifetime.onTransportClosed(error);
    this.#leaveIfAllDispatched();
  }

  receiveMode(): ReceiveMode {
    const { state } = this.#lifetime;
    if (state === 'draining' || state === 'closing' || state === 'gone') return 'discard';
    if (this.#readingPaused) return 'stop';
    if (state === 'handshake') return 'read';
    if (this.#large.size > 0) return 'wait';
    const wait = this.#session === undefined ? this.dispatchPaused : this.#session.full;
    return wait ? 'wait' : 'read';
  }

  receive(bytes: Buffer, start: number, end: number): void {
    this.#carriers.reach(this.#delivered - this.#inbox.waiting);
    if (this.#sender.protocol === undefined) {
      this.#receiveHandshake(bytes.subarray(start, end));
      return;
    }
    const { protocol } = this.#sender;
    const received = { bytes, start, end, carrier: this.#carriers.current };
    if (end - start < LARGE_MESSAGE) {
      this.take(protocol.parse(bytes, start, end, this.#dispatcher), received);
    } else {
      this.#large.read(protocol.parseInSteps(bytes, start, end, this.#dispatcher), received);
    }
  }

  take(message: HubMessage | undefined, received: WaitingMessage): void {
    // It was put there by `receive`.
    this.context.carrier = received.carrier as P;
    const size = received.end + 1 - received.start;
    if (message === undefined) this.#log('message of an unknown type ignored');
    else if (this.#session?.accept(message, received) !== false) this.#handle(message, size);
  }

  /** What came in cannot be read. */
  fail(error: unknown): void {
    const { logger } = this.#host.options;
    this.#countTooLarge(error);
    if (error instanceof InvalidDataException) this.#log('protocol error', { reason: error.message });
    else logger.error({ connectionId: this.connectionId, err: error }, 'reading a message failed');
    this.#lifetime.error ??= asError(error);
    if (this.#lifetime.state === 'handshake') {
      this.#handshake.fail(error);
      this.#lifetime.closeTransport();
    } else {
      this.#lifetime.stopReceiving({ error: this.#lifetime.describe(error), allowReconnect: true });
    }
  }

  get dispatchPaused(): boolean {
    if (!this.#lifecycle.ready || this.#dispatcher.blocked) return true;
    // Nothing is sent any more to a client that has left, so it does not matter that it was congested.
    return this.outbox.congested && this.#lifetime.state === 'open';
  }

  dispatchWaiting({ bytes, start, end, carrier }: WaitingMessage): void {
    this.context.carrier = carrier as P;
    const message = this.#sender.protocol?.parse(bytes, start, end, this.#dispatcher);
    if (message !== undefined) this.#handle(message, end + 1 - start);
  }

  onCongestionEnded(): void {
    this.#dispatcher.resumeStreams();
    this.updateFlow();
  }

  writeClose({ error, allowReconnect }: CloseOptions): void {
    if (this.#sender.protocol === undefined) this.#handshake.cancel();
    else this.#sender.send({ type: MESSAGE_TYPE.Close, error, allowReconnect });
  }

  discardReceived(): void {
    this.#inbox.clear();
    this.#large.clear();
    this.#session?.clear();
  }

  onDisconnected(error: Error | undefined): void {
    if (this.#left) return;
    this.#left = true;
    this.#host.store.unregister(this.#sender);
    this.outbox.endWait(false);
    this.context.leave();
    this.#lifecycle.end(error);
    const { connectionId, transport, protocol } = this.context;
    const { instruments, closing } = this.#host;
    instruments.connectionEnded({ connectionId, transport, protocol, error }, this.#startedAt, closing);
    this.#ends.onLeft();
  }

  cancelRunning(): void {
    this.context.end();
  }

  onGone(): void {
    this.#limits.close();
    this.#host.holders.leave(this.holder, this);
    this.#ends.onGone();
  }

  get #readingPaused(): boolean {
    return this.#host.readingPaused || this.#group.readingPaused;
  }

  /** How many bytes were received and are not dispatched. */
  get #heldBytes(): number {
    const waiting = (this.#session?.heldBytes ?? 0) + this.#dispatcher.heldBytes;
    return this.transport.heldBytes + this.#inbox.waiting + this.#large.size + waiting;
  }

  /** Whether the client has begun a message that the server is ready to read. */
  get #unfinished(): boolean {
    if (this.transport.receiving) return true;
    return this.#inbox.waiting > 0 && !this.#inbox.deferred && this.receiveMode() === 'read';
  }

  #countHeld(): void {
    const { receivedBytes, receiving } = this.transport;
    // A piece of a long message is a sign of life too.
    if (receiving && receivedBytes !== this.#receivedBefore) this.#keepAlive.onReceived();
    this.#receivedBefore = receivedBytes;
    this.#limits.onReceived(this.#heldBytes);
    this.#limits.mayHold(this.outbox.unsent);
  }

  #handle(message: HubMessage, size: number): void {
    switch (message.type) {
      case MESSAGE_TYPE.Ping:
        this.#keepAlive.onPing();
        return;
      case MESSAGE_TYPE.Close:
        if (message.error !== undefined) this.#lifetime.error = new HubException(message.error);
        this.#lifetime.stopReceiving({});
        return;
      case MESSAGE_TYPE.Ack:
        this.#session?.onAck(message);
        return;
      case MESSAGE_TYPE.Sequence:
        this.#session?.onSequence(message);
        return;
      case MESSAGE_TYPE.BindingFailure:
      case MESSAGE_TYPE.StreamBindingFailure:
        this.#countTooLarge(message.error);
        this.#dispatch(message, size);
        return;
      case MESSAGE_TYPE.Invocation:
      case MESSAGE_TYPE.StreamInvocation:
      case MESSAGE_TYPE.StreamItem:
      case MESSAGE_TYPE.Completion:
      case MESSAGE_TYPE.CancelInvocation:
        this.#dispatch(message, size);
    }
  }

  #dispatch(message: InvocationRelatedMessage, size: number): void {
    // The invocation or stream may have ended while the message was on its way.
    if (!this.#dispatcher.handle(message, size)) this.#log('message ignored', { type: message.type });
  }

  #countTooLarge(error: unknown): void {
    if (error instanceof ValueTooLargeException) this.#limits.strike('maximumParsedSize');
  }

  #receiveHandshake(bytes: Buffer): void {
    const result = this.#handshake.receive(bytes);
    if (result === undefined) {
      this.#lifetime.closeTransport();
      return;
    }
    this.#sender.protocol = result.protocol;
    this.context.protocol = result.protocol.name;
    this.#inbox.framing = result.protocol.framing;
    this.#keepAlive.onSent();
    this.#lifetime.open();
    // HubProtocol: Stateful Reconnect. It came with version 2.
    if (result.version >= 2 && this.transport instanceof ReconnectableConnection) {
      this.#session = new StatefulSession(
        this.outbox,
        this.#sender,
        this,
        this.#host.options.statefulReconnectBufferSize,
      );
      this.transport.allowReconnect(this);
    }
    // HubConnectionHandler: a client can be called before `onConnected` is.
    this.#host.store.register(this.#sender);
    this.#lifecycle.begin(
      () => {
        this.updateFlow();
      },
      (error) => {
        this.#onConnectedFailed(error);
      },
    );
  }

  #onConnectedFailed(thrown: unknown): void {
    const error = asError(thrown);
    this.#lifetime.error = error;
    if (this.#lifetime.state === 'finishing') this.drop(error);
    // HubConnectionHandler: after this failure the client is not asked to come back.
    else this.close({ error: this.#lifetime.describe(thrown) });
  }

  #leaveIfAllDispatched(): void {
    if (!this.#lifetime.onlyReceivedLeft || this.#inbox.deferred) return;
    // When it may read and has stopped all the same, nothing is left to read.
    if (this.receiveMode() === 'read' && !this.dispatchPaused) this.#lifetime.onAllDispatched(this.#inbox.waiting > 0);
  }

  #log(event: string, fields: object = {}): void {
    this.#host.options.logger.debug({ connectionId: this.connectionId, ...fields }, event);
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error('a value that is not an Error was thrown', { cause: error });
}
